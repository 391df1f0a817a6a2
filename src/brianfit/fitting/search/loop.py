"""Ask, evaluate, tell, record - and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.user_code import belongs_to
from brianfit.fitting.search.callbacks import KEPT
from brianfit.fitting.search.interrupts import uninterrupted
from brianfit.fitting.search.requests import ASKED_TO_STOP, Requests, with_more_time
from brianfit.fitting.search.rounds import Outcome, evaluate_asked, n_evaluations_of
from brianfit.fitting.search.search_state import Search
from brianfit.fitting.search.stop_rules import AbstractStopRule, MaxEvaluations, words_of
from brianfit.results import Round

Observer = Callable[[Search, int], bool]
"""Called after every round with the search and the number of the round; True ends the fit."""


def run_rounds(
    search: Search,
    n_rounds: int,
    *,
    rules: Sequence[AbstractStopRule],
    observer: Observer,
    requests: Requests,
) -> str:
    """Run rounds until they are used up, a rule says stop, or the observer or a user does.

    Returns
    -------
    str
        Why the search ended, in words that follow "because".
    """
    requests.begin(search, n_rounds, rules)
    number = 0
    while number < n_rounds:
        reason = _reason_not_to_begin(search, rules)
        if reason is not None:
            return reason
        run_round(search)
        wants_to_stop = observer(search, number)
        asked = requests.after_round(search)
        if asked.asks_for_more:
            n_rounds, rules = n_rounds + asked.rounds, with_more_time(rules, asked.seconds)
        reason = _reason_to_stop(search, rules)
        if reason is not None:
            return reason
        if wants_to_stop or asked.stop:
            return "the callback asked for it" if wants_to_stop else ASKED_TO_STOP
        number += 1
    return "the rounds asked for were done"


def run_round(search: Search) -> None:
    """Add one round to a search."""
    started = time.perf_counter()
    search.add_known_refinements()
    number = search.history.n_rounds
    search.past.begin_round()
    outcome = evaluate_asked(search, search.ask())
    with uninterrupted():
        try:
            with belongs_to(search.optimizer_words, KEPT):
                outcome.tell()
        finally:  # what was simulated is kept also if an optimizer fails to take it
            _keep(search, outcome, search.past.seconds_of(number, time.perf_counter() - started))


def check_first_round(search: Search, rules: Sequence[AbstractStopRule]) -> None:
    """Check that a search may do at least one round.

    Raises
    ------
    InvalidValueError
        If a limit is below what its first round evaluates.
    """
    reason = None if search.history.n_rounds else _reason_not_to_begin(search, rules)
    if reason is not None:
        raise InvalidValueError(
            f"`stop`: {reason}. Allow more evaluations, or make `n_samples` smaller."
        )


def _reason_not_to_begin(search: Search, rules: Sequence[AbstractStopRule]) -> str | None:
    """Return why another round would be too much; what was asked for is kept for it."""
    for rule in rules:
        if isinstance(rule, MaxEvaluations):
            reason = rule.reason_not_to_begin(
                search.history.n_evaluations, n_evaluations_of(search, search.ask())
            )
            if reason is not None:
                return reason
    return None


def _keep(search: Search, outcome: Outcome, seconds: float) -> None:
    search.finish_round(
        Round.of(outcome.values, outcome.evaluation, iteration=search.iteration, seconds=seconds)
    )


def _reason_to_stop(search: Search, rules: Sequence[AbstractStopRule]) -> str | None:
    lowest = search.objective.lowest_error
    if search.best is not None and lowest is not None and search.best.error <= lowest:
        return f"its error is {lowest:g}, and none can be lower"
    for rule in rules:
        with belongs_to(f"The stop rule {words_of(rule)}", KEPT):
            reason = rule.reason_to_stop(search.history)
        if reason is not None:
            return reason
    return None
