"""Metrics, optimizers and engines that come with brianfit, made again from their records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from brianfit import engines, metrics, optimizers
from brianfit._foundation.errors import BrianfitError, StoreError
from brianfit._foundation.plain import Unknown
from brianfit.results import PartRecord, ProblemRecord


def part_from(record: PartRecord) -> Any:
    """Return the part of a record.

    Raises
    ------
    StoreError
        If it is not one of those that come with brianfit, or was given something that a file cannot
        hold.
    """
    kind = _kinds().get(record.name)
    if kind is None or not record.is_ready_made or any(_unknown_in(record.arguments)):
        raise StoreError(f"{record} cannot be made again from a file.")
    arguments = {name: _value_from(value) for name, value in record.arguments.items()}
    try:
        return kind(**arguments)
    except (BrianfitError, TypeError, ValueError) as error:
        raise StoreError(f"{record} cannot be made again: {error}") from error


def obstacles(record: ProblemRecord) -> list[str]:
    """Return what keeps a problem from being made again from its record alone, in words."""
    found = []
    parts = {f"the metric of '{name}'": metric for name, metric in record.metrics.items()}
    parts.update({"the optimizer": record.optimizer, "the engine": record.engine})
    for what, part in parts.items():
        if not part.is_ready_made or part.name not in _kinds():
            found.append(f"{what}, {part.name}, is not one of those that come with brianfit")
        elif any(_unknown_in(part.arguments)):
            found.append(f"{what}, {part}, was given something that a file cannot hold")
    for what, values in {
        "the external constant": record.constants,
        "the initial value of": record.initial_values,
        "the option": record.method_options,
    }.items():
        found += [f"{what} '{name}'" for name, value in values.items() if any(_unknown_in(value))]
    return found


def _kinds() -> Mapping[str, type]:
    """Return all ready-made parts by name."""
    from brianfit.engines.fused import FusedEngine

    found: dict[str, type] = {FusedEngine.__name__: FusedEngine}
    for package in (engines, metrics, optimizers):
        for name in package.__all__:
            part = getattr(package, name)
            if isinstance(part, type) and not name.startswith(("Abstract", "Supports")):
                found[name] = part
    return found


def _value_from(value: Any) -> Any:
    if isinstance(value, PartRecord):
        return part_from(value)
    if isinstance(value, list | tuple):
        return type(value)(_value_from(item) for item in value)
    if isinstance(value, Mapping):
        return {name: _value_from(item) for name, item in value.items()}
    return value


def _unknown_in(value: Any) -> Iterator[bool]:
    """Yield True for everything within a value that a file could not hold."""
    if isinstance(value, Unknown):
        yield True
    elif isinstance(value, PartRecord):
        yield from _unknown_in(value.arguments)
        if not value.is_ready_made:
            yield True
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _unknown_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _unknown_in(item)
