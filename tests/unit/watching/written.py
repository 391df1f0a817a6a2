"""A store written by hand: two parameters, two sweeps, nothing simulated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from brianfit._foundation.store_file.notes import CALL, END, key_of
from brianfit.results import FitResult, Round, StoredRound, open_store
from tests.unit.plots.fitted import result


def round_of(errors: Sequence[float], number: int = 0, **changes: Any) -> StoredRound:
    """Return a round of four samples with these errors."""
    found = result().history.rounds[0]
    outputs = np.repeat(np.array(errors)[:, np.newaxis], 2, axis=1)
    given = {
        "iteration": number,
        "values": found.values[: len(errors)],
        "errors": np.array(errors),
        "output_errors": outputs,
        "raw_output_errors": outputs,
        "seconds": 0.5,
        **changes,
    }
    return StoredRound(round=Round(**given))


def write_store(
    path: Path,
    rounds: Sequence[StoredRound] | None = None,
    *,
    is_over: bool = True,
    limits: dict[str, Any] | None = None,
    **changes: Any,
) -> FitResult:
    """Write a fit as if it was done by a call of `fit`; return its result.

    Parameters
    ----------
    is_over
        Whether the call came to its end; else it was killed.
    limits
        Of the call.
    """
    made = result(**changes)
    history = made.history if rounds is None else None
    done = list(rounds or [StoredRound(round=one) for one in made.history.rounds])
    if history is None:
        history = replace(made.history, rounds=tuple(one.round for one in done))
        made = replace(made, history=history, error=float(history.errors.min()))
    with open_store(path) as writer:
        number = writer.begin_fit(made.problem, replace(made, history=replace(history, rounds=())))
        call = {"rounds": 2, "since": 0, "at": 100.0, **(limits or {})}
        writer.note(key_of(CALL, number, 0), call)
        writer.add(number, 0, done, made)
        if is_over:
            writer.note(key_of(END, number, len(done)), {"at": 101.0, "why": made.stop_reason})
    return made
