"""Local searches by least squares, advanced one point at a time."""

from __future__ import annotations

import numpy as np
import pytest

from brianfit.model import Parameter
from brianfit.optimizers import MultiStartLeastSquares
from brianfit.optimizers.local.searches import LocalSearches
from tests.corner_problems import corners, problems
from tests.unit.fitting.line_fits import fit


@pytest.mark.parametrize("n_parameters", [1, 2, 3, 5, 8])
def test_find_the_solution_from_any_corner_of_the_box(n_parameters: int) -> None:
    starts = corners(n_parameters)
    for problem in problems(n_parameters):
        searches = LocalSearches(n_parameters, tolerance=1e-12, fine_tolerance=1e-12)
        searches.add(starts)
        ends = []

        for _ in range(200):
            found = [problem.at(trial) for trial in searches.trials]
            ends += searches.tell(
                np.arange(len(found)),
                np.array([residuals @ residuals for residuals, _ in found]),
                np.array([slopes.T @ residuals for residuals, slopes in found]),
                np.array([slopes.T @ slopes for _, slopes in found]),
            )
            if len(searches) == 0:
                break

        assert len(ends) == len(starts)
        for end in ends:
            np.testing.assert_allclose(end.end, problem.solution, atol=1e-4)


@pytest.mark.parametrize("a", [0.0, 10.0])
@pytest.mark.parametrize("b", [0.0, 3.0])
def test_a_fit_that_starts_in_a_corner_ends_at_the_solution(a: float, b: float) -> None:
    optimizer = MultiStartLeastSquares()
    bounds = {"a": Parameter(0, 10, value=a), "b": Parameter(0, 3, value=b)}

    fit(optimizer, n_rounds=20, **bounds)

    corner = np.array([a / 10.0, b / 3.0])
    (end,) = [end for end in optimizer.ends if np.array_equal(end.start, corner)]
    np.testing.assert_allclose(end.end, [0.33, 0.4], atol=1e-6)
