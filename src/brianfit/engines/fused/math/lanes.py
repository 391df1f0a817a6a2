"""What a loop over lanes needs from the compiler: arrays on the stack, counts, wide vectors."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_ALIGNMENT = 64  # bytes; the width of the widest vectors


@intrinsic
def stack_array(typingctx: Any, n_lanes: Any) -> Any:
    """Return an uninitialised float64 array of a literal length, in the frame of the function.

    To Numba it is a pointer: an array costs the compiler ten times as much, since it may be shared
    and is counted. It is read and written by place, and nothing else; places are not checked, and
    not counted from the end. LLVM knows that such arrays do not overlap, and needs neither checks
    at run time nor a second version of each loop. It must not leave the function that made it:
    neither returned nor stored. Make it at the top of a function, not inside a loop.
    """
    return _stack_array(types.float64, ir.DoubleType(), n_lanes)


@intrinsic
def stack_array_float32(typingctx: Any, n_lanes: Any) -> Any:
    """Return what `stack_array` does, of float32."""
    return _stack_array(types.float32, ir.FloatType(), n_lanes)


@intrinsic
def opaque_count(typingctx: Any, n_lanes: Any) -> Any:
    """Return a literal count, a multiple of 8, in a way that the compiler cannot see through.

    It still sees the multiple, so vectorised loops have no remainder; but it does not unroll
    short loops as a whole, after which nothing is left to vectorise.
    """
    if not isinstance(n_lanes, types.IntegerLiteral):
        return None  # Numba asks again with the literal
    count = n_lanes.literal_value
    if count % 8:
        raise ValueError(f"Expected a multiple of 8 lanes, but found {count}.")

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        word = ir.IntType(64)
        identity = builder.asm(
            ir.FunctionType(word, [word]), "", "=r,0", [ir.Constant(word, count // 8)], False
        )
        # "no unsigned wrap" makes the product a known multiple of 8 that stays positive.
        return builder.shl(identity, ir.Constant(word, 3), flags=("nuw", "nsw"))

    return types.intp(n_lanes), codegen


@intrinsic
def wide_vectors(typingctx: Any) -> Any:
    """Let the calling function use vectors of 512 bits where the CPU has them.

    LLVM prefers 256 bits on most of these CPUs. The function is also kept out of its callers,
    which have not asked for it.
    """

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        attributes = builder.function.attributes
        attributes.add("noinline")
        # llvmlite knows only attributes without a value; its set prints all others as they are.
        set.add(attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.void(), codegen


def stack_memory(builder: Any, llvm_type: Any, length: int) -> Any:
    """Return a pointer to room for numbers in the frame of the function that is written.

    Numba's own way fills it with zeros, which LLVM takes apart into one store per number.
    """
    with builder.goto_entry_block():
        memory = builder.alloca(ir.ArrayType(llvm_type, length))
    memory.align = _ALIGNMENT
    return builder.bitcast(memory, llvm_type.as_pointer())


def _stack_array(dtype: Any, llvm_type: Any, n_lanes: Any) -> Any:
    if not isinstance(n_lanes, types.IntegerLiteral):
        return None  # Numba asks again with the literal
    length = n_lanes.literal_value

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return stack_memory(builder, llvm_type, length)

    return types.CPointer(dtype)(n_lanes), codegen
