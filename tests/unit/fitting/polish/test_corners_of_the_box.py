"""A refinement that starts where parameters are at their bounds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from brianfit.fitting.polish.damped_fit import Limits, LinearModel, Point, damped_fit
from brianfit.fitting.polish.least_squares import least_squares_fit
from tests.corner_problems import Problem, corners, problems


@pytest.mark.parametrize("n_parameters", [1, 2, 3, 6])
def test_least_squares_find_the_solution_from_any_corner(n_parameters: int) -> None:
    for problem in problems(n_parameters):
        for corner in corners(n_parameters):
            found = least_squares_fit(problem.at, corner, progress=lambda *_: False, options={})

            assert 2 * found.cost < 1e-6 * problem.error_at(corner)


@pytest.mark.parametrize("n_parameters", [1, 2, 3, 6])
def test_damped_steps_find_the_solution_from_any_corner(n_parameters: int) -> None:
    limits = Limits(max_nfev=2000, ftol=1e-9, xtol=1e-7)
    for problem in problems(n_parameters):
        for corner in corners(n_parameters):

            def evaluate(samples: np.ndarray, problem: Problem = problem) -> Sequence[Point]:
                return [_point(problem, x) for x in samples]

            found = damped_fit(evaluate, corner, progress=lambda *_: False, limits=limits)

            assert found.best.error < 1e-6 * problem.error_at(corner)


def _point(problem: Problem, x: np.ndarray) -> Point:
    residuals, slopes = problem.at(x)
    model = LinearModel(gradient=slopes.T @ residuals, matrix=slopes.T @ slopes)
    return Point(x=x, error=float(residuals @ residuals), models=(model,))
