"""What users ask of a fit under way: to stop, to do more rounds, to take more time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import final

from brianfit._foundation.store_file.requests import Request
from brianfit.fitting.search.search_state import Search
from brianfit.fitting.search.stop_rules import AbstractStopRule, MaxEvaluations, WallClock
from brianfit.fitting.search.storage import Storage

_logger = logging.getLogger(__name__)

ASKED_TO_STOP = "a user asked for it to stop"
"""Why a search ended, in words that follow "because"."""


@final
class Requests:
    """Hears between rounds what is asked of a search; without a store, nothing is.

    What was added in an earlier process is added again after the same round, so that a fit that
    goes on from its store does what it did then.
    """

    def __init__(self, storage: Storage | None) -> None:
        self._storage = storage

    def begin(self, search: Search, n_rounds: int, rules: Sequence[AbstractStopRule]) -> None:
        """Note that rounds begin, and what limits them."""
        if self._storage is not None and self._storage.is_attached_to(search):
            self._storage.note_call(search, n_rounds, _limits(rules))

    def after_round(self, search: Search) -> Request:
        """Return what was asked since the round before."""
        if self._storage is None or not self._storage.is_attached_to(search):
            return Request()
        return self._storage.requested(search.history.n_rounds)


def with_more_time(
    rules: Sequence[AbstractStopRule], seconds: float
) -> tuple[AbstractStopRule, ...]:
    """Return stop rules whose limits of time are longer."""
    if seconds > 0 and not any(isinstance(rule, WallClock) for rule in rules):
        _logger.warning("More time was asked for, but the fit has no limit of time.")
    return tuple(
        rule.longer_by(seconds) if seconds > 0 and isinstance(rule, WallClock) else rule
        for rule in rules
    )


def _limits(rules: Sequence[AbstractStopRule]) -> dict[str, float]:
    """Return the lowest limits of time [s] and evaluations that rules set, by name."""
    seconds = [rule.seconds for rule in rules if isinstance(rule, WallClock)]
    counts = [float(rule.n_evaluations) for rule in rules if isinstance(rule, MaxEvaluations)]
    limits = {"seconds": seconds, "evaluations": counts}
    return {name: min(found) for name, found in limits.items() if found}
