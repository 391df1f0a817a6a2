"""Compute several exponentials of the same variable as powers of one.

``exp(-v/(4*mV))`` and ``exp(-v/(5*mV))`` are the fifth and the fourth power of
``E = exp(-v/(20*mV))``, and ``exp(v/(5*mV))`` is one over the fourth: a few multiplications
instead of exponentials. A power of n multiplies the rounding error by n, to 1e-14 for n = 100.

Powers are taken only where they are the exponentials for every argument, however steep or far away:

* A member is ``E**n * exp(offset)``. Where ``E**n`` overflows or vanishes, so does the member,
  because the offset is a small number that is known beforehand. What moves a member by an unknown
  amount, such as a fitted half-activation, belongs to the variable: ``v - v_half``. Only members
  that it moves alike are powers of one.
* A member that stands in nothing but divisors, as in ``1/(1 + exp(x))``, is limited to a size
  beside which the other number is nothing, so that divisors can be multiplied with each other.
  Only such a member may have a negative n; its inverse is limited.
* In ``x/(exp(x) - 1)`` a member is one where x is zero, so that the quotient is nan as in Brian.

References
----------
Knuth (1997), The Art of Computer Programming, volume 2, 3rd edition, section 4.6.3 (powers by few
multiplications).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from brianfit.engines.fused.ir import Node, Rate, rate_of, reachable
from brianfit.engines.fused.loop_program import LoopProgram
from brianfit.engines.fused.passes.algebra import Algebra, normalise
from brianfit.engines.fused.passes.divisors import Divisors
from brianfit.engines.fused.passes.expansion import Expansion, expanded
from brianfit.engines.fused.passes.linear import Linear, Product
from brianfit.engines.fused.passes.number_range import NumberRange

LARGEST_EXPONENT = 120
"""Exponentials are not written as higher powers than this."""

_TOLERANCE = 4e-15
"""Relative difference of numbers that are the same but for the rounding of a few operations."""


def share_exponentials(
    program: LoopProgram, algebra: Algebra, number_range: NumberRange
) -> tuple[LoopProgram, Algebra]:
    """Return `program`, which is in normal form, with fewer exponentials."""
    replaced: dict[Node, Linear] = {}
    limited: set[Node] = set()
    for group in _groups(_exponentials(program, algebra, number_range)):
        base = _base(algebra, group)
        for one, exponent in group:
            if one.is_limited:
                atom = _limited(algebra, base, one, exponent, number_range)
                limited.add(atom)
                replaced[one.node] = _term(algebra, ((atom, 1),), is_inverse=exponent < 0)
            else:
                replaced[one.node] = _power(algebra, base, one, exponent)
    if not replaced:
        return program, algebra
    program, algebra = normalise(program, replaced, frozenset(limited))
    return normalise(program, algebra.fractions, frozenset(limited))


@final
@dataclass(frozen=True, kw_only=True)
class _Exponential:
    """``exp(offset + factor*direction)``; the first number of a direction is 1.

    Attributes
    ----------
    beside
        To which multiples of it numbers are added in divisors, if it stands in nothing else.
    is_one_at_zero
        Whether one is subtracted from it.
    """

    node: Node
    offset: float
    factor: float
    direction: dict[Product, float]
    beside: frozenset[float]
    is_one_at_zero: bool

    @property
    def is_limited(self) -> bool:
        """Whether it is limited in size."""
        return bool(self.beside)


def _exponentials(
    program: LoopProgram, algebra: Algebra, number_range: NumberRange
) -> Iterator[_Exponential]:
    divisors = Divisors(program, algebra)
    for node in reachable(program.step_roots()):
        if node.op != "call" or node.value != "exp" or rate_of(node) is not Rate.NEURON_STEP:
            continue
        argument = expanded(algebra, node.args[0])
        terms = {product: number for product, number in argument.terms.items() if number}
        if not terms or not all(map(math.isfinite, (argument.offset, *terms.values()))):
            continue
        first = next(iter(terms.values()))
        is_one_at_zero = divisors.subtract_one_from(node)
        beside = divisors.numbers_beside(node)
        is_limited = bool(beside) and max(beside) <= number_range.largest_spread * min(beside)
        if abs(argument.offset) > number_range.largest_offset:
            continue
        if is_one_at_zero and not is_limited and argument.offset:
            continue
        yield _Exponential(
            node=node,
            offset=argument.offset,
            factor=first,
            direction={product: number / first for product, number in terms.items()},
            beside=beside if is_limited else frozenset(),
            is_one_at_zero=is_one_at_zero,
        )


def _groups(exponentials: Iterable[_Exponential]) -> Iterator[list[tuple[_Exponential, int]]]:
    """Yield exponentials that are powers of one, with their exponents."""
    rest = list(exponentials)
    while rest:
        alike = [one for one in rest if _is_same(one.direction, rest[0].direction)]
        falls = next((one for one in alike if not one.is_limited), rest[0]).factor < 0.0
        able = [one for one in alike if one.is_limited or (one.factor < 0.0) == falls]
        found = _commensurable(able, is_negative=falls)
        if len(found) > 1:
            yield found
        taken = {one.node for one, _ in found}
        rest = [one for one in rest if one.node not in taken]


def _is_same(one: dict[Product, float], other: dict[Product, float]) -> bool:
    return one.keys() == other.keys() and all(
        math.isclose(number, other[product], rel_tol=_TOLERANCE) for product, number in one.items()
    )


def _commensurable(
    group: list[_Exponential], *, is_negative: bool
) -> list[tuple[_Exponential, int]]:
    """Return those that are powers of one with the first, with small whole exponents."""
    members: list[tuple[_Exponential, Fraction]] = []
    multiple = 1
    unit = -abs(group[0].factor) if is_negative else abs(group[0].factor)
    for one in group:
        ratio = one.factor / unit
        fraction = Fraction(ratio).limit_denominator(LARGEST_EXPONENT)
        if not math.isclose(float(fraction), ratio, rel_tol=_TOLERANCE):
            continue
        new_multiple = math.lcm(multiple, fraction.denominator)
        largest = max(abs(f) for f in (fraction, *(f for _, f in members))) * new_multiple
        if fraction and largest <= LARGEST_EXPONENT:
            members.append((one, fraction))
            multiple = new_multiple
    exponents = [int(fraction * multiple) for _, fraction in members]
    shared = math.gcd(*exponents)
    return [
        (one, exponent // shared) for (one, _), exponent in zip(members, exponents, strict=True)
    ]


def _base(algebra: Algebra, group: list[tuple[_Exponential, int]]) -> Node:
    first, exponent = group[0]
    direction = Expansion(0.0, first.direction)
    unit = algebra.number(first.factor / exponent)
    return algebra.exp(algebra.node(algebra.scaled(direction.as_sum(algebra), unit)))


def _power(algebra: Algebra, base: Node, one: _Exponential, exponent: int) -> Linear:
    """Return a member, or one over it if its exponent is negative."""
    offset = math.copysign(1.0, exponent) * one.offset
    return _term(algebra, ((base, abs(exponent)),), factor=math.exp(offset))


def _term(
    algebra: Algebra,
    power: tuple[tuple[Node, int], ...],
    *,
    factor: float = 1.0,
    is_inverse: bool = False,
) -> Linear:
    product = Product((), power) if is_inverse else Product(power)
    return Linear(algebra.number(0.0), {product: algebra.number(factor)})


def _limited(
    algebra: Algebra, base: Node, one: _Exponential, exponent: int, number_range: NumberRange
) -> Node:
    largest = max(one.beside) if exponent > 0 else 1.0 / min(one.beside)
    limit = algebra.number(largest * 10.0**number_range.limit_log)
    at_zero = (one.node.args[0],) if one.is_one_at_zero and one.offset else ()
    power = algebra.node(_power(algebra, base, one, exponent))
    return algebra.limited_node(power, limit, *at_zero)
