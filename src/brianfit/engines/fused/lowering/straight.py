"""A function of loops over lanes, inside a compiled kernel.

Numba reads a function in many passes, each of which costs time per line; what a step does is long
and says little that these passes could find out. Such a function is therefore turned into LLVM
line by line, and becomes a part of the kernel that calls it. It may hold

* assignments to names, and to places of arrays; ``+=``,
* loops ``for name in range(count)``, one inside another, that run at least once,
* at its end ``return`` with names.

An operation is what Numba makes of it for the types of its arguments, so that every number is the
same, bit by bit, as by Numba alone (`njit` instead of `straight`). One rule differs: places in
arrays of one dimension are never counted from the end.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any

from numba import types
from numba.extending import intrinsic

from brianfit.engines.fused.lowering.lines import Lines


def straight(function: FunctionType) -> Callable[..., Any]:
    """Return what compiled code may call like `function`; its arguments go by place."""

    def definition(typingctx: Any, *args: Any) -> Any:
        tree = _tree_of(function)
        returned = _returned(tree)

        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            lines = Lines(context, builder, function.__globals__)
            names = [arg.arg for arg in tree.args.args]
            lines.take(dict(zip(names, zip(args, values, strict=True), strict=True)))
            lines.write(tree.body)
            found = [lines.value_of(name) for name in returned]
            if not found:
                return context.get_dummy_value()
            if len(found) == 1:
                return found[0]
            return context.make_tuple(builder, signature.return_type, found)

        return _type_of(len(returned))(*args), codegen

    own = inspect.signature(function)
    first = inspect.Parameter("typingctx", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    definition.__signature__ = own.replace(parameters=[first, *own.parameters.values()])  # type: ignore[attr-defined]
    definition.__name__ = function.__name__
    made: Callable[..., Any] = intrinsic(definition)
    return made


@cache
def _tree_of(function: FunctionType) -> ast.FunctionDef:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    if not isinstance(tree, ast.FunctionDef):
        raise TypeError(f"{function!r} is not a function of straight loops.")
    return tree


def _returned(tree: ast.FunctionDef) -> list[str]:
    """Return the names of the whole numbers that a function returns."""
    last = tree.body[-1]
    if not isinstance(last, ast.Return) or last.value is None:
        return []
    values = last.value.elts if isinstance(last.value, ast.Tuple) else [last.value]
    return [ast.unparse(value) for value in values]


def _type_of(n_returned: int) -> Any:
    if n_returned == 0:
        return types.void
    return types.int64 if n_returned == 1 else types.UniTuple(types.int64, n_returned)


__all__ = ["straight"]
