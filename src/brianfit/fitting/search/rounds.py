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
from brianfit.optimizers import (
    SupportsLinearisation,
    SupportsPartErrors,
    SupportsSynchronisation,
    SupportsTraceGuidance,
)

Linearise = Callable[[Objective, int, int, np.ndarray, int], Linearisation]
"""Linearises samples that come with the steps of their finite differences beside them."""

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
class Followed:
    """Samples of a round that were linearised; there may be none.

    Attributes
    ----------
    slopes
        d value / d coordinate.
    """

    values: Float[np.ndarray, "n_samples n_parameters"]
    slopes: Float[np.ndarray, "n_samples n_parameters"]
    found: Linearisation

    @property
    def errors(self) -> Float[np.ndarray, " n_samples"]:
        """The error of each."""
        return self.found.evaluation.errors

    @property
    def gradients(self) -> Float[np.ndarray, "n_samples n_parameters"]:
        """``J^T r`` by coordinates."""
        return np.asarray(self.found.gradients * self.slopes)

    @property
    def matrices(self) -> Float[np.ndarray, "n_samples n_parameters n_parameters"]:
        """``J^T J`` by coordinates."""
        slopes = self.slopes
        return np.asarray(
            self.found.normal_matrices * slopes[:, :, np.newaxis] * slopes[:, np.newaxis]
        )


def evaluate_asked(search: Search, asked: Any) -> Outcome:
    """Evaluate what the optimizer of a search asked for."""
    space = search.task.parameters.space
    coordinates = as_array(asked, space.names)
    n_pulled, n_linear = _shares(search.optimizer, len(coordinates))
    pulled = _followed(search, coordinates[:n_pulled], _synchronise)
    linear = _followed(search, coordinates[n_pulled : n_pulled + n_linear], _linearise)
    others = coordinates[n_pulled + n_linear :]
    values = space.to_values(others)
    if len(others):
        values = np.concatenate([values, _start_values(search)])
    evaluation = _evaluated(search, values)
    if n_pulled + n_linear == 0:
        tell = partial(_tell, search, asked, evaluation, len(others))
        return Outcome(values=values, evaluation=evaluation, tell=tell)
    errors = [pulled.errors, linear.errors, evaluation.errors[: len(others)]]
    return Outcome(
        values=np.concatenate([*_values(pulled), *_values(linear), values]),
        evaluation=joined([*_evaluations(pulled), *_evaluations(linear), evaluation]),
        tell=partial(_tell_followed, search, asked, np.concatenate(errors), pulled, linear),
    )


def n_evaluations_of(search: Search, asked: Any) -> int:
    """Return how many samples a round evaluates at most, those included that nobody asked for.

    They are the neighbours of finite differences and the values to start from.
    """
    n_asked = len(as_array(asked, search.task.parameters.space.names))
    n_pulled, n_linear = _shares(search.optimizer, n_asked)
    n_others = n_asked - n_pulled - n_linear
    return (
        n_pulled * search.objective.simulations_per_synchronisation
        + n_linear * search.objective.simulations_per_linearisation
        + (n_others + len(_start_values(search)) if n_others else 0)
    )


def difference_steps(
    space: ParameterSpace, coordinates: Float[np.ndarray, "n_samples n_parameters"]
) -> Float[np.ndarray, "n_samples n_parameters"]:
    """Return by how much parameters change for finite differences [SI], within their bounds."""
    inward = np.where(coordinates + DIFFERENCE_STEP <= 1.0, DIFFERENCE_STEP, -DIFFERENCE_STEP)
    return np.asarray(space.to_values(coordinates + inward) - space.to_values(coordinates))


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


def _tell(search: Search, asked: Any, evaluation: Evaluation, n_asked: int) -> None:
    optimizer, parts = search.optimizer, evaluation.part_errors
    errors = search.scaled(evaluation.errors[:n_asked])
    if isinstance(optimizer, SupportsPartErrors) and parts is not None:
        optimizer.tell_parts(asked, errors, parts[:n_asked])
    else:
        optimizer.tell(asked, errors)


def _tell_followed(
    search: Search,
    asked: Any,
    errors: Float[np.ndarray, " n_samples"],
    pulled: Followed,
    linear: Followed,
) -> None:
    """Tell the optimizer of a round in which some samples have derivatives."""
    optimizer = search.optimizer
    scaled = search.scaled(errors)
    if isinstance(optimizer, SupportsSynchronisation) and len(pulled.errors):
        optimizer.tell_synchronised(pulled.found.squares, pulled.gradients, pulled.matrices)
    if isinstance(optimizer, SupportsLinearisation):
        scale = search.error_scale or 1.0
        optimizer.tell_linearised(asked, scaled, linear.gradients / scale, linear.matrices / scale)
    elif isinstance(optimizer, SupportsTraceGuidance) and len(linear.errors):
        squares = linear.found.squares
        optimizer.tell_guided(asked, scaled, squares, linear.gradients, linear.matrices)
    else:
        optimizer.tell(asked, scaled)


def _shares(optimizer: object, n_samples: int) -> tuple[int, int]:
    """Return how many of the samples are pulled, and how many of the next have derivatives."""
    n_pulled = optimizer.n_synchronised if isinstance(optimizer, SupportsSynchronisation) else 0
    if isinstance(optimizer, SupportsLinearisation):
        return n_pulled, n_samples - n_pulled
    n_linear = optimizer.n_guided if isinstance(optimizer, SupportsTraceGuidance) else 0
    return n_pulled, n_linear


def _evaluated(search: Search, values: Float[np.ndarray, "n_samples n_parameters"]) -> Evaluation:
    if len(values) == 0:
        return search.objective.failed(0)
    return evaluated(search, values)


def _followed(
    search: Search, coordinates: Float[np.ndarray, "n_samples n_parameters"], how: Linearise
) -> Followed:
    """Linearise samples."""
    space = search.task.parameters.space
    values = space.to_values(coordinates)
    if len(values) == 0:
        return Followed(values=values, slopes=values, found=_given_up(search.objective, 0))
    steps = difference_steps(space, coordinates)
    found: Linearisation = search.past.recall(
        search.history.n_rounds,
        search.iteration,
        values,
        lambda: search.executor.run(
            SharedWork(how, search.objective, (search.iteration, search.seed), failure=_given_up),
            np.concatenate([values, steps], axis=1),
            joined_linearisations,
        ),
    )
    return Followed(values=values, found=found, slopes=space.derivative(values))


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


def _values(followed: Followed) -> tuple[np.ndarray, np.ndarray]:
    return followed.values, followed.found.neighbour_values


def _evaluations(followed: Followed) -> tuple[Evaluation, Evaluation]:
    return followed.found.evaluation, followed.found.neighbours


def _start_values(search: Search) -> Float[np.ndarray, "n_starts n_parameters"]:
    """Return the values to start from as further samples of the first round, if there are any."""
    space = search.task.parameters.space
    first = search.history.n_rounds == 0
    return space.to_values(space.start_coordinates()[: None if first else 0])
