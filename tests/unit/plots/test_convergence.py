"""The error in the course of a fit."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import volt
from matplotlib import pyplot as plt

from brianfit._foundation.units import DIMENSIONLESS
from brianfit.plots import plot_convergence
from brianfit.results import Dimensions, FitResult, History
from brianfit.results.history import Round


def _result(*rounds: list[float]) -> FitResult:
    history = History(parameter_names=("g",), output_names=("v",))
    for number, errors in enumerate(rounds):
        column = np.array(errors)[:, np.newaxis]
        history = history.with_round(
            Round(
                iteration=number,
                values=np.zeros_like(column),
                errors=np.array(errors),
                output_errors=column,
                raw_output_errors=column,
                seconds=0.0,
            )
        )
    squared = volt.dim**2
    return FitResult(
        best_values={"g": 0.0},
        error=min(rounds[-1]),
        output_errors={"v": 0.0},
        raw_output_errors={"v": 0.0},
        trace_errors={},
        history=history,
        dimensions=Dimensions(
            parameters={"g": DIMENSIONLESS},
            error=squared,
            output_errors={"v": squared},
            raw_output_errors={"v": squared},
        ),
        at_bound={},
        bounds={"g": (0.0, 1.0)},
        stop_reason="",
        seed=1,
        settings={},
        versions={},
        trace_labels=("sweep 0",),
    )


def test_draws_every_evaluation_and_the_lowest_so_far_with_the_unit() -> None:
    axes = plot_convergence(_result([9e-6, 4e-6], [6e-6, 1e-6]))

    evaluations, lowest = axes.get_lines()
    np.testing.assert_allclose(evaluations.get_ydata(), [9, 4, 6, 1])
    np.testing.assert_allclose(lowest.get_ydata(), [9, 4, 4, 1])
    np.testing.assert_allclose(lowest.get_xdata(), [1, 2, 3, 4])
    assert axes.get_ylabel() == "error [mV²]"
    assert axes.get_xlabel() == "evaluations"


def test_marks_samples_that_diverged_and_draws_no_infinity() -> None:
    axes = plot_convergence(_result([np.inf, 4e-6], [np.inf, 1e-6]))

    evaluations, lowest, diverged = axes.get_lines()
    assert np.isfinite(evaluations.get_ydata()).all()
    np.testing.assert_allclose(lowest.get_xdata(), [2, 3, 4])
    np.testing.assert_allclose(diverged.get_xdata(), [1, 3])


@pytest.mark.parametrize(
    ("errors", "scale"),
    [([1e-3, 1e-6], "log"), ([1.5e-6, 1e-6], "linear"), ([1e-3, 0.0], "linear")],
)
def test_a_wide_range_gets_a_logarithmic_axis(errors: list[float], scale: str) -> None:
    axes = plot_convergence(_result(errors))

    assert axes.get_yscale() == scale


def test_draws_into_given_axes() -> None:
    _, axes = plt.subplots()

    assert plot_convergence(_result([1e-6, 2e-6]), axes=axes) is axes


def test_can_draw_a_fit_in_which_every_sample_diverged() -> None:
    axes = plot_convergence(_result([np.inf, np.inf]))

    assert len(axes.get_lines()[0].get_xdata()) == 0
