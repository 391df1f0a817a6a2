"""What evaluating the samples of a round yields, and how the optimizer is told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import InvalidTypeError
from brianfit._foundation.shapes import Float
from brianfit.executors import SharedWork
from brianfit.fitting.samples import as_array
from brianfit.fitting.search import Search
from brianfit.objective import (
    Evaluation,
    Linearisation,
    Objective,
    joined,
    joined_linearisations,
)
from brianfit.optimizers import SupportsLinearisation, SupportsPartErrors, SupportsTraceGuidance

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


def evaluate_asked(search: Search, asked: Any) -> Outcome:
    """Evaluate what the optimizer of a search asked for."""
    optimizer, space = search.optimizer, search.parameters.space
    coordinates = as_array(asked, space.names)
    if isinstance(optimizer, SupportsLinearisation):
        return _with_derivatives(search, optimizer, asked)
    if isinstance(optimizer, SupportsTraceGuidance) and optimizer.n_guided > 0:
        return _guided(search, optimizer, asked)
    values = np.concatenate([space.to_values(coordinates), _start_values(search)])
    evaluation = _evaluated(search, values)
    return Outcome(
        values=values,
        evaluation=evaluation,
        tell=partial(_tell, search, asked, evaluation, len(coordinates)),
    )


def check_derivatives(objective: Objective, optimizer: object) -> None:
    """Check that an optimizer that follows derivatives of squares can have them.

    Raises
    ------
    InvalidTypeError
        If there are no such squares.
    """
    if isinstance(optimizer, SupportsLinearisation) and not objective.is_least_squares:
        raise InvalidTypeError(
            f"{type(optimizer).__name__} minimises sums of squares: it needs a metric that is a "
            "mean of squares, such as MSEMetric, for every output, and no penalty. Use another "
            "optimizer, or another metric."
        )
    if isinstance(optimizer, SupportsTraceGuidance) and not objective.squared_outputs:
        raise InvalidTypeError(
            f"{type(optimizer).__name__} follows traces: it needs outputs that are variables, with "
            "recordings that are not constant, and no penalty. Use another optimizer."
        )


def _evaluate(
    objective: Objective, iteration: int, seed: int, values: np.ndarray, first_sample: int
) -> Evaluation:
    return objective.evaluate(values, iteration=iteration, seed=seed, first_sample=first_sample)


def _tell(search: Search, asked: Any, evaluation: Evaluation, n_asked: int) -> None:
    optimizer, parts = search.optimizer, evaluation.part_errors
    errors = search.scaled(evaluation.errors[:n_asked])
    if isinstance(optimizer, SupportsPartErrors) and parts is not None:
        optimizer.tell_parts(asked, errors, parts[:n_asked])
    else:
        optimizer.tell(asked, errors)


def _with_derivatives(search: Search, optimizer: SupportsLinearisation, asked: Any) -> Outcome:
    """Evaluate samples with derivatives; neighbours for finite differences count as samples."""
    space = search.parameters.space
    values, found = _linearised(search, as_array(asked, space.names))
    slopes = space.derivative(values)

    def tell() -> None:
        errors = search.scaled(found.evaluation.errors)
        gradients, matrices = _by_coordinates(found, slopes)
        scale = search.error_scale or 1.0
        optimizer.tell_linearised(asked, errors, gradients / scale, matrices / scale)

    return Outcome(
        values=np.concatenate([values, found.neighbour_values]),
        evaluation=joined([found.evaluation, found.neighbours]),
        tell=tell,
    )


def _guided(search: Search, optimizer: SupportsTraceGuidance, asked: Any) -> Outcome:
    """Evaluate samples, the first of them with derivatives of the traces."""
    space = search.parameters.space
    coordinates = as_array(asked, space.names)
    values, found = _linearised(search, coordinates[: optimizer.n_guided])
    others = space.to_values(coordinates[optimizer.n_guided :])
    evaluation = _evaluated(search, others) if len(others) else search.objective.failed(0)
    slopes = space.derivative(values)

    def tell() -> None:
        errors = search.scaled(np.concatenate([found.evaluation.errors, evaluation.errors]))
        gradients, matrices = _by_coordinates(found, slopes)
        optimizer.tell_guided(asked, errors, found.squares, gradients, matrices)

    return Outcome(
        values=np.concatenate([values, found.neighbour_values, others]),
        evaluation=joined([found.evaluation, found.neighbours, evaluation]),
        tell=tell,
    )


def _evaluated(search: Search, values: Float[np.ndarray, "n_samples n_parameters"]) -> Evaluation:
    found: Evaluation = search.past.recall(
        search.history.n_rounds,
        search.iteration,
        values,
        lambda: search.executor.run(
            SharedWork(
                _evaluate,
                search.objective,
                (search.iteration, search.seed),
                failure=Objective.failed,
            ),
            values,
            joined,
        ),
    )
    return found


def _linearised(
    search: Search, coordinates: Float[np.ndarray, "n_samples n_parameters"]
) -> tuple[Float[np.ndarray, "n_samples n_parameters"], Linearisation]:
    """Return the values of samples [SI] and their linearisation."""
    space = search.parameters.space
    values = space.to_values(coordinates)
    inward = np.where(coordinates + DIFFERENCE_STEP <= 1.0, DIFFERENCE_STEP, -DIFFERENCE_STEP)
    steps = space.to_values(coordinates + inward) - values
    found: Linearisation = search.past.recall(
        search.history.n_rounds,
        search.iteration,
        values,
        lambda: search.executor.run(
            SharedWork(_linearise, search.objective, (search.iteration, search.seed)),
            np.concatenate([values, steps], axis=1),
            joined_linearisations,
        ),
    )
    return values, found


def _by_coordinates(
    found: Linearisation, slopes: Float[np.ndarray, "n_samples n_parameters"]
) -> tuple[np.ndarray, np.ndarray]:
    """Return gradients and matrices by coordinates; `slopes` are d value / d coordinate."""
    matrices = found.normal_matrices * slopes[:, :, np.newaxis] * slopes[:, np.newaxis]
    return found.gradients * slopes, matrices


def _linearise(
    objective: Objective, iteration: int, seed: int, values: np.ndarray, first_sample: int
) -> Linearisation:
    """Linearise samples that come with the steps of their finite differences beside them."""
    points, steps = np.split(values, 2, axis=1)
    return objective.linearise(
        points, steps=steps, iteration=iteration, seed=seed, first_sample=first_sample
    )


def _start_values(search: Search) -> Float[np.ndarray, "n_starts n_parameters"]:
    """Return the values to start from as one more sample of the first round, if there are any."""
    space = search.parameters.space
    start = space.start_coordinates()
    if start is None or search.history.n_rounds > 0:
        return np.empty((0, len(space)))
    return space.to_values(start[np.newaxis])
