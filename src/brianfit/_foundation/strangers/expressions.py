"""Expressions of others: none is parsed further that would take forever, however short it is.

``0*9**9**9**9`` has twelve characters, and a number of more digits than there are atoms. What reads
equations computes such numbers exactly, so they are looked for before.
"""

from __future__ import annotations

import ast

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.strangers.limits import (
    EXPRESSION_CHARACTERS,
    EXPRESSION_DEGREE,
    EXPRESSION_DEPTH,
    Limit,
)

_NO_ARITHMETIC = (ast.LShift, ast.RShift, ast.BitOr, ast.BitXor, ast.BitAnd, ast.MatMult)
_LARGEST = 1e300


def check_expression(text: str, what: str) -> None:
    """Check that an expression, or statements, can be worked with in bounded time.

    What is no expression passes: whoever reads it says so.

    Parameters
    ----------
    what
        Begins the message: "The threshold".

    Raises
    ------
    InvalidValueError
        If it is too long, nests too deeply, or has a power that is too large.
    """
    _check(float(len(text)), EXPRESSION_CHARACTERS, what)
    try:
        tree = ast.parse(text.strip())
    except (SyntaxError, ValueError):
        return
    except (RecursionError, MemoryError) as error:
        raise InvalidValueError(f"{what} nests too deeply.") from error
    for node in _nodes_from_below(tree, what):
        if isinstance(node, ast.BinOp):
            _check_operation(node, what)


def _nodes_from_below(tree: ast.AST, what: str) -> list[ast.AST]:
    """Return all nodes, each after those inside of it; raise if they nest too deeply."""
    levels: list[list[ast.AST]] = [[tree]]
    while levels[-1]:
        _check(float(len(levels)), EXPRESSION_DEPTH, what)
        levels.append([inner for node in levels[-1] for inner in ast.iter_child_nodes(node)])
    return [node for level in reversed(levels) for node in level]


def _check_operation(node: ast.BinOp, what: str) -> None:
    """Note the degree of an operation in its node; its sides have theirs already."""
    if isinstance(node.op, _NO_ARITHMETIC):
        raise InvalidValueError(f"{what} uses an operation that equations do not have.")
    left, right = _degree(node.left), _degree(node.right)
    degree = max(left, right)
    if isinstance(node.op, ast.Mult | ast.Div):
        degree = left + right
    elif isinstance(node.op, ast.Pow):
        exponent = _constant(node.right)
        degree = left if exponent is None else left * max(1.0, abs(exponent))
    _check(degree, EXPRESSION_DEGREE, what)
    node.degree = degree  # type: ignore[attr-defined] # the tree is our own


def _degree(node: ast.expr) -> float:
    if isinstance(node, ast.UnaryOp):
        return _degree(node.operand)
    return float(getattr(node, "degree", 1.0))


def _constant(node: ast.expr) -> float | None:
    """Return the size of an expression without names; None if it has some."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(min(abs(node.value), _LARGEST))
    if isinstance(node, ast.UnaryOp):
        return _constant(node.operand)
    if not isinstance(node, ast.BinOp):
        return None
    left, right = _constant(node.left), _constant(node.right)
    if left is None or right is None:
        return None
    return _bound(node.op, left, right)


def _bound(operator: ast.operator, left: float, right: float) -> float:
    """Return the largest size that an operation on numbers of these sizes can have."""
    try:
        if isinstance(operator, ast.Pow):
            return float(max(left, 1.0 / left if left else 0.0) ** right)
        if isinstance(operator, ast.Mult):
            return left * right
        return left / right if isinstance(operator, ast.Div) else left + right
    except (OverflowError, ZeroDivisionError):
        return _LARGEST


def _check(found: float, limit: Limit, what: str) -> None:
    if found > limit.value:
        raise InvalidValueError(limit.exceeded(what, f"{found:g}"))
