"""Compute several exponentials of the same variable as powers of one.

``exp(-v/(4*mV))`` and ``exp(-v/(5*mV))`` are the fifth and the fourth power of
``E = exp(-v/(20*mV))``, and ``exp(v/(5*mV))`` is one over the fourth: a few multiplications
instead of exponentials. A power of n multiplies the rounding error by n, to 1e-14 for n = 100.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from brianfit.engines.fused.ir import Kind, LoopProgram, Node, Rate, rate_of, reachable
from brianfit.engines.fused.passes.algebra import Algebra, normalise
from brianfit.engines.fused.passes.linear import Linear, Product
from brianfit.engines.fused.passes.number_range import NumberRange

LARGEST_EXPONENT = 120
"""Exponentials are not written as higher powers than this."""

_TOLERANCE = 1e-12


def share_exponentials(
    program: LoopProgram, algebra: Algebra, number_range: NumberRange
) -> tuple[LoopProgram, Algebra]:
    """Return `program`, which is in normal form, with fewer exponentials."""
    replaced: dict[Node, Linear] = {}
    for group in _groups(_exponentials(program, algebra, number_range.largest_argument)):
        replaced.update(_as_powers(program, algebra, group, number_range.largest_argument))
    if not replaced:
        return program, algebra
    limited = frozenset(
        node for linear in replaced.values() for product in linear.terms for node in product.nodes
    )
    program, algebra = normalise(program, replaced, limited)
    return normalise(program, algebra.fractions, limited)


@final
@dataclass(frozen=True, kw_only=True)
class _Exponential:
    """``exp(offset + factor*direction)``."""

    node: Node
    offset: Node
    factor: float
    direction: tuple[tuple[Product, float], ...]


def _exponentials(program: LoopProgram, algebra: Algebra, largest: float) -> Iterator[_Exponential]:
    vanishing = _in_vanishing_sums(program, algebra)
    for node in reachable(program.step_roots()):
        if node.op != "call" or node.value != "exp" or rate_of(node) is not Rate.NEURON_STEP:
            continue
        argument = algebra.view(node.args[0])
        if len(argument.terms) == 1:
            argument = _opened(algebra, argument)
        coefficients = list(argument.terms.values())
        if not all(coefficient.is_constant for coefficient in coefficients):
            continue
        if argument.offset.is_constant and abs(argument.offset.number_value) > largest:
            continue
        if node in vanishing and not _is_zero(argument.offset):
            continue
        first = coefficients[0].number_value
        yield _Exponential(
            node=node,
            offset=argument.offset,
            factor=first,
            direction=tuple(
                (product, float(f"{coefficient.number_value / first:.10g}"))
                for product, coefficient in argument.terms.items()
            ),
        )


def _in_vanishing_sums(program: LoopProgram, algebra: Algebra) -> set[Node]:
    """Return the exponentials that stand in ``exp(x) - 1``.

    Where x is exactly zero so is the sum, and ``x/(exp(x) - 1)`` is nan. A power of another
    exponential is only nearly one there, which would make it an arbitrary number instead.
    """
    found: set[Node] = set()
    for node in reachable(program.step_roots()):
        linear = algebra.view(node)
        if len(linear.terms) == 1 and linear.offset.is_constant:
            (product, coefficient), *_ = linear.terms.items()
            is_zero_at_one = (
                coefficient.is_constant
                and coefficient.number_value == -linear.offset.number_value
                and not _is_zero(linear.offset)
            )
            if is_zero_at_one:
                found.update(product.nodes)
    return found


def _is_zero(node: Node) -> bool:
    return node.is_constant and node.number_value == 0.0


def _opened(algebra: Algebra, linear: Linear) -> Linear:
    """Multiply out a constant times a sum."""
    (product, coefficient), *_ = linear.terms.items()
    if len(product.numerator) != 1 or product.denominator or product.numerator[0][1] != 1:
        return linear
    inner = algebra.view(product.numerator[0][0])
    if not coefficient.is_constant:
        return linear
    terms = {}
    for part, c in inner.terms.items():
        if not c.is_constant:
            return linear
        terms[part] = algebra.number(c.number_value * coefficient.number_value)
    offset = algebra.slow("mul", inner.offset, coefficient)
    return Linear(algebra.slow("add", linear.offset, offset), terms)


def _groups(exponentials: Iterable[_Exponential]) -> Iterator[list[tuple[_Exponential, int]]]:
    """Yield exponentials that are powers of one, with their exponents."""
    by_direction: dict[object, list[_Exponential]] = {}
    for one in exponentials:
        by_direction.setdefault(one.direction, []).append(one)
    for group in by_direction.values():
        rest = group
        while len(rest) > 1:
            found = _commensurable(rest)
            if len(found) > 1:
                yield found
            taken = {one.node for one, _ in found}
            rest = [one for one in rest if one.node not in taken]


def _commensurable(group: list[_Exponential]) -> list[tuple[_Exponential, int]]:
    """Return those that are powers of one with the first, with small whole exponents."""
    members: list[tuple[_Exponential, Fraction]] = []
    multiple = 1
    for one in group:
        ratio = one.factor / group[0].factor
        fraction = Fraction(ratio).limit_denominator(LARGEST_EXPONENT)
        if abs(float(fraction) - ratio) > _TOLERANCE * abs(ratio):
            continue
        new_multiple = math.lcm(multiple, fraction.denominator)
        largest = max(abs(f) for f in (fraction, *(f for _, f in members))) * new_multiple
        if fraction and largest <= LARGEST_EXPONENT:
            members.append((one, fraction))
            multiple = new_multiple
    exponents = [int(fraction * multiple) for _, fraction in members]
    shared = math.gcd(*exponents)
    largest_one = max(exponents, key=abs)
    sign = 1 if largest_one > 0 else -1
    return [
        (one, sign * exponent // shared)
        for (one, _), exponent in zip(members, exponents, strict=True)
    ]


def _as_powers(
    program: LoopProgram,
    algebra: Algebra,
    group: list[tuple[_Exponential, int]],
    largest_argument: float,
) -> Mapping[Node, Linear]:
    graph = program.graph
    first, exponent = group[0]
    unit = first.factor / exponent
    largest = max(abs(n) for _, n in group)
    terms = {product: graph.constant(unit * ratio) for product, ratio in first.direction}
    argument = algebra.node(Linear(graph.constant(0.0), terms))
    limit = graph.constant(largest_argument / largest)
    base = graph.make("call", _limited(program, argument, limit), value="exp_limited")
    return {one.node: _power_of(algebra, base, one.offset, n) for one, n in group}


def _limited(program: LoopProgram, x: Node, limit: Node) -> Node:
    """Return `x`, but not beyond the limit on either side; nan stays nan."""
    graph = program.graph
    low = graph.constant(-limit.number_value)
    is_high = graph.make("lt", limit, x, kind=Kind.BOOLEAN)
    x = graph.make("select", is_high, limit, x)
    is_low = graph.make("lt", x, low, kind=Kind.BOOLEAN)
    return graph.make("select", is_low, low, x)


def _power_of(algebra: Algebra, base: Node, offset: Node, exponent: int) -> Linear:
    power = ((base, abs(exponent)),)
    product = Product(power) if exponent > 0 else Product((), power)
    return Linear(algebra.number(0.0), {product: algebra.exp(offset)})
