"""What Python cannot say in a compiled loop: selections, bit patterns, fused multiply-add.

Everything here works on float64 and on float32 and becomes a few instructions that LLVM can
vectorise. No function branches, so the loop around them stays straight.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., Any])
OnFloats = Callable[..., float]
ToTwoFloats = Callable[..., tuple[float, float]]
ToRowAndFloat = Callable[..., tuple[int, float]]

FIRST_EXPONENT = 30
N_MANTISSA_BITS = {64: 52, 32: 23}
_BITS_OF_ONE = {64: 0x3FF0000000000000, 32: 0x3F800000}
_BITS_OF_ROOT_HALF = {64: 0x3FE6A09E667F3BCD, 32: 0x3F3504F3}


def inlined(function: Function) -> Function:
    """Compile a function into each of its callers, before their loops are vectorised.

    Without flags of `fastmath`: the flags belong to instructions, so those of the caller do not
    reach the exact differences that argument reductions are made of.
    """
    return cast(Function, numba.njit(error_model="numpy", forceinline=True)(function))


def _number(definition: Callable[..., Any]) -> OnFloats:
    """Make an intrinsic that compiled code sees as a function returning a number."""
    return cast(OnFloats, intrinsic(definition))


def _numbers(definition: Callable[..., Any]) -> ToTwoFloats:
    """Make an intrinsic that compiled code sees as a function returning two numbers."""
    return cast(ToTwoFloats, intrinsic(definition))


def _row_and_number(definition: Callable[..., Any]) -> ToRowAndFloat:
    """Make an intrinsic that compiled code sees as a function returning an index and a number."""
    return cast(ToRowAndFloat, intrinsic(definition))


@_number
def select(typingctx: Any, condition: Any, then: Any, otherwise: Any) -> Any:
    """Return `then` where the condition holds, else `otherwise`; both are computed."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.select(*args)

    return then(types.boolean, then, then), codegen


@_number
def fma(typingctx: Any, x: Any, y: Any, z: Any) -> Any:
    """Return x * y + z, rounded once."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.fma(*args)

    return x(x, x, x), codegen


@_number
def polynomial(typingctx: Any, x: Any, coefficients: Any) -> Any:
    """Return c[0] + c[1] x + c[2] x**2 + ...; `coefficients` is a tuple of the type of x.

    Even and odd powers apart, each by Horner's scheme: half its latency for one more product.
    """

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        number, packed = args
        terms = [builder.extract_value(packed, i) for i in range(len(coefficients))]
        square = builder.fmul(number, number)
        sums = []
        for chain in (terms[0::2], terms[1::2]):
            total = chain[-1]
            for term in reversed(chain[:-1]):
                total = builder.fma(total, square, term)
            sums.append(total)
        return builder.fma(sums[1], number, sums[0])

    return x(x, coefficients), codegen


@_number
def exact_add(typingctx: Any, x: Any, y: Any) -> Any:
    """Return x + y in float64, rounded by itself."""
    return _exact("fadd")


@_number
def exact_sub(typingctx: Any, x: Any, y: Any) -> Any:
    """Return x - y in float64, rounded by itself."""
    return _exact("fsub")


@_number
def exact_mul(typingctx: Any, x: Any, y: Any) -> Any:
    """Return x * y in float64, rounded by itself."""
    return _exact("fmul")


@_number
def exact_div(typingctx: Any, x: Any, y: Any) -> Any:
    """Return x / y in float64, rounded by itself."""
    return _exact("fdiv")


def _exact(name: str) -> Any:
    """Return type and code of an operation that is not contracted, nor replaced by an inverse.

    Numba gives the flags of `fastmath` to instructions that have none. This one, that the sign of
    zero does not matter, keeps them away.
    """

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return getattr(builder, name)(*args, flags=("nsz",))

    return types.float64(types.float64, types.float64), codegen


@_number
def absolute(typingctx: Any, x: Any) -> Any:
    """Return x without its sign."""
    return _instruction("fabs", x)


@_number
def square_root(typingctx: Any, x: Any) -> Any:
    """Return the square root, nan of negative numbers."""
    return _instruction("sqrt", x)


@_number
def floor(typingctx: Any, x: Any) -> Any:
    """Return the largest whole number that is not above x, as a float."""
    return _instruction("floor", x)


@_number
def ceil(typingctx: Any, x: Any) -> Any:
    """Return the smallest whole number that is not below x, as a float."""
    return _instruction("ceil", x)


@_number
def nearest(typingctx: Any, x: Any) -> Any:
    """Return the nearest whole number, the even one of two, as a float."""
    return _instruction("rint", x)


@_number
def trunc(typingctx: Any, x: Any) -> Any:
    """Return x without its fraction, as a float."""
    return _instruction("trunc", x)


@_number
def copy_sign(typingctx: Any, x: Any, signed: Any) -> Any:
    """Return the size of x with the sign of `signed`."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        word = ir.IntType(x.bitwidth)
        sign_bit = ir.Constant(word, 1 << (x.bitwidth - 1))
        size = builder.and_(builder.bitcast(args[0], word), builder.not_(sign_bit))
        sign = builder.and_(builder.bitcast(args[1], word), sign_bit)
        return builder.bitcast(builder.or_(size, sign), args[0].type)

    return x(x, x), codegen


@_number
def flip_sign(typingctx: Any, x: Any, counter: Any) -> Any:
    """Return -x where the second lowest mantissa bit of `counter` is set, else x."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        word = ir.IntType(x.bitwidth)
        shifted = builder.shl(builder.bitcast(args[1], word), ir.Constant(word, x.bitwidth - 2))
        sign = builder.and_(shifted, ir.Constant(word, 1 << (x.bitwidth - 1)))
        return builder.bitcast(builder.xor(builder.bitcast(args[0], word), sign), args[0].type)

    return x(x, x), codegen


@_number
def is_odd(typingctx: Any, counter: Any) -> Any:
    """Return whether the lowest mantissa bit of a float is set."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        word = ir.IntType(counter.bitwidth)
        lowest = builder.and_(builder.bitcast(args[0], word), ir.Constant(word, 1))
        return builder.icmp_unsigned("!=", lowest, ir.Constant(word, 0))

    return types.boolean(counter), codegen


@_number
def power_of_two(typingctx: Any, counter: Any) -> Any:
    """Return the float whose exponent field is the low bits of the mantissa of `counter`."""
    n_bits = N_MANTISSA_BITS[counter.bitwidth]

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        word = ir.IntType(counter.bitwidth)
        shifted = builder.shl(builder.bitcast(args[0], word), ir.Constant(word, n_bits))
        return builder.bitcast(shifted, args[0].type)

    return counter(counter), codegen


@_numbers
def half_powers_of_two(typingctx: Any, counter: Any) -> Any:
    """Return two floats whose product is 2**k, each in range where 2**k itself is not.

    The low bits of the mantissa of `counter` hold k plus twice the bias of the exponent.
    """
    n_bits = N_MANTISSA_BITS[counter.bitwidth]

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        word = ir.IntType(counter.bitwidth)
        bits = builder.bitcast(args[0], word)
        first = builder.lshr(bits, ir.Constant(word, 1))
        halves = [
            builder.bitcast(builder.shl(half, ir.Constant(word, n_bits)), args[0].type)
            for half in (first, builder.sub(bits, first))
        ]
        return context.make_tuple(builder, signature.return_type, halves)

    return types.UniTuple(counter, 2)(counter), codegen


@_number
def inverse_power_of_two(typingctx: Any, power: Any) -> Any:
    """Return 1 / power of a power of two, without a division."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        word = ir.IntType(power.bitwidth)
        twice_one = ir.Constant(word, 2 * _BITS_OF_ONE[power.bitwidth])
        inverse = builder.sub(twice_one, builder.bitcast(args[0], word))
        return builder.bitcast(inverse, args[0].type)

    return power(power), codegen


@_numbers
def split_exponent(typingctx: Any, x: Any) -> Any:
    """Return m in [sqrt(1/2), sqrt(2)) and the float k with x = m 2**k, for normal x > 0."""
    width = x.bitwidth
    n_bits = N_MANTISSA_BITS[width]
    bias = _BITS_OF_ONE[width] >> n_bits
    bits_of_counter = (bias + n_bits) << n_bits  # of 2**n_bits

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        word = ir.IntType(width)

        def constant(number: int) -> ir.Constant:
            return ir.Constant(word, number)

        bits = builder.add(
            builder.bitcast(args[0], word),
            constant(_BITS_OF_ONE[width] - _BITS_OF_ROOT_HALF[width]),
        )
        fraction = builder.and_(bits, constant((1 << n_bits) - 1))
        mantissa = builder.add(fraction, constant(_BITS_OF_ROOT_HALF[width]))
        # The integer becomes a float without a conversion, which AVX2 lacks for 64 bits.
        counter = builder.or_(builder.lshr(bits, constant(n_bits)), constant(bits_of_counter))
        exponent = builder.fsub(
            builder.bitcast(counter, args[0].type),
            ir.Constant(args[0].type, float((1 << n_bits) + bias)),
        )
        parts = [builder.bitcast(mantissa, args[0].type), exponent]
        return context.make_tuple(builder, signature.return_type, parts)

    return types.UniTuple(x, 2)(x), codegen


@_row_and_number
def power_and_fraction(typingctx: Any, x: Any) -> Any:
    """Return the row of a table of powers of two and the factor it has in x (float64).

    The row of 2**FIRST_EXPONENT is 1, that of the next power 2 and so on; row 0, with the factor x
    itself, is for all that is smaller.
    """
    n_bits = N_MANTISSA_BITS[64]
    bias = _BITS_OF_ONE[64] >> n_bits
    before_first = bias + FIRST_EXPONENT - 1

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        word = ir.IntType(64)
        bits = builder.bitcast(args[0], word)
        exponent = builder.and_(
            builder.lshr(bits, ir.Constant(word, n_bits)), ir.Constant(word, 2 * bias + 1)
        )
        limit = ir.Constant(word, before_first)
        is_small = builder.icmp_signed("<", exponent, limit)
        row = builder.select(is_small, ir.Constant(word, 0), builder.sub(exponent, limit))
        no_exponent = builder.and_(bits, ir.Constant(word, ~((2 * bias + 1) << n_bits)))
        fraction = builder.or_(no_exponent, ir.Constant(word, _BITS_OF_ONE[64]))
        is_first = builder.icmp_unsigned("==", row, ir.Constant(word, 0))
        factor = builder.select(is_first, args[0], builder.bitcast(fraction, args[0].type))
        # nan has no exponent: without its bits here it would pass as a number
        is_nan = builder.fcmp_unordered("uno", args[0], args[0])
        factor = builder.select(is_nan, args[0], factor)
        return context.make_tuple(builder, signature.return_type, [row, factor])

    return types.Tuple((types.uint64, x))(x), codegen


def _instruction(name: str, x: Any) -> Any:
    """Return type and code of an operation of LLVM on one number."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        function = builder.module.declare_intrinsic(f"llvm.{name}", [args[0].type])
        return builder.call(function, args)

    return x(x), codegen
