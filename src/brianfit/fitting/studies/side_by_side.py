"""Pieces of work that know nothing of each other, done on the workers of an executor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, final

import numpy as np

from brianfit._foundation.errors import BrianfitError
from brianfit.executors import AbstractExecutor, SerialExecutor, SharedWork

Piece = TypeVar("Piece")
Outcome = TypeVar("Outcome")


@final
@dataclass(frozen=True, kw_only=True)
class _Pieces:
    """All pieces, and what is done with each."""

    do: Callable[[Any], Any]
    pieces: Sequence[Any]


def side_by_side(
    do: Callable[[Piece], Outcome], pieces: Sequence[Piece], executor: AbstractExecutor | None
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
    """
    work = SharedWork(_done, _Pieces(do=do, pieces=pieces), at_once=1, failure=_overdue)
    positions = np.arange(len(pieces), dtype=np.float64)[:, np.newaxis]
    found: list[Outcome | str] = (executor or SerialExecutor()).run(work, positions, _joined)
    return found


def _done(shared: _Pieces, positions: np.ndarray, _first: int) -> list[Any]:
    return [_outcome(shared.do, shared.pieces[int(position)]) for position in positions[:, 0]]


def _outcome(do: Callable[[Any], Any], piece: Any) -> Any:
    try:
        return do(piece)
    except BrianfitError as problem:
        return f"{type(problem).__name__}: {problem}"


def _overdue(_shared: _Pieces, n_pieces: int) -> list[str]:
    """Return the outcome of pieces that came to no end."""
    return ["It took longer than the limit of time of the executor."] * n_pieces


def _joined(parts: Sequence[list[Any]]) -> list[Any]:
    return [outcome for part in parts for outcome in part]
