"""Local polish by least squares: SciPy's trust-region algorithm on scaled residuals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float

Linearised = Callable[
    [Float[np.ndarray, " n_parameters"]],
    tuple[Float[np.ndarray, " n_residuals"], Float[np.ndarray, "n_residuals n_parameters"]],
]
"""From coordinates to residuals, whose squares add up to the error, and their derivatives."""

Progress = Callable[[Float[np.ndarray, " n_parameters"], float, int], bool]
"""Called with coordinates, error and number of every evaluation; True ends the refinement."""

SHIFT = 0.1
"""SciPy's first step is as long as the vector of the coordinates from which it starts: at the lower
corner of the box it would hardly move, and take that for convergence. There, coordinates are
counted from this far outside of the box."""

MESSAGES = {
    0: "not converged: the limit of evaluations was reached",
    1: "converged: the error is level (gtol)",
    2: "converged: the error hardly falls any more (ftol)",
    3: "converged: the parameters hardly move any more (xtol)",
    4: "converged: neither the error nor the parameters change any more (ftol, xtol)",
}
"""What SciPy's status means."""


def least_squares_fit(
    linearised: Linearised,
    start: Float[np.ndarray, " n_parameters"],
    *,
    progress: Progress,
    options: Mapping[str, Any],
) -> Any:
    """Minimise by SciPy's trust-region reflective algorithm.

    The search runs in coordinates [0, 1], and residuals are divided by the error at the start, so
    that SciPy's tolerances mean the same whatever the units.

    Parameters
    ----------
    start
        Coordinates to start from.
    options
        Passed on to `scipy.optimize.least_squares`.

    Returns
    -------
    scipy.optimize.OptimizeResult
        ``x`` in coordinates; ``cost`` is half of the error; ``normal_matrix`` is J^T J at x.
    """
    from scipy.optimize import OptimizeResult, least_squares

    search = _Evaluations(linearised, progress)
    try:
        initial = search.error_at(start)
        if not np.isfinite(initial):
            raise InvalidValueError(
                "The model diverges at the parameters to start from, so they cannot be refined. "
                "Give other ones as `params`."
            )
        scale = np.sqrt(initial) if initial > 0 else 1.0
        shift = SHIFT if np.linalg.norm(start) < SHIFT else 0.0
        result = least_squares(
            lambda x: search.residuals_at(_inside(x - shift)) / scale,
            start + shift,
            jac=lambda x: search.jacobian_at(_inside(x - shift)) / scale,
            bounds=(np.full_like(start, shift), np.full_like(start, 1.0 + shift)),
            **{"method": "trf", "x_scale": 1.0, **options},
        )
        result.message = MESSAGES.get(result.status, result.message)
    except _StoppedError:
        result = OptimizeResult(
            x=search.best_x,
            success=False,
            status=-2,
            message="The callback asked to stop.",
            nfev=search.n_evaluations,
        )
    result.x = search.best_x
    result.cost = 0.5 * search.best_error
    result.normal_matrix = search.best_matrix
    return result


def _inside(x: Float[np.ndarray, " n_parameters"]) -> Float[np.ndarray, " n_parameters"]:
    return np.asarray(np.clip(x, 0.0, 1.0))


def as_residuals(
    error: float,
    gradient: Float[np.ndarray, " n_parameters"],
    normal_matrix: Float[np.ndarray, "n_parameters n_parameters"],
) -> tuple[np.ndarray, np.ndarray]:
    """Return the shortest residuals with this error, gradient J^T r, and matrix J^T J.

    A least-squares algorithm sees of its residuals nothing but these three; so memory need not
    grow with the number of steps.
    """
    n = gradient.size
    if not np.isfinite(error):
        return np.full(n + 1, np.inf), np.zeros((n + 1, n))
    roots, vectors = np.linalg.eigh(normal_matrix)
    is_seen = roots > np.finfo(float).eps * n * max(roots[-1], 0.0)
    sizes = np.sqrt(np.where(is_seen, roots, 0.0))
    along = np.divide(vectors.T @ gradient, sizes, out=np.zeros(n), where=is_seen)
    rest = np.sqrt(max(error - np.sum(along**2), 0.0))
    jacobian = np.vstack([sizes[:, np.newaxis] * vectors.T, np.zeros(n)])
    return np.append(along, rest), jacobian


@final
class _StoppedError(Exception):
    """The callback asked to stop."""


@final
class _Evaluations:
    """Residuals and derivatives of one point from one simulation, made once."""

    def __init__(self, linearised: Linearised, progress: Progress) -> None:
        self._linearised = linearised
        self._progress = progress
        self._last: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
        self.n_evaluations = 0
        self.best_x = np.empty(0)
        self.best_error = np.inf
        self.best_matrix = np.empty((0, 0))

    def error_at(self, x: np.ndarray) -> float:
        """Return the error of a point."""
        values, _ = self._at(x)
        return float(np.sum(values**2)) if np.all(np.isfinite(values)) else np.inf

    def residuals_at(self, x: np.ndarray) -> np.ndarray:
        """Return the residuals; a diverged point has large ones, so that it is not accepted."""
        values, _ = self._at(x)
        if np.all(np.isfinite(values)):
            return values
        return np.full_like(values, 1e6 * np.sqrt(max(self.best_error, 1e-300) / values.size))

    def jacobian_at(self, x: np.ndarray) -> np.ndarray:
        """Return the derivatives; those that cannot be had are zero."""
        return np.asarray(np.nan_to_num(self._at(x)[1], nan=0.0, posinf=0.0, neginf=0.0))

    def _at(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if self._last is not None and np.array_equal(self._last[0], x):
            return self._last[1], self._last[2]
        values, jacobian = self._linearised(x)
        self._last = (x.copy(), values, jacobian)
        error = float(np.sum(values**2)) if np.all(np.isfinite(values)) else np.inf
        if error < self.best_error or self.best_x.size == 0:
            self.best_x, self.best_error = x.copy(), error
            self.best_matrix = jacobian.T @ jacobian
        self.n_evaluations += 1
        if self._progress(x, error, self.n_evaluations - 1):
            raise _StoppedError
        return values, jacobian
