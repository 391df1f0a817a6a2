"""Typeset expressions and equations in the language of Brian as MathML.

The order in which the author wrote the terms is kept, so nothing is handed to a computer algebra
system; expressions of Brian have the syntax of Python, and Python's parser reads them.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import final

from brianfit._foundation.shown.markup import Markup, join, tag

_GREEK = {
    unicodedata.name(letter).rpartition(" ")[2].lower(): letter
    for letter in map(chr, range(0x3B1, 0x3CA))
}
_GREEK["lambda"] = _GREEK.pop("lamda")
_GREEK |= {name.capitalize(): sign.upper() for name, sign in _GREEK.items()}

_SIGN, _SUM, _PRODUCT, _POWER, _ATOM = 3, 4, 5, 6, 7  # how tightly a term is bound
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "≤",
    ast.Gt: ">",
    ast.GtE: "≥",
    ast.Eq: "=",
    ast.NotEq: "≠",
}
_ASSIGNMENT = re.compile(r"^\s*(?P<target>\w+)\s*(?P<operator>[-+*/]?=)(?!=)\s*(?P<value>.+?)\s*$")


@final
@dataclass(frozen=True)
class _Term:
    """A piece of MathML and how tightly it holds together."""

    html: Markup
    binding: int = _ATOM


def derivative(name: str) -> Markup:
    """Return d name / dt as a fraction."""
    return tag("mfrac", _row(_upright("d"), identifier(name)), _row(_upright("d"), tag("mi", "t")))


def equation(left: Markup, expression: str, *, units: Collection[str] = ()) -> Markup:
    """Return ``left = expression``, displayed.

    Raises
    ------
    SyntaxError
        If the expression is not one.
    """
    return _displayed(left, _operator("="), term(expression, units=units))


def condition(expression: str, *, units: Collection[str] = ()) -> Markup:
    """Return a condition, such as a threshold, displayed.

    Raises
    ------
    SyntaxError
        If it is no expression.
    """
    return _displayed(term(expression, units=units))


def assignment(statement: str, *, units: Collection[str] = ()) -> Markup:
    """Return a statement of a reset, such as ``w += b``, displayed with an arrow.

    Raises
    ------
    SyntaxError
        If it is no assignment.
    """
    found = _ASSIGNMENT.match(statement)
    if found is None:
        raise SyntaxError(f"{statement!r} is not an assignment.")
    name, operator, value = found["target"], found["operator"], found["value"]
    expression = value if operator == "=" else f"{name} {operator[0]} ({value})"
    return _displayed(identifier(name), _operator("←"), term(expression, units=units))


def term(expression: str, *, units: Collection[str] = ()) -> Markup:
    """Return an expression as one MathML element.

    Parameters
    ----------
    units
        Names that are set upright, as units are.

    Raises
    ------
    SyntaxError
        If it is not an expression.
    """
    return _Typesetter(units=frozenset(units)).term(ast.parse(expression.strip(), mode="eval").body)


def identifier(name: str) -> Markup:
    """Return a name: ``tau_w`` as a Greek letter with its index, ``DeltaT`` likewise."""
    head, _, index = name.partition("_")
    for letter in ("Delta", "delta", "tau"):
        if not index and head.startswith(letter) and head != letter:
            head, index = letter, head.removeprefix(letter)
    base = tag("mi", _GREEK.get(head, head))
    if not head or not index:
        return base if head else tag("mi", name)
    shown = "".join(_GREEK.get(part, part) for part in re.split("(_)", index))
    return tag("msub", base, tag("mi", shown.replace("_", " "), mathvariant="normal"))


@final
@dataclass(frozen=True, kw_only=True)
class _Typesetter:
    """Turns the tree of an expression into MathML."""

    units: frozenset[str]

    def term(self, node: ast.expr) -> Markup:
        return self._set(node).html

    def _set(self, node: ast.expr) -> _Term:
        found = _Term(_upright(ast.unparse(node)))
        match node:
            case ast.Constant(value=value):
                found = _Term(_number(value))
            case ast.Name(id=name):
                found = _Term(_upright(name) if name in self.units else identifier(name))
            case ast.BinOp():
                found = self._binary(node)
            case ast.UnaryOp(op=operator, operand=operand):
                found = self._unary(operator, operand)
            case ast.Compare():
                found = self._comparison(node)
            case ast.BoolOp(op=operator, values=values):
                word = "and" if isinstance(operator, ast.And) else "or"
                found = _Term(self._listed(values, tag("mtext", f"\u2002{word}\u2002"), 2), 1)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                found = _Term(self._call(name, arguments))
        return found

    def _binary(self, node: ast.BinOp) -> _Term:
        left, right = node.left, node.right
        match node.op:
            case ast.Add() | ast.Sub() as sign:
                # What is subtracted needs parentheses if it is a sum itself.
                tight = _SUM if isinstance(sign, ast.Add) else _PRODUCT
                parts = (self._within(left, _SIGN), self._within(right, tight))
                text = "+" if isinstance(sign, ast.Add) else "−"
                return _Term(_row(parts[0], _operator(text), parts[1]), _SUM)
            case ast.Mult():
                return self._product(left, right)
            case ast.Div():
                return _Term(tag("mfrac", self.term(left), self.term(right)), _ATOM)
            case ast.Pow():
                base = self._within(left, _ATOM, fraction_is_loose=True)
                return _Term(tag("msup", base, self.term(right)), _POWER)
        word = "mod" if isinstance(node.op, ast.Mod) else "div"
        sides = (self._within(left, _PRODUCT), self._within(right, _POWER))
        return _Term(_row(sides[0], tag("mtext", f"\u2002{word}\u2002"), sides[1]), _PRODUCT)

    def _product(self, left: ast.expr, right: ast.expr) -> _Term:
        """Return a product; a sign in front of it needs no parentheses."""
        first = self._set(left)
        has_sign = first.binding == _SIGN
        shown = first.html if has_sign else self._within(left, _PRODUCT)
        parts = (shown, self._times(left, right), self._within(right, _PRODUCT))
        return _Term(_row(*parts), _SIGN if has_sign else _PRODUCT)

    def _times(self, left: ast.expr, right: ast.expr) -> Markup:
        """Return a dot before a number and after a unit, else a small space."""
        while isinstance(right, ast.BinOp) and not isinstance(right.op, ast.Div):
            right = right.left
        after_unit = isinstance(left, ast.Name) and left.id in self.units
        if isinstance(right, ast.Constant) or after_unit:
            return _operator("·")
        return tag("mspace", width="0.17em")

    def _unary(self, operator: ast.unaryop, operand: ast.expr) -> _Term:
        if isinstance(operator, ast.Not):
            return _Term(_row(tag("mtext", "not\u2002"), self._within(operand, 2)), 2)
        sign = "−" if isinstance(operator, ast.USub) else "+"
        return _Term(_row(_operator(sign), self._within(operand, _PRODUCT)), _SIGN)

    def _comparison(self, node: ast.Compare) -> _Term:
        parts = [self._within(node.left, _SIGN)]
        for operator, side in zip(node.ops, node.comparators, strict=True):
            parts += [_operator(_COMPARISONS.get(type(operator), "?")), self._within(side, _SIGN)]
        return _Term(_row(*parts), 2)

    def _call(self, name: str, arguments: list[ast.expr]) -> Markup:
        if name == "sqrt" and len(arguments) == 1:
            return tag("msqrt", self.term(arguments[0]))
        if name == "abs" and len(arguments) == 1:
            return _row(_operator("|"), self.term(arguments[0]), _operator("|"))
        given = self._listed(arguments, _operator(","), 0)
        return _row(_upright(name), _operator("\u2061"), _parenthesised(given))

    def _listed(self, nodes: list[ast.expr], separator: Markup, binding: int) -> Markup:
        parts: list[Markup] = []
        for node in nodes:
            parts += (
                [separator, self._within(node, binding)] if parts else [self._within(node, binding)]
            )
        return _row(*parts)

    def _within(self, node: ast.expr, binding: int, *, fraction_is_loose: bool = False) -> Markup:
        """Return a part of a term, in parentheses if it holds together less than is needed."""
        found = self._set(node)
        is_fraction = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
        if found.binding >= binding and not (fraction_is_loose and is_fraction):
            return found.html
        return _parenthesised(found.html)


def _number(value: object) -> Markup:
    """Return a number, with a power of ten in place of an exponent."""
    mantissa, _, exponent = str(value).partition("e")
    if not exponent or isinstance(value, str | bool):
        return tag("mn", str(value)) if not isinstance(value, bool) else _upright(str(value))
    power = tag("msup", tag("mn", "10"), tag("mn", str(int(exponent)).replace("-", "−")))
    return _row(tag("mn", mantissa), _operator("·"), power)


def _displayed(*children: Markup) -> Markup:
    return tag("math", *children, display="block")


def _parenthesised(inside: Markup) -> Markup:
    return _row(_operator("("), inside, _operator(")"))


def _row(*children: Markup) -> Markup:
    return tag("mrow", join(*children))


def _operator(sign: str) -> Markup:
    return tag("mo", sign)


def _upright(name: str) -> Markup:
    return tag("mi", name, mathvariant="normal")
