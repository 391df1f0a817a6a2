"""What evaluating the samples of a round yields, and how the optimizer is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import InvalidTypeError
from brianfit._foundation.shapes import Float
from brianfit.executors import SharedWork
from brianfit.fitting.search.asked_samples import as_array
from brianfit.fitting.search.evaluations import evaluated
from brianfit.fitting.search.search_state import Search
from brianfit.model import ParameterSpace
from brianfit.objective import (
    Evaluation,
    Linearisation,
    Objective,
    joined,
    joined_linearisations,
)
from brianfit.objective.synchronisation import unlinearised
from brianfit.optimizers import AbstractOptimizer, Batch, BatchAnswer, Want
from brianfit.optimizers.batches import as_batches

Linearise = Callable[[Objective, int, int, np.ndarray, int], Linearisation]
"""Linearises samples that come with the steps of their finite differences beside them."""

Derivatives = tuple[np.ndarray, np.ndarray, np.ndarray]

DIFFERENCE_STEP = 1e-6
"""Step of forward differences in coordinates [0, 1]: above the square root of the rounding error,
as traces of thousands of steps are not computed to the last digit."""


@final
@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The samples of a round, evaluated.

    Attributes
    ----------
    values
        All samples that were simulated [SI].
    tell
        Tells the optimizer of those that it asked for.
    """

    values: Float[np.ndarray, "n_samples n_parameters"]
    evaluation: Evaluation
    tell: Callable[[], None]


@final
@dataclass(frozen=True, kw_only=True)
class Found:
    """What evaluating a batch has yielded.

    Attributes
    ----------
    values, evaluation
        All that was simulated for it [SI]; the samples that were asked for come first.
    derivatives
        Squares, gradients and normal matrices of the samples that were asked for, by coordinates;
        None if only errors were wanted.
    """

    values: Float[np.ndarray, "n_simulated n_parameters"]
    evaluation: Evaluation
    n_asked: int
    derivatives: Derivatives | None = None

    @property
    def errors(self) -> Float[np.ndarray, " n_samples"]:
        """The errors of the samples that were asked for."""
        return self.evaluation.errors[: self.n_asked]


def evaluate_asked(search: Search, asked: Any) -> Outcome:
    """Evaluate what the optimizer of a search asked for."""
    batches = as_batches(asked)
    found = [_found(search, batch, starts) for batch, starts in _with_starts(search, batches)]
    first, *others = found
    values, evaluation = first.values, first.evaluation
    if others:
        values = np.concatenate([one.values for one in found])
        evaluation = joined([one.evaluation for one in found])
    tell = partial(_tell, search, asked, batches, found)
    return Outcome(values=values, evaluation=evaluation, tell=tell)


def n_evaluations_of(search: Search, asked: Any) -> int:
    """Return how many samples a round evaluates at most, those included that nobody asked for.

    They are the neighbours of finite differences and the values to start from.
    """
    names, cost_of = search.task.parameters.space.names, search.optimizer.offer.cost
    return sum(
        len(as_array(batch.samples, names)) * cost_of(batch.wants) + len(starts)
        for batch, starts in _with_starts(search, as_batches(asked))
    )


def difference_steps(
    space: ParameterSpace, coordinates: Float[np.ndarray, "n_samples n_parameters"]
) -> Float[np.ndarray, "n_samples n_parameters"]:
    """Return by how much parameters change for finite differences [SI], within their bounds."""
    inward = np.where(coordinates + DIFFERENCE_STEP <= 1.0, DIFFERENCE_STEP, -DIFFERENCE_STEP)
    return np.asarray(space.to_values(coordinates + inward) - space.to_values(coordinates))


def check_needs(objective: Objective, optimizer: AbstractOptimizer) -> None:
    """Check that a fit can tell an optimizer what it cannot do without.

    Raises
    ------
    InvalidTypeError
        If it cannot.
    """
    if optimizer.needs is Want.DERIVATIVES and not objective.is_least_squares:
        raise InvalidTypeError(
            f"{type(optimizer).__name__} minimises sums of squares: it needs a metric that is a "
            "mean of squares, such as MSEMetric, for every output, and no penalty. Use another "
            "optimizer, or another metric."
        )
    if optimizer.needs is Want.TRACE_DERIVATIVES and not objective.squared_outputs:
        raise InvalidTypeError(
            f"{type(optimizer).__name__} follows traces: it needs outputs that are variables, with "
            "recordings that are not constant, and no penalty. Use another optimizer."
        )


def _with_starts(search: Search, batches: Sequence[Batch]) -> Iterator[tuple[Batch, np.ndarray]]:
    """Yield batches with further values that are evaluated beside their samples [SI].

    In the first round these are the values to start from, beside samples of errors.
    """
    space = search.task.parameters.space
    waiting = space.to_values(space.start_coordinates())
    nothing = waiting[:0]
    if search.history.n_rounds > 0:
        waiting = nothing
    for batch in batches:
        if batch.wants is Want.ERRORS:
            yield batch, waiting
            waiting = nothing
        else:
            yield batch, nothing


def _found(search: Search, batch: Batch, starts: np.ndarray) -> Found:
    """Evaluate the samples of a batch."""
    space = search.task.parameters.space
    coordinates = as_array(batch.samples, space.names)
    if search.optimizer.offer.cost(batch.wants) == 0:
        raise InvalidTypeError(
            f"{search.optimizer_words} asks for {batch.wants} of samples, which this fit cannot "
            "tell. An optimizer names what it may want in `wants`, and is told in `offer` which of "
            "that it can have."
        )
    if batch.wants is not Want.ERRORS:
        how = _synchronise if batch.wants is Want.SYNCHRONISED else _linearise
        return _followed(search, coordinates, how)
    values = np.concatenate([space.to_values(coordinates), starts])
    evaluation = evaluated(search, values, batch.limits)
    return Found(values=values, evaluation=evaluation, n_asked=len(coordinates))


def _tell(search: Search, asked: Any, batches: Sequence[Batch], found: Sequence[Found]) -> None:
    """Tell the optimizer of its samples in the form in which it asked for them."""
    errors = search.scaled(np.concatenate([one.errors for one in found]))
    if batches[0].samples is asked:
        search.optimizer.tell(asked, errors)
        return
    ends = np.cumsum([one.n_asked for one in found])[:-1]
    answered: Any = [
        batch.answered(_answer(search, batch, one, part))
        for batch, one, part in zip(batches, found, np.split(errors, ends), strict=True)
    ]
    search.optimizer.tell(answered, errors)


def _answer(search: Search, batch: Batch, found: Found, errors: np.ndarray) -> BatchAnswer:
    parts = found.evaluation.part_errors
    if parts is not None:
        parts = parts[: found.n_asked]
    if found.derivatives is None:
        return BatchAnswer(errors=errors, part_errors=parts)
    squares, gradients, matrices = found.derivatives
    if batch.wants is Want.DERIVATIVES:
        scale = search.error_scale or 1.0
        squares, gradients, matrices = errors, gradients / scale, matrices / scale
    return BatchAnswer(
        errors=errors,
        part_errors=parts,
        squares=squares,
        gradients=gradients,
        normal_matrices=matrices,
    )


def _followed(
    search: Search, coordinates: Float[np.ndarray, "n_samples n_parameters"], how: Linearise
) -> Found:
    """Linearise samples."""
    space = search.task.parameters.space
    values = space.to_values(coordinates)
    steps = difference_steps(space, coordinates)
    linearised: Linearisation = search.past.recall(
        search.history.n_rounds,
        search.iteration,
        values,
        lambda: search.executor.run(
            SharedWork(how, search.objective, (search.iteration, search.seed), failure=_given_up),
            np.concatenate([values, steps], axis=1),
            joined_linearisations,
        ),
    )
    return Found(
        values=np.concatenate([values, linearised.neighbour_values]),
        evaluation=joined([linearised.evaluation, linearised.neighbours]),
        n_asked=len(values),
        derivatives=_by_coordinates(linearised, space.derivative(values)),
    )


def _by_coordinates(
    found: Linearisation, slopes: Float[np.ndarray, "n_samples n_parameters"]
) -> Derivatives:
    """Return what was found by values [SI] by coordinates, given d value / d coordinate."""
    return (
        found.squares,
        np.asarray(found.gradients * slopes),
        np.asarray(found.normal_matrices * slopes[:, :, np.newaxis] * slopes[:, np.newaxis]),
    )


def _linearise(
    objective: Objective, iteration: int, seed: int, values: np.ndarray, first_sample: int
) -> Linearisation:
    """Linearise samples that come with the steps of their finite differences beside them."""
    points, steps = np.split(values, 2, axis=1)
    return objective.linearise(
        points, steps=steps, iteration=iteration, seed=seed, first_sample=first_sample
    )


def _synchronise(
    objective: Objective, iteration: int, seed: int, values: np.ndarray, first_sample: int
) -> Linearisation:
    """Do the same while the model is pulled towards the recordings."""
    points, steps = np.split(values, 2, axis=1)
    return objective.synchronise(
        points, steps=steps, iteration=iteration, seed=seed, first_sample=first_sample
    )


def _given_up(objective: Objective, n_samples: int) -> Linearisation:
    """Return the linearisation of samples that came to no end."""
    values = np.empty((n_samples, len(objective.columns.free)))
    return unlinearised(values, objective.failed(n_samples))
