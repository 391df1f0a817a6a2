"""Score parameters on recordings that were not fitted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, final

import numpy as np

from brianfit.data import RecordingSet
from brianfit.engines import AbstractEngine
from brianfit.fitting.search.search_state import Search
from brianfit.objective import Objective
from brianfit.results import ValidationCourse


@final
@dataclass(kw_only=True)
class HeldOut:
    """Recordings on which the best sample of every round is scored, beside those of the fit.

    It looks at the history, so that rounds which were done before count as well.

    Attributes
    ----------
    search
        Whose samples are scored.
    recordings
        What is held out.
    objective
        The error on them.
    """

    search: Search
    recordings: RecordingSet
    objective: Objective
    _known: dict[int, float] = field(default_factory=dict, init=False)

    def course(self) -> ValidationCourse:
        """Return the errors of the best sample so far, round by round."""
        history = self.search.history
        test, lowest, best, first = [], np.inf, -1, 0
        for round_ in history.rounds:
            if round_.errors.min(initial=np.inf) < lowest:
                best = first + int(np.argmin(round_.errors))
                lowest = float(round_.errors.min())
            test.append(np.inf if best < 0 else self._error(best))
            first += round_.errors.size
        return ValidationCourse(
            train=history.best_per_round,
            test=np.array(test, dtype=np.float64),
            dimensions=self.search.task.dimensions.error,
        )

    def _error(self, number: int) -> float:
        """Return the error of one evaluation of the history."""
        if number not in self._known:
            history = self.search.history
            found = self.objective.evaluate(
                history.values[number : number + 1],
                iteration=history.rounds[int(history.round_of[number])].iteration,
                seed=self.search.seed,
            )
            self._known[number] = float(found.errors[0])
        return self._known[number]


def held_out(
    known: HeldOut | None,
    search: Search,
    recordings: Any,
    *,
    engine: AbstractEngine,
    memory_limit: int,
) -> HeldOut | None:
    """Return what a search is watched on, if anything.

    Parameters
    ----------
    known
        What the last search was watched on.
    recordings
        What to watch this one on; None: as before.

    Raises
    ------
    BrianfitError
        If the recordings do not fit the model or the metric of the search.
    """
    if recordings is None:
        if known is None or known.search is search:
            return known
        recordings = known.recordings
    objective = search.task.on("held_out", recordings).objective(engine, memory_limit=memory_limit)
    return HeldOut(search=search, recordings=recordings, objective=objective)
