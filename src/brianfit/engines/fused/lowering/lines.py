"""Assignments and loops to LLVM."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, final

from llvmlite import ir
from numba import types
from numba.core import cgutils

from brianfit.engines.fused.lowering.operations import Operations, Typed
from brianfit.engines.fused.math.lanes import stack_array, stack_array_float32, stack_memory

_STACK_ARRAYS: dict[Any, Any] = {stack_array: types.float64, stack_array_float32: types.float32}


class _Parts(NamedTuple):
    """What of an array is used."""

    data: Any
    shape: Any
    strides: Any


@final
class Lines:
    """Writes one function after the other line.

    Parameters
    ----------
    names
        What is known by name beside the arguments: functions and constants.
    """

    def __init__(self, context: Any, builder: Any, names: Mapping[str, Any]) -> None:
        self._context = context
        self._builder = builder
        self._globals = names
        self._operations = Operations(context, builder)
        self._values: dict[str, Typed] = {}
        self._arrays: dict[str, tuple[Any, _Parts]] = {}
        self._rules: dict[type[ast.expr], Callable[[Any], Typed]] = {
            ast.Name: self._named,
            ast.Constant: self._constant,
            ast.Subscript: self._read,
            ast.BinOp: self._two_sided,
            ast.UnaryOp: self._one_sided,
            ast.Compare: self._compared,
            ast.Call: self._called,
        }

    def take(self, arguments: Mapping[str, Typed]) -> None:
        """Begin with the arguments of the function."""
        self._values.update(arguments)

    def value_of(self, name: str) -> Any:
        """Return the value that a name has now."""
        return self._values[name][1]

    def write(self, body: Iterable[ast.stmt]) -> None:
        """Write statements in their order."""
        for line in body:
            if isinstance(line, ast.For):
                self._loop(line)
            elif isinstance(line, ast.Assign):
                self._assign(line.targets[0], line.value)
            elif isinstance(line, ast.AugAssign):
                self._add(line.target, line.value)
            elif not isinstance(line, ast.Return | ast.Expr):
                raise _unknown(line)

    # --- statements --------------------------------------------------------------------------

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple):
            self._take_apart(target, self._value(value))
        elif not isinstance(target, ast.Name):
            self._store(target, self._value(value))
        else:
            made = self._made_array(value)
            if made is None:
                self._values[target.id] = self._value(value)
            else:
                self._arrays[target.id] = made

    def _take_apart(self, names: ast.Tuple, given: Typed) -> None:
        """Give names to the values of a tuple."""
        parts = zip(
            names.elts, given[0], cgutils.unpack_tuple(self._builder, given[1]), strict=True
        )
        for target, kind, value in parts:
            name = ast.unparse(target)
            if isinstance(kind, types.CPointer):
                self._arrays[name] = (kind, _Parts(value, None, None))
            elif isinstance(kind, types.Array):
                self._arrays[name] = (kind, self._parts(kind, value))
            else:
                self._values[name] = (kind, value)

    def _add(self, target: ast.expr, value: ast.expr) -> None:
        total = self._operations.of(ast.Add, self._value(target), self._value(value))
        if isinstance(target, ast.Name):
            self._values[target.id] = total
        else:
            self._store(target, total)

    def _store(self, target: ast.expr, value: Typed) -> None:
        pointer, kind = self._place(target)
        self._builder.store(self._operations.cast(value, kind), pointer)

    def _made_array(self, value: ast.expr) -> tuple[Any, _Parts] | None:
        """Return an array that a line makes in the frame of the kernel; None if it makes none."""
        if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Name)):
            return None
        dtype = _STACK_ARRAYS.get(self._globals.get(value.func.id))
        if dtype is None:
            return None
        number = self._context.get_value_type(dtype)
        length = int(self._value(value.args[0])[1].constant)
        data = stack_memory(self._builder, number, length)
        return types.CPointer(dtype), _Parts(data, None, None)

    def _parts(self, kind: Any, value: Any) -> _Parts:
        """Take an array apart; by place, since a copy in memory would cost the compiler time."""
        model = self._context.data_model_manager[kind]
        fields = ("data", "shape", "strides")
        places = [model.get_field_position(field) for field in fields]
        return _Parts(*(self._builder.extract_value(value, place) for place in places))

    def _loop(self, loop: ast.For) -> None:
        """Write a loop that runs at least once; its end is asked for by inequality.

        The compiler then knows the number of rounds without asking for the sign of the count.
        """
        builder, before = self._builder, self._builder.block
        count = self._operations.cast(self._value(_count_of(loop)), types.int64)
        inside, after = (builder.append_basic_block(name) for name in ("loop", "after"))
        builder.branch(inside)
        builder.position_at_end(inside)
        number = builder.phi(count.type)
        number.add_incoming(ir.Constant(count.type, 0), before)
        carried = {}
        for name in _totals_of(loop, self._values):
            kind, value = self._values[name]
            carried[name] = builder.phi(value.type)
            carried[name].add_incoming(value, before)
            self._values[name] = (kind, carried[name])
        outside = dict(self._values)
        self._values[_target_of(loop)] = (types.int64, number)
        self.write(loop.body)
        following = builder.add(number, ir.Constant(count.type, 1), flags=("nuw", "nsw"))
        number.add_incoming(following, builder.block)
        for name, phi in carried.items():
            phi.add_incoming(self._values[name][1], builder.block)
            outside[name] = self._values[name]
        builder.cbranch(builder.icmp_signed("!=", following, count), inside, after)
        builder.position_at_end(after)
        self._values = outside

    # --- expressions -------------------------------------------------------------------------

    def _value(self, node: ast.expr) -> Typed:
        rule = self._rules.get(type(node))
        if rule is None:
            raise _unknown(node)
        return rule(node)

    def _named(self, node: Any) -> Typed:
        return self._values.get(node.id) or self._operations.constant(self._globals[node.id])

    def _constant(self, node: Any) -> Typed:
        return self._operations.constant(node.value)

    def _two_sided(self, node: Any) -> Typed:
        sides = self._value(node.left), self._value(node.right)
        return self._operations.of(type(node.op), *sides)

    def _one_sided(self, node: Any) -> Typed:
        if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            number: Any = node.operand.value
            return self._operations.constant(-number)
        return self._operations.of(type(node.op), self._value(node.operand))

    def _compared(self, node: Any) -> Typed:
        sides = self._value(node.left), self._value(node.comparators[0])
        return self._operations.of(type(node.ops[0]), *sides)

    def _called(self, node: Any) -> Typed:
        args = [self._value(arg) for arg in node.args]
        return self._operations.call(self._function(node.func), args)

    def _function(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return getattr(self._globals[node.value.id], node.attr)
        name = ast.unparse(node)
        return self._globals[name] if name in self._globals else _BUILT_IN[name]

    def _read(self, node: Any) -> Typed:
        if isinstance(node.value, ast.Attribute):  # array.shape[axis]
            _, array = self._arrays[ast.unparse(node.value.value)]
            axis = int(ast.unparse(node.slice))
            return types.int64, self._builder.extract_value(array.shape, axis)
        pointer, kind = self._place(node)
        return kind, self._builder.load(pointer)

    def _place(self, node: ast.expr) -> tuple[Any, Any]:
        if not isinstance(node, ast.Subscript):
            raise _unknown(node)
        kind, array = self._arrays[ast.unparse(node.value)]
        if isinstance(node.slice, ast.Tuple):
            places = [self._value(part) for part in node.slice.elts]
            pointer = cgutils.get_item_pointer2(
                self._context,
                self._builder,
                data=array.data,
                shape=cgutils.unpack_tuple(self._builder, array.shape),
                strides=cgutils.unpack_tuple(self._builder, array.strides),
                layout=kind.layout,
                inds=[self._operations.cast(place, types.int64) for place in places],
                wraparound=True,
            )
        else:
            place = self._operations.cast(self._value(node.slice), types.int64)
            pointer = self._builder.gep(array.data, [place], inbounds=True)
        return pointer, kind.dtype


_BUILT_IN = {"float": float, "int": int, "min": min}


def _count_of(loop: ast.For) -> ast.expr:
    if not (isinstance(loop.iter, ast.Call) and ast.unparse(loop.iter.func) == "range"):
        raise _unknown(loop.iter)
    return loop.iter.args[0]


def _target_of(loop: ast.For) -> str:
    return ast.unparse(loop.target)


def _totals_of(loop: ast.For, known: Mapping[str, Typed]) -> list[str]:
    """Return the names that a loop goes on adding to."""
    targets = [node.target for node in ast.walk(loop) if isinstance(node, ast.AugAssign)]
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    return [name for name in dict.fromkeys(names) if name in known]


def _unknown(node: ast.AST) -> TypeError:
    return TypeError(f"Expected what `straight` can write, but found: {ast.unparse(node)}")
