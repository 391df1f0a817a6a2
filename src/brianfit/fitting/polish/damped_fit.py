"""Least squares where residuals come and go: damped Gauss-Newton steps, many tried at once.

Which spike is compared with which changes from step to step, so no model of the error is good for
more than a step, and the best length of a step is not known before. A kernel simulates many samples
in little more time than one; so every round tries several dampings of several directions, and the
one with the lowest error is taken. The error never grows.

References
----------
Marquardt (1963), An algorithm for least-squares estimation of nonlinear parameters. Journal of the
Society for Industrial and Applied Mathematics 11(2), 431-441, doi 10.1137/0111030.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.shapes import Bool, Float

DAMPINGS = 10.0 ** np.arange(-3.0, 3.0)
"""Of every direction, relative to the damping of the step before."""

LONGEST = 0.2
"""So far a step may go in any coordinate; all of them are between 0 and 1."""

AT_WALL = 1e-6
"""A coordinate that is nearer to a bound than this is taken to be there."""


@final
@dataclass(frozen=True, kw_only=True)
class LinearModel:
    """A model of the error around a point: half of ``d^T matrix d``, plus ``gradient^T d``."""

    gradient: Float[np.ndarray, " n_parameters"]
    matrix: Float[np.ndarray, "n_parameters n_parameters"]


@final
@dataclass(frozen=True, kw_only=True)
class Point:
    """What was found at one point.

    Attributes
    ----------
    error
        What is minimised.
    models
        Models of the error that tell directions; the first one is that of all residuals.
    """

    x: Float[np.ndarray, " n_parameters"]
    error: float
    models: tuple[LinearModel, ...]


@final
@dataclass(frozen=True, kw_only=True)
class Limits:
    """When to end.

    Attributes
    ----------
    max_nfev
        No round begins after so many evaluations.
    ftol
        The error falls by less than this part of it in two rounds.
    xtol
        No coordinate moves by more than this.
    """

    max_nfev: int
    ftol: float
    xtol: float


@final
@dataclass(frozen=True, kw_only=True)
class Descent:
    """How a search went.

    Attributes
    ----------
    path
        The best points so far, from the start to the best of all.
    """

    path: tuple[Point, ...]
    n_rounds: int
    n_evaluations: int
    message: str

    @property
    def start(self) -> Point:
        """Where the search began."""
        return self.path[0]

    @property
    def best(self) -> Point:
        """The point with the lowest error."""
        return self.path[-1]


Evaluate = Callable[[Float[np.ndarray, "n_samples n_parameters"]], Sequence[Point]]
Progress = Callable[[Point, int], bool]
"""Called with the best point of every round and its number; True ends the search."""


def damped_fit(
    evaluate: Evaluate,
    start: Float[np.ndarray, " n_parameters"],
    *,
    progress: Progress,
    limits: Limits,
) -> Descent:
    """Go downhill from `start` within [0, 1] until no step is better."""
    best = evaluate(start[np.newaxis])[0]
    path = [best]
    n_evaluations, n_rounds, damping, falls = 1, 0, 1e-2, [np.inf]
    message = "the callback asked to stop" if progress(best, 0) else ""
    while not message:
        if n_evaluations >= limits.max_nfev:
            message = "not converged: the limit of evaluations was reached"
            break
        dampings = damping * DAMPINGS
        tried = evaluate(np.array([_moved(best, m, d) for m in best.models for d in dampings]))
        n_rounds, n_evaluations = n_rounds + 1, n_evaluations + len(tried)
        errors = [point.error for point in tried]
        chosen = tried[int(np.argmin(errors))]
        moved = float(np.max(np.abs(np.array([point.x for point in tried]) - best.x)))
        if min(errors) < best.error:
            falls.append(1.0 - chosen.error / best.error)
            best, damping = chosen, dampings[int(np.argmin(errors)) % len(dampings)]
            path.append(best)
        else:
            falls.append(0.0)
            damping *= DAMPINGS[-1] / DAMPINGS[0] * 10.0
        message = _reason(falls, moved, limits, is_better=min(errors) <= best.error)
        if progress(best, n_rounds):
            message = "the callback asked to stop"
    return Descent(
        path=tuple(path), n_rounds=n_rounds, n_evaluations=n_evaluations, message=message
    )


def _reason(falls: list[float], moved: float, limits: Limits, *, is_better: bool) -> str:
    """Return why to end now; nothing to go on."""
    if moved <= limits.xtol:
        return "converged: the parameters hardly move any more"
    if is_better and max(falls[-2:]) < limits.ftol:
        return "converged: the error hardly falls any more"
    return ""


def _moved(point: Point, model: LinearModel, damping: float) -> Float[np.ndarray, " _"]:
    """Return where a damped step leads, not further than bounds and `LONGEST`."""
    x, gradient = point.x, model.gradient
    is_low, is_high = x <= AT_WALL, x >= 1.0 - AT_WALL
    is_free = ~((is_low & (gradient > 0)) | (is_high & (gradient < 0)))
    step = _damped_step(model, is_free, damping)
    # A coordinate at a wall that the step would leave the box by stays; the others step without it.
    while (leaves := is_free & ((is_low & (step < 0)) | (is_high & (step > 0)))).any():
        is_free &= ~leaves
        step = _damped_step(model, is_free, damping)
    step *= min(1.0, LONGEST / max(np.abs(step).max(), 1e-300))
    return np.asarray(np.clip(x + step, 0.0, 1.0))


def _damped_step(
    model: LinearModel, is_free: Bool[np.ndarray, " n_parameters"], damping: float
) -> Float[np.ndarray, " n_parameters"]:
    """Return the step of Marquardt (1963) in the free coordinates."""
    step = np.zeros(is_free.size)
    if not is_free.any():
        return step
    matrix = model.matrix[np.ix_(is_free, is_free)]
    sizes = np.diag(matrix)
    weights = np.maximum(sizes, 1e-3 * sizes.max() + 1e-300)
    step[is_free] = -np.linalg.lstsq(
        matrix + damping * np.diag(weights), model.gradient[is_free], rcond=None
    )[0]
    return step
