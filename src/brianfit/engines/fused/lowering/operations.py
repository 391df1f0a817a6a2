"""Operations and calls, as Numba makes them for the types of their arguments."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np
from numba import types

from brianfit.engines.fused.math.intrinsics import select

Typed = tuple[Any, Any]
"""The type that Numba gives to a value, and the value in LLVM."""

_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Not: operator.not_,
    ast.USub: operator.neg,
}

_CASTS: dict[object, Any] = {
    float: types.float64,
    int: types.int64,
    np.float32: types.float32,
    np.uint64: types.uint64,
}


@final
class Operations:
    """Writes them where the builder stands; looks up each only once."""

    def __init__(self, context: Any, builder: Any) -> None:
        self._context = context
        self._builder = builder
        self._known: dict[tuple[Any, ...], tuple[Any, Any]] = {}

    def constant(self, value: float | bool) -> Typed:
        """Return a number that the source names."""
        kind = {bool: types.boolean, int: types.int64, float: types.float64}[type(value)]
        return kind, self._context.get_constant(kind, value)

    def cast(self, value: Typed, kind: Any) -> Any:
        """Return a value of LLVM as another type."""
        return self._context.cast(self._builder, value[1], value[0], kind)

    def of(self, sign: type[ast.AST], *args: Typed) -> Typed:
        """Return the result of an operation with a sign of its own."""
        return self._apply(_OPERATORS[sign], args)

    def call(self, function: Any, args: Sequence[Typed]) -> Typed:
        """Return the result of a function."""
        if function in _CASTS:
            return _CASTS[function], self.cast(args[0], _CASTS[function])
        if function is select:
            kind = args[1][0]
            branches = args[1][1], self.cast(args[2], kind)
            return kind, self._builder.select(args[0][1], *branches)
        return self._apply(function, args)

    def _apply(self, function: Any, args: Sequence[Typed]) -> Typed:
        kinds = tuple(kind for kind, _ in args)
        key = (function, *kinds)
        if key not in self._known:
            self._known[key] = self._found(function, kinds)
        signature, write = self._known[key]
        values = [self.cast(arg, kind) for arg, kind in zip(args, signature.args, strict=True)]
        return signature.return_type, write(self._builder, values)

    def _found(self, function: Any, kinds: tuple[Any, ...]) -> tuple[Any, Any]:
        typing = self._context.typing_context
        kind = typing.resolve_value_type(function)
        signature = typing.resolve_function_type(kind, kinds, {})
        return signature, self._context.get_function(kind, signature)
