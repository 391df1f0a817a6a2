"""Values of a problem file: what each key may hold, and what it becomes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields
from typing import Any

from brianfit._foundation.arguments import check_choice, suggestion
from brianfit._foundation.errors import BrianfitError, InvalidTypeError, InvalidValueError
from brianfit._foundation.strangers.limits import Limit
from brianfit._foundation.unit_text import quantity_from_text
from brianfit._foundation.units import (
    DIMENSIONLESS,
    SECOND,
    Dimension,
    dimensions_of,
    same_dimensions,
    unit_name,
)
from brianfit.cli.reading_options import bytes_of
from brianfit.model import Beta, LogNormal, Normal, Parameter, Prior

PRIORS: Mapping[str, type[Prior]] = {
    "normal": Normal,
    "log-normal": LogNormal,
    "beta": Beta,
}
"""Kinds of priors, and who has their keys as arguments."""

_FIRST_OF_A_NUMBER = tuple("0123456789+-.")

Converter = Callable[[Any], Any]
"""Takes what TOML has, returns what the program needs, or raises a `BrianfitError`."""


def text(value: Any) -> str:
    """Return a text that is not empty and has no bytes that end names of files."""
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise InvalidTypeError(f"must be a text in quotes, but is {value!r}.")
    return value


def flag(value: Any) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise InvalidTypeError(f"must be true or false, but is {value!r}.")
    return value


def whole(minimum: int, largest: Limit | None = None) -> Converter:
    """Return a converter to whole numbers of at least `minimum`, and within a limit."""

    def convert(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < minimum:
            raise InvalidValueError(
                f"must be a whole number of at least {minimum}, but is {value!r}."
            )
        if largest is not None and value > largest.value:
            raise InvalidValueError(largest.exceeded("this", value))
        return value

    return convert


def number(value: Any) -> float:
    """Return a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value - value != 0:
        raise InvalidTypeError(f"must be a number, but is {value!r}.")
    return float(value)


def one_of(choices: Collection[str]) -> Converter:
    """Return a converter that accepts one of some words."""

    def convert(value: Any) -> str:
        known = text(value)
        if known not in choices:
            raise InvalidValueError(
                f"must be one of {', '.join(repr(choice) for choice in choices)}, but is "
                f"{value!r}.{suggestion(known, choices)}"
            )
        return known

    return convert


def quantity(value: Any) -> Any:
    """Return a quantity from ``"10 mV"``, or a plain number."""
    if isinstance(value, str):
        return quantity_from_text(value)
    return number(value)


def quantity_in(dimensions: Dimension, example: str) -> Converter:
    """Return a converter to quantities of one kind."""

    def convert(value: Any) -> Any:
        found = quantity(value)
        if not same_dimensions(dimensions_of(found), dimensions):
            raise InvalidValueError(
                f'must have the unit {unit_name(dimensions)}, such as "{example}", but is '
                f"{value!r}."
            )
        return found

    return convert


time = quantity_in(SECOND, "10 ms")


def size(value: Any) -> int:
    """Read a size of memory, such as ``"4 GiB"``, in bytes."""
    return bytes_of(text(value))


def list_of(
    convert: Converter,
    *,
    length: int | None = None,
    may_be_single: bool = False,
    may_be_empty: bool = False,
) -> Converter:
    """Return a converter to lists, of `length` entries if that is given."""

    def convert_all(value: Any) -> list[Any]:
        entries = [value] if may_be_single and not isinstance(value, list) else value
        if not isinstance(entries, list):
            raise InvalidTypeError(f"must be a list in [ ], but is {value!r}.")
        if length is not None and len(entries) != length:
            raise InvalidValueError(f"must be a list of {length}, but has {len(entries)} entries.")
        if not entries and not may_be_empty:
            raise InvalidValueError("must not be an empty list.")
        return [convert(entry) for entry in entries]

    return convert_all


def table_of(convert: Converter) -> Converter:
    """Return a converter to tables with any keys."""

    def convert_all(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise InvalidTypeError(f"must be a table {{ name = value }}, but is {value!r}.")
        converted = {}
        for name, entry in value.items():
            try:
                converted[name] = convert(entry)
            except BrianfitError as problem:
                raise InvalidValueError(f"{name} {problem}") from problem
        return converted

    return convert_all


def expression(value: Any) -> Any:
    """Return an initial value: a quantity, or an expression as text."""
    return quantity_or_text(value) if isinstance(value, str) else number(value)


def parameter(value: Any) -> Parameter:
    """Return how a parameter is treated.

    ``["1 nS", "100 nS"]`` are bounds, ``"-65 mV"`` or a number is a fixed value, and a table may
    say low, high, scale, start, prior, or fixed, or tied.
    """
    if isinstance(value, list):
        low, high = list_of(quantity, length=2)(value)
        return Parameter(low, high)
    if not isinstance(value, Mapping):
        return Parameter(fixed=quantity(value))
    known: Mapping[str, Converter] = {
        "low": quantity, "high": quantity, "start": quantity, "fixed": quantity,
        "scale": text, "tied": text, "prior": prior,
    }  # fmt: skip
    for name in value:
        check_choice("key", name, list(known))
    given = {name: known[name](entry) for name, entry in value.items()}
    return Parameter(
        low=given.get("low"),
        high=given.get("high"),
        value=given.get("start"),
        fixed=given.get("fixed"),
        tied=given.get("tied"),
        scale=given.get("scale", "auto"),
        prior=given.get("prior"),
    )


def prior(value: Any) -> Prior:
    """Return a prior from ``{ kind = "normal", mean = "-70 mV", sd = "5 mV" }``."""
    if not isinstance(value, Mapping) or "kind" not in value:
        raise InvalidTypeError(
            f'must be a table such as {{ kind = "normal", mean = "-70 mV", sd = "5 mV" }}, but is '
            f"{value!r}."
        )
    kind = PRIORS[one_of(PRIORS)(value["kind"])]
    names = [field.name for field in fields(kind)]
    given = {name: quantity(entry) for name, entry in value.items() if name != "kind"}
    for name in given:
        check_choice("key of the prior", name, names)
    missing = [name for name in names if name not in given]
    if missing:
        raise InvalidValueError(f"the prior lacks {', '.join(missing)}.")
    return kind(**given)


def plain_value(value: Any) -> Any:
    """Return what an argument of any kind may be: quantities are read, all else stays as it is."""
    if isinstance(value, list):
        return [plain_value(entry) for entry in value]
    if isinstance(value, Mapping):
        return {name: plain_value(entry) for name, entry in value.items()}
    is_quantity = isinstance(value, str) and value.lstrip()[:1] in _FIRST_OF_A_NUMBER
    return quantity_or_text(value) if is_quantity else value


def quantity_or_text(value: str) -> Any:
    """Return a quantity if a text is one, or else the text."""
    try:
        return quantity_from_text(value)
    except InvalidValueError:
        return text(value)


def several_quantities(value: Any) -> Any:
    """Return one quantity, or a list of quantities of one kind."""
    if not isinstance(value, list):
        return quantity(value)
    found = list_of(quantity)(value)
    kinds: Sequence[Dimension] = [dimensions_of(entry) for entry in found if float(entry) != 0]
    if any(not same_dimensions(kind, kinds[0]) for kind in kinds):
        raise InvalidValueError(f"must be quantities of one unit, but is {value!r}.")
    unit = kinds[0] if kinds else DIMENSIONLESS
    return [entry if dimensions_of(entry) is unit else 0.0 for entry in found]
