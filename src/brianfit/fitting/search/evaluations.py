"""Evaluate the samples of a round, but none twice and none further than its error matters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.executors import SharedWork
from brianfit.fitting.search.sample_cache import UNKNOWN, first_equal
from brianfit.fitting.search.search_state import Search
from brianfit.objective import Evaluation, Objective, joined
from brianfit.results.diagnostics import NEAR_ERROR


def evaluated(
    search: Search,
    values: Float[np.ndarray, "n_samples n_parameters"],
    limits: Float[np.ndarray, " n_limited"] | None,
) -> Evaluation:
    """Return the errors of samples: as they were told before, known, or simulated now.

    Parameters
    ----------
    limits
        Errors, as the optimizer sees them, above which the first samples may be given up.
    """
    number, objective = search.history.n_rounds, search.objective
    found: Evaluation = search.past.recall(
        number,
        search.iteration,
        values,
        lambda: _known_or_simulated(search, values, _limits(search, limits, len(values))),
    )
    search.known.remember(objective, values, found)
    return found


def _known_or_simulated(
    search: Search,
    values: Float[np.ndarray, "n_samples n_parameters"],
    limits: Float[np.ndarray, " n_samples"] | None,
) -> Evaluation:
    if not search.known.apply_to(search.objective):
        return _simulated(search, values, limits)
    known = search.known.find(search.objective, values)
    unknown = np.flatnonzero(known == UNKNOWN)
    different, which = first_equal(values[unknown])
    if len(different) == len(values):
        return _simulated(search, values, limits)
    rows = unknown[different]
    if limits is not None:  # copies with several limits: the one that reaches furthest
        furthest = np.full(len(rows), -np.inf)
        np.maximum.at(furthest, which, limits[unknown])
        limits = furthest
    parts = [_simulated(search, values[rows], limits)] if len(rows) else []
    if len(unknown) < len(values):
        parts.append(search.known.evaluation_of(known[known != UNKNOWN]))
    order = np.empty(len(values), dtype=np.int64)
    order[unknown] = which
    order[known != UNKNOWN] = len(rows) + np.arange(len(values) - len(unknown))
    is_repeated = np.ones(len(values), dtype=bool)
    is_repeated[rows] = False
    return replace(joined(parts).taken(order), is_repeated=is_repeated)


def _simulated(
    search: Search,
    values: Float[np.ndarray, "n_samples n_parameters"],
    limits: Float[np.ndarray, " n_samples"] | None,
) -> Evaluation:
    columns = values if limits is None else np.column_stack([values, limits])
    work = SharedWork(
        _evaluate if limits is None else _evaluate_within,
        search.objective,
        (search.iteration, search.seed),
        failure=Objective.failed,
    )
    found: Evaluation = search.executor.run(work, columns, joined)
    return found


def _limits(
    search: Search, told: Float[np.ndarray, " n_limited"] | None, n_samples: int
) -> Float[np.ndarray, " n_samples"] | None:
    """Return above which error [SI] each sample may be given up; None if none may."""
    best = search.best
    if told is None or search.objective.race is None or best is None or search.error_scale is None:
        return None
    # The best sample, and those near it, always count, whatever the optimizer says.
    limits = np.full(n_samples, np.inf)
    limits[: len(told)] = np.asarray(told, dtype=np.float64) * search.error_scale
    return np.asarray(np.maximum(limits, best.error + NEAR_ERROR * abs(best.error)))


def _evaluate(
    objective: Objective, iteration: int, seed: int, values: np.ndarray, first_sample: int
) -> Evaluation:
    return objective.evaluate(values, iteration=iteration, seed=seed, first_sample=first_sample)


def _evaluate_within(
    objective: Objective, iteration: int, seed: int, columns: np.ndarray, first_sample: int
) -> Evaluation:
    """Evaluate samples that come with their limits in the last column."""
    return objective.evaluate(
        np.ascontiguousarray(columns[:, :-1]),
        iteration=iteration,
        seed=seed,
        first_sample=first_sample,
        limits=columns[:, -1],
    )
