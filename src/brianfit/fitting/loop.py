"""Ask, evaluate, tell, record - and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.fitting.samples import as_array
from brianfit.fitting.search import Search
from brianfit.fitting.stopping import AbstractStopRule
from brianfit.fitting.uninterrupted import uninterrupted
from brianfit.objective import Evaluation, joined
from brianfit.results import History, Round

Observer = Callable[[Search, int], bool]
"""Called after every round with the search and the number of the round; True ends the fit."""


def run_rounds(
    search: Search, n_rounds: int, *, rules: Sequence[AbstractStopRule], observer: Observer
) -> str:
    """Run rounds until they are used up, a rule says stop, or the observer does.

    Returns
    -------
    str
        Why the search ended, in words that follow "because".
    """
    for number in range(n_rounds):
        run_round(search)
        wants_to_stop = observer(search, number)
        reason = _reason_to_stop(search.history, rules)
        if reason is not None:
            return reason
        if wants_to_stop:
            return "the callback asked for it"
    return "the rounds asked for were done"


def run_round(search: Search) -> None:
    """Add one round to a search."""
    started = time.perf_counter()
    number, space = search.history.n_rounds, search.parameters.space
    search.past.begin_round()
    asked = search.ask()
    asked_values = space.to_values(as_array(asked, space.names))
    values = np.concatenate([asked_values, _start_values(search)])
    evaluation = search.past.recall(
        number, search.iteration, values, lambda: _evaluate(search, values)
    )
    with uninterrupted():
        search.optimizer.tell(asked, search.scaled(evaluation.errors[: len(asked_values)]))
        search.note(values, evaluation)
        search.finish_round(
            Round(
                iteration=search.iteration,
                values=values,
                errors=evaluation.errors,
                output_errors=evaluation.output_errors,
                raw_output_errors=evaluation.raw_output_errors,
                seconds=search.past.seconds_of(number, time.perf_counter() - started),
                trace_errors=evaluation.trace_errors,
            )
        )


def _evaluate(search: Search, values: Float[np.ndarray, "n_samples n_parameters"]) -> Evaluation:
    def evaluate(values: np.ndarray, first_sample: int) -> Evaluation:
        return search.objective.evaluate(
            values, iteration=search.iteration, seed=search.seed, first_sample=first_sample
        )

    return search.executor.run(evaluate, values, joined)


def _start_values(search: Search) -> Float[np.ndarray, "n_starts n_parameters"]:
    """Return the values to start from as one more sample of the first round, if there are any."""
    space = search.parameters.space
    start = space.start_coordinates()
    if start is None or search.history.n_rounds > 0:
        return np.empty((0, len(space)))
    return space.to_values(start[np.newaxis])


def _reason_to_stop(history: History, rules: Sequence[AbstractStopRule]) -> str | None:
    reasons = (rule.reason_to_stop(history) for rule in rules)
    return next((reason for reason in reasons if reason is not None), None)
