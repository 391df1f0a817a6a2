"""The problem and the result of a fit as text, and back."""

from __future__ import annotations

import dataclasses
import json
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any

from brianfit._foundation.errors import StoreError
from brianfit._foundation.plain import GetArray, KeepArray, from_plain, to_plain
from brianfit._foundation.strangers.hints import field_types, is_of_type
from brianfit.results.fit_result import FitResult
from brianfit.results.history import History, Round
from brianfit.results.problem_record import PartRecord, ProblemRecord
from brianfit.results.store.consistency import check_consistent, check_names

_APART = ("history", "problem", "uncertainty")
"""Fields of a result that a store keeps in other places, or that are found anew when wanted."""

_PARTS = "parts of the history"


def problem_text(problem: ProblemRecord, keep: KeepArray) -> str:
    """Return a problem as text; its arrays are handed to `keep`."""
    return json.dumps(to_plain(problem, keep), allow_nan=False)


def problem_of_text(text: str, get: GetArray) -> ProblemRecord:
    """Return the problem that `problem_text` was given.

    Raises
    ------
    StoreError
        If it cannot be read.
    """
    found = from_plain(_parsed(text), get, known_kinds())
    if not isinstance(found, ProblemRecord):
        raise StoreError("The problem of a fit cannot be read.")
    check_names(found)
    return found


def summary_text(result: FitResult, keep: KeepArray) -> str:
    """Return a result, without history and problem, as text."""
    fields = {
        field.name: to_plain(getattr(result, field.name), keep)
        for field in dataclasses.fields(result)
        if field.name not in _APART
    }
    fields[_PARTS] = list(result.history.parts)
    return json.dumps(fields, allow_nan=False)


def result_of_text(
    text: str, get: GetArray, *, history: History, problem: ProblemRecord
) -> FitResult:
    """Return the result that `summary_text` was given.

    Raises
    ------
    StoreError
        If it cannot be read.
    """
    plain = _parsed(text)
    if plain == {}:
        raise StoreError(
            "The result of a fit cannot be read: it was lost when the rounds were saved from a "
            "damaged store. Call fit once more with the same arguments and this store, which makes "
            "it again."
        )
    if not isinstance(plain, dict):
        raise StoreError("The result of a fit cannot be read.")
    types = field_types(FitResult)
    fields = {
        name: from_plain(value, get, known_kinds())
        for name, value in plain.items()
        if name in types and name not in _APART
    }
    parts = plain.get(_PARTS, [])
    wrong = [name for name, value in fields.items() if not is_of_type(value, types[name])]
    if wrong or not is_of_type(parts, list[str]):
        raise StoreError(f"The result of a fit cannot be read: {[*wrong, _PARTS][0]} is damaged.")
    complete = dataclasses.replace(history, parts=tuple(parts))
    try:
        result = FitResult(**fields, history=complete, problem=problem)
    except TypeError as error:
        raise StoreError(f"The result of a fit cannot be read: {error}") from error
    check_consistent(result)
    return result


@cache
def known_kinds() -> Mapping[str, type]:
    """Return the dataclasses that a file may name: those that results and problems consist of."""
    kinds: dict[str, type] = {}
    for kind in (FitResult, ProblemRecord, PartRecord):
        _collect(kind, kinds)
    for apart in (FitResult, History, Round):
        kinds.pop(apart.__name__, None)
    return kinds


def _collect(kind: Any, kinds: dict[str, type]) -> None:
    """Add the dataclasses within a type to `kinds`, those of their fields included."""
    for inner in typing.get_args(kind):
        _collect(inner, kinds)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind) and kind.__name__ not in kinds:
        kinds[kind.__name__] = kind
        for hint in typing.get_type_hints(kind).values():
            _collect(hint, kinds)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StoreError(f"A text of the store cannot be read: {error}") from error
