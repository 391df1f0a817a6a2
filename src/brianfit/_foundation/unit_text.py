"""Units and quantities written as text: ``"mV"``, ``"0.5 nA"``, ``"1 uF/cm**2"``.

A small parser of products and powers; text is never evaluated as code. Units have Brian's names
(``nS``, ``msiemens``, ``Mohm``, ...) or those that files and people use (``V``, ``µA``, ``volts``,
``millivolt``).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, final

import numpy as np
from brian2.units import allunits, stdunits
from brian2.units.fundamentalunits import Unit, get_unit

from brianfit._foundation.arguments import suggestion
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.units import DIMENSIONLESS, dimensions_of, equation_unit, from_si

LONGEST = 200
"""Longest text that is read [characters]; a quantity that is longer is a mistake."""

_LARGEST_POWER = 12
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[^\W\d]\w*|%|[µμΩ]\w*)|(?P<sign>\*\*|[*/^()+-]))"
)
_SYMBOLS = {"V": "volt", "A": "amp", "S": "siemens", "F": "farad", "s": "second", "Ω": "ohm"}
_WORDS = {
    "sec": "second", "msec": "msecond", "usec": "usecond", "ampere": "amp", "ohms": "ohm",
    "hz": "hertz", "MOhm": "Mohm", "GOhm": "Gohm", "m": "metre", "kg": "kilogram", "K": "kelvin",
}  # fmt: skip
_PREFIX_WORDS = {
    "femto": "f", "pico": "p", "nano": "n", "micro": "u", "milli": "m", "kilo": "k", "mega": "M",
    "giga": "G",
}  # fmt: skip
_PLAIN = {"1": 1.0, "%": 0.01, "dimensionless": 1.0}


def quantity_from_text(text: str) -> Any:
    """Return the quantity that `text` describes, or a plain number where it has no unit.

    Raises
    ------
    InvalidValueError
        If it is no product of numbers and units.
    """
    if len(text) > LONGEST:
        raise InvalidValueError(
            f"A quantity has at most {LONGEST} characters, but this has {len(text)}: "
            f"{text[:40]!r}..."
        )
    parser = _Parser(text, _tokens(text))
    value = parser.product()
    if parser.peek():
        raise InvalidValueError(
            f"Cannot read {text!r} as a quantity: unexpected {parser.peek()!r}."
        )
    if not np.isfinite(float(value)):
        raise InvalidValueError(f"{text!r} is not a finite quantity.")
    return value


def unit_from_text(text: str) -> Any:
    """Return one unit as a quantity; ``"1"`` and empty text are plain numbers.

    Raises
    ------
    InvalidValueError
        If `text` names no unit.
    """
    bare = text.strip().strip("[]()").strip()
    return quantity_from_text(bare) if bare else 1.0


@final
class _Parser:
    """Recursive descent over tokens: products of powers of numbers, units and brackets."""

    def __init__(self, text: str, tokens: list[str]) -> None:
        self._text = text
        self._tokens = tokens

    def peek(self) -> str:
        return self._tokens[0] if self._tokens else ""

    def product(self) -> Any:
        value = self._power()
        while self.peek() not in {"", ")"}:
            if self.peek() in {"+", "-"}:
                raise self._problem("sums are not read")
            operator = self._take() if self.peek() in {"*", "/"} else "*"  # "5 mV" has no sign
            factor = self._power()
            if operator == "/" and float(factor) == 0:
                raise self._problem("division by zero")
            value = value / factor if operator == "/" else value * factor
        return value

    def _power(self) -> Any:
        base = self._signed()
        if self.peek() not in {"**", "^"}:
            return base
        self._take()
        power = self._signed()
        if dimensions_of(power) is not DIMENSIONLESS or abs(float(power)) > _LARGEST_POWER:
            raise self._problem(f"a power must be a number up to {_LARGEST_POWER}")
        if float(base) == 0 and float(power) < 0:
            raise self._problem("division by zero")
        return base ** float(power)

    def _signed(self) -> Any:
        token = self._take()
        if token in {"+", "-"}:
            value = self._signed()
            return -value if token == "-" else value
        if token == "(":
            value = self.product()
            if self._take() != ")":
                raise self._problem("a bracket is not closed")
            return value
        if token and (token[0].isdecimal() or token[0] == "."):
            return float(token)
        if not token or not (token[0].isalpha() or token in _PLAIN):
            raise self._problem(f"expected a number or a unit, found {token!r}")
        return _unit_named(token)

    def _take(self) -> str:
        return self._tokens.pop(0) if self._tokens else ""

    def _problem(self, what: str) -> InvalidValueError:
        return InvalidValueError(f"Cannot read {self._text!r} as a quantity: {what}.")


def _tokens(text: str) -> list[str]:
    found, position = [], 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise InvalidValueError(
                f"Cannot read {text!r} as a quantity: unexpected {text[position:].strip()[:1]!r}. "
                "Expected a number and a unit, such as '0.5 nA'."
            )
        found.append(match.group().strip())
        position = match.end()
    return found


def _unit_named(name: str) -> Any:
    if name in _PLAIN:
        return _PLAIN[name]
    known = _known_units()
    for spelling in _spellings(name):
        if spelling in known:
            return from_si(float(known[spelling]), known[spelling].dim)
    raise InvalidValueError(
        f"{name!r} is no unit that is known.{suggestion(name, ['mV', 'pA', 'nS', *known])}"
    )


def _spellings(name: str) -> list[str]:
    """Return the names under which Brian may know a unit, the likeliest first."""
    plain = name.replace("µ", "u").replace("μ", "u")
    spellings = [plain, _WORDS.get(plain, plain)]
    if plain[-1:] in _SYMBOLS:
        spellings.append(plain[:-1] + _SYMBOLS[plain[-1]])
    lower = plain.lower() if len(plain) > 3 else plain  # "mM" is not "mm"
    for word in dict.fromkeys([plain, lower, plain.removesuffix("s"), lower.removesuffix("s")]):
        spellings += [word, _WORDS.get(word, word)]
        for long, short in _PREFIX_WORDS.items():
            rest = word.removeprefix(long)
            if rest != word:
                spellings.append(short + _WORDS.get(rest, rest))
    return spellings


@cache
def _known_units() -> dict[str, Unit]:
    named = {**vars(allunits), **vars(stdunits)}
    units = {name: unit for name, unit in named.items() if isinstance(unit, Unit)}
    short = {
        f"{prefix}{symbol}": units[f"{prefix}{name}"]
        for symbol, name in (("V", "volt"), ("A", "amp"), ("S", "siemens"), ("F", "farad"))
        for prefix in ("", "f", "p", "n", "u", "m", "k")
        if f"{prefix}{name}" in units
    }
    lengths = {f"{prefix}m": units[f"{prefix}metre"] for prefix in ("c", "m", "u", "n")}
    times = {f"{prefix}s": units[f"{prefix}second"] for prefix in ("", "m", "u", "n")}
    rates = {f"{prefix}Hz": units[f"{prefix}hertz"] for prefix in ("", "k", "M")}
    return {**units, **short, **lengths, **times, **rates}


def text_of_quantity(value: Any) -> str:
    """Return a quantity as `quantity_from_text` reads it back exactly, in a fitting unit."""
    dimensions = dimensions_of(value)
    number = float(value)
    if dimensions is DIMENSIONLESS:
        return repr(number)
    base = get_unit(dimensions)
    best = value.get_best_unit() if number != 0 else base
    for digits, unit in [(6, best), (6, base), (15, best), (15, base), (17, best)]:
        text = f"{number / float(unit):.{digits}g} {_spelled(unit)}"
        if _reads_as(text, number):
            return text
    return f"{number!r} {equation_unit(dimensions)}"


def _spelled(unit: Any) -> str:
    return str(unit).replace("^", "**").replace(" / ", "/").replace(" ", "*").removeprefix("1.*")


def _reads_as(text: str, number: float) -> bool:
    try:
        return float(quantity_from_text(text)) == number
    except InvalidValueError:
        return False
