"""Samples with the derivatives of their residuals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brianfit.metrics import MSEMetric
from brianfit.model.parameter_columns import ParameterColumns
from brianfit.objective import Linearisation, Objective, TraceOutput, build_objective
from tests.unit.objective.stand_ins import N_STEPS, N_TRACES, LastDifference, LineEngine, task

COLUMNS = ParameterColumns(free=("a", "b"), fixed={}, tied={})
DATA = np.arange(8.0).reshape(N_TRACES, N_STEPS)
SAMPLES = np.array([[0.0, 0.0], [1.0, -1.0], [0.5, 2.0]])
STEPS = np.array([[1e-3, 1e-3], [-1e-3, 1e-3], [1e-3, -1e-3]])


def objective(metric: Any = None, **options: Any) -> Objective:
    output = TraceOutput(name="v", metric=metric or MSEMetric(), data=DATA, weight=3.0)
    fields = {"engine": LineEngine(), "columns": COLUMNS, **options}
    return build_objective(task(), [output], **fields)


def linearised(built: Objective) -> Linearisation:
    return built.linearise(SAMPLES, steps=STEPS, iteration=3, seed=11)


def jacobian() -> np.ndarray:
    """Return d residual / d (a, b): v = a + trace + b*step, eight values of weight 3/8."""
    slopes = np.array([np.ones((N_TRACES, N_STEPS)), np.tile(np.arange(N_STEPS), (N_TRACES, 1))])
    return np.sqrt(3 / 8) * slopes.reshape(2, -1).T


class TestDerivatives:
    def test_matrices_are_products_of_the_jacobian(self) -> None:
        found = linearised(objective())

        expected = jacobian().T @ jacobian()
        np.testing.assert_allclose(found.normal_matrices, np.tile(expected, (3, 1, 1)), rtol=1e-9)

    def test_gradients_are_half_the_slope_of_the_error(self) -> None:
        built = objective()

        found = linearised(built)

        # The error is a quadratic function, for which central differences are exact.
        for column in range(2):
            step = np.zeros(2)
            step[column] = 1e-3
            up = built.evaluate(SAMPLES + step, iteration=3, seed=11).errors
            down = built.evaluate(SAMPLES - step, iteration=3, seed=11).errors
            np.testing.assert_allclose(found.gradients[:, column], (up - down) / 4e-3, atol=1e-9)

    def test_errors_are_those_of_an_evaluation(self) -> None:
        built = objective()

        found = linearised(built)

        expected = built.evaluate(SAMPLES, iteration=3, seed=11)
        np.testing.assert_allclose(found.evaluation.errors, expected.errors, rtol=1e-12)
        np.testing.assert_allclose(found.evaluation.trace_errors, expected.trace_errors, rtol=1e-12)

    def test_neighbours_are_samples_with_one_parameter_changed(self) -> None:
        built = objective()

        found = linearised(built)

        assert len(found.neighbours.errors) == 3 * (built.simulations_per_linearisation - 1)
        np.testing.assert_array_equal(found.neighbour_values[2], [1.0 - 1e-3, -1.0])
        np.testing.assert_array_equal(found.neighbour_values[5], [0.5, 2.0 - 1e-3])

    def test_simulates_in_parts_under_the_memory_limit(self) -> None:
        bytes_of_one_sample = 8 * N_TRACES * N_STEPS
        small = objective(memory_limit=4 * bytes_of_one_sample)

        found = linearised(small)

        calls = small._differences.simulation.calls
        assert [(call["n"], call["first"]) for call in calls] == [(3, 0), (3, 1), (3, 2)]
        np.testing.assert_allclose(found.gradients, linearised(objective()).gradients, rtol=1e-12)

    def test_a_sample_that_diverges_has_no_slope(self) -> None:
        samples = np.array([[np.nan, 0.0], [1e200, 0.0], [0.0, 0.0]])

        found = objective().linearise(samples, steps=STEPS, iteration=0, seed=0)

        assert found.evaluation.errors[0] == np.inf
        np.testing.assert_array_equal(found.gradients[:2], 0.0)
        np.testing.assert_array_equal(found.normal_matrices[:2], 0.0)
        assert np.all(found.normal_matrices[2].diagonal() > 0)


class TestWhatCanBeLinearised:
    @pytest.mark.parametrize(
        ("metric", "options", "expected"),
        [
            (MSEMetric(), {}, True),
            (LastDifference(), {}, False),
            (MSEMetric(), {"penalty": "v"}, False),
        ],
    )
    def test_only_sums_of_squares(
        self, metric: Any, options: dict[str, Any], expected: bool
    ) -> None:
        assert objective(metric, **options).is_least_squares is expected
