"""What the texts of a store tell of a fit: what is fitted, and the best sample so far."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit._foundation.store_file.digests import digest_of
from brianfit._foundation.store_file.npy_form import BEGINNING, end_of_header, form_of
from brianfit.watching.opening import CannotLook
from brianfit.watching.plain_values import array_name, fields, items, number, powers
from brianfit.watching.rounds import Shape

_LONGEST_TEXT = 8 * 2**20
_VARIABLE = re.compile(r"d(\w+)\s*/\s*dt\s*=")
_READ_FROM = re.compile(r"read from (.+?) \(sha256")


@final
@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter of a fit.

    Attributes
    ----------
    low, high
        Bounds [SI]; None where it is fixed or tied.
    powers
        Of the base units.
    """

    name: str
    low: float | None
    high: float | None
    is_logarithmic: bool
    powers: tuple[float, ...]

    def place(self, value: float) -> float | None:
        """Return where between its bounds a value lies, from 0 to 1; None without bounds."""
        if self.low is None or self.high is None or not self.low < self.high:
            return None
        ends = np.array([self.low, value, self.high])
        if self.is_logarithmic and ends.min() > 0:
            ends = np.log(ends)
        return float(np.clip((ends[1] - ends[0]) / (ends[2] - ends[0]), 0.0, 1.0))


@final
@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is fitted.

    Attributes
    ----------
    cell, model
        A few words each.
    rounds_foreseen
        As announced when the search began.
    """

    cell: str
    model: str
    parameters: tuple[Parameter, ...]
    output_names: tuple[str, ...]
    optimizer: str
    n_samples: int
    rounds_foreseen: int
    seed: int | None

    @property
    def shape(self) -> Shape:
        """The columns of the samples."""
        free = sum(parameter.low is not None for parameter in self.parameters)
        return Shape(n_parameters=free, n_outputs=len(self.output_names))


@final
@dataclass(frozen=True, kw_only=True)
class Best:
    """The best sample so far, as the store tells it.

    Attributes
    ----------
    values
        By parameter [SI]; empty if no sample could be scored.
    error
        inf if no sample could be scored.
    at_bound
        By parameter, 'lower' or 'upper'.
    held_out
        Errors of the best sample after each round on what was held out; empty without any.
    """

    values: Mapping[str, float]
    error: float
    powers: tuple[float, ...]
    at_bound: Mapping[str, str]
    stop_reason: str
    n_restarts: int
    held_out: Float[np.ndarray, " n"]
    fitted: Float[np.ndarray, " n"]


def text_of(
    connection: sqlite3.Connection, version: int, fit: int, column: str
) -> tuple[str, bytes]:
    """Return a text of a fit, ``problem`` or ``summary``, and its digest.

    Raises
    ------
    CannotLook
        If it is damaged.
    """
    digest = f"{column}_digest" if version > 1 else "NULL"
    row = connection.execute(
        f"SELECT CAST({column} AS BLOB), {digest} FROM fits WHERE number = ? "
        f"AND length({column}) <= {_LONGEST_TEXT}",
        (fit,),
    ).fetchone()
    if row is None or not isinstance(row[0], bytes):
        raise CannotLook(f"the {column} of fit {fit} is damaged", is_damage=True)
    text = row[0].decode("utf-8", "replace")
    if version > 1 and digest_of([text]) != row[1]:
        raise CannotLook(f"the {column} of fit {fit} is damaged", is_damage=True)
    return text, row[1] or b""


def problem_of(text: str) -> Problem:
    """Return what a problem says.

    Raises
    ------
    CannotLook
        If it is damaged.
    """
    told = fields(_parsed(text))
    parameters = tuple(_parameters(told))
    outputs = tuple(str(name) for name in items(told.get("output_names")))
    if not parameters or not outputs:
        raise CannotLook("its problem is damaged", is_damage=True)
    return Problem(
        cell=_cell(fields(told.get("recordings"))),
        model=_model(str(told.get("equations", "")), parameters),
        parameters=parameters,
        output_names=outputs,
        optimizer=str(fields(told.get("optimizer")).get("name", "")),
        n_samples=int(number(told.get("n_samples")) or 0),
        rounds_foreseen=int(number(told.get("rounds_foreseen")) or 0),
        seed=None if number(told.get("seed")) is None else int(number(told.get("seed")) or 0),
    )


def best_of(text: str, connection: sqlite3.Connection) -> Best:
    """Return what a summary says.

    Raises
    ------
    CannotLook
        If it is damaged.
    """
    told = fields(_parsed(text))
    values = {name: number(one) for name, one in fields(told.get("best_values")).items()}
    error = number(told.get("error"))
    course = fields(told.get("validation"))
    restarts = number(told.get("n_restarts"))
    return Best(
        values={name: value for name, value in values.items() if value is not None},
        error=np.inf if error is None else error,
        powers=powers(fields(told.get("dimensions")).get("error")),
        at_bound={name: str(side) for name, side in fields(told.get("at_bound")).items()},
        stop_reason=str(told.get("stop_reason", "")),
        n_restarts=0 if restarts is None else int(restarts),
        held_out=_array(connection, array_name(course.get("test"))),
        fitted=_array(connection, array_name(course.get("train"))),
    )


def _parameters(told: Mapping[str, Any]) -> Iterator[Parameter]:
    for record in items(told.get("parameters")):
        one = fields(record)
        low, high = number(one.get("low")), number(one.get("high"))
        yield Parameter(
            name=str(one.get("name")),
            low=low,
            high=high,
            is_logarithmic=one.get("scale") == "log",
            powers=powers(one.get("dimensions")),
        )


def _cell(recordings: Mapping[str, Any]) -> str:
    """Return from which files sweeps were read, or how many there are."""
    told = [_READ_FROM.match(str(line)) for line in items(recordings.get("history"))]
    names = [found[1] for found in told if found is not None]
    n_sweeps = len(items(recordings.get("recordings")))
    sweeps = f"{n_sweeps} sweep" + ("s" if n_sweeps != 1 else "")
    return f"{', '.join(names)}: {sweeps}" if names else sweeps


def _model(equations: str, parameters: tuple[Parameter, ...]) -> str:
    variables = ", ".join(_VARIABLE.findall(equations)) or "no equation"
    free = ", ".join(one.name for one in parameters if one.low is not None)
    return f"{variables} ({free})"


def _array(connection: sqlite3.Connection, name: str | None) -> np.ndarray:
    """Return an array of numbers in a row; empty where there is none."""
    row = (
        None
        if name is None
        else connection.execute("SELECT npy FROM arrays WHERE name = ?", (name,)).fetchone()
    )
    blob = None if row is None else row[0]
    if not isinstance(blob, bytes) or not blob.startswith(BEGINNING):
        return np.empty(0)
    end = end_of_header(blob)
    try:
        dtype, (size,) = form_of(blob[10:end])
    except (TypeError, ValueError):
        return np.empty(0)
    is_whole = dtype == np.float64 and len(blob) == end + 8 * size
    return np.frombuffer(blob, dtype, offset=end) if is_whole else np.empty(0)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CannotLook("one of its texts is damaged", is_damage=True) from error
