"""Pieces of work that know nothing of each other, done on the workers of an executor."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, final

import numpy as np

from brianfit._foundation.errors import BrianfitError
from brianfit.executors import AbstractExecutor, SerialExecutor, SharedWork
from brianfit.fitting.studies.progress import leave_note, rounded, study_lines

Piece = TypeVar("Piece")
Outcome = TypeVar("Outcome")


@final
@dataclass(frozen=True, kw_only=True)
class _Pieces:
    """All pieces, what is done with each, and where that is told."""

    do: Callable[[Any], Any]
    pieces: Sequence[Any]
    words: Callable[[Any, Any], str] | None
    notes: Path | None


def side_by_side(
    do: Callable[[Piece], Outcome],
    pieces: Sequence[Piece],
    executor: AbstractExecutor | None,
    *,
    words: Callable[[Piece, Outcome | str], str] | None = None,
) -> list[Outcome | str]:
    """Return what comes of every piece, or why it failed, in the order of the pieces.

    A piece that fails, or is not done within the time limits of the executor, does not end the
    others.

    Parameters
    ----------
    do
        A function of a module, so that other processes find it.
    executor
        Where, one piece at a time on each worker. None: one after the other, here.
    words
        A function of a module that says of a piece what came of it, in a line that is printed when
        it is done. None: nothing is printed.
    """
    positions = np.arange(len(pieces), dtype=np.float64)[:, np.newaxis]
    with study_lines(len(pieces), is_shown=words is not None) as lines:
        notes = None if lines is None else lines.folder
        shared = _Pieces(do=do, pieces=pieces, words=words, notes=notes)
        work = SharedWork(_done, shared, at_once=1, failure=_overdue)
        found: list[Outcome | str] = (executor or SerialExecutor()).run(work, positions, _joined)
        if lines is not None and words is not None:
            lines.close()
            for number, (piece, outcome) in enumerate(zip(pieces, found, strict=True)):
                lines.tell(number, words(piece, outcome))
    return found


def _done(shared: _Pieces, positions: np.ndarray, _first: int) -> list[Any]:
    return [_outcome(shared, int(position)) for position in positions[:, 0]]


def _outcome(shared: _Pieces, position: int) -> Any:
    piece, started = shared.pieces[position], time.perf_counter()
    outcome: Any
    try:
        outcome = shared.do(piece)
    except BrianfitError as problem:
        outcome = f"{type(problem).__name__}: {problem}"
    if shared.words is not None:
        seconds = time.perf_counter() - started
        leave_note(shared.notes, position, f"{shared.words(piece, outcome)}, {rounded(seconds)}")
    return outcome


def _overdue(_shared: _Pieces, n_pieces: int) -> list[str]:
    """Return the outcome of pieces that came to no end."""
    return ["It took longer than the limit of time of the executor."] * n_pieces


def _joined(parts: Sequence[list[Any]]) -> list[Any]:
    return [outcome for part in parts for outcome in part]
