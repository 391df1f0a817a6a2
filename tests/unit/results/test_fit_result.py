"""What a fit leaves behind, and how it reads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from brian2 import nS

from brianfit.results import FitResult
from tests.unit.results.finished import dimensions, history, round_of

ALL_FAILED = round_of([[1e-9, 2.0]], [np.inf])


def result() -> FitResult:
    return FitResult(
        best_values={"g": 3e-9, "x": 4.0},
        error=0.25,
        output_errors={"v": 0.25},
        raw_output_errors={"v": 2.5e-6},
        trace_errors={"v": np.array([0.1, 0.4])},
        history=history(round_of([[1e-9, 2.0], [3e-9, 4.0], [2e-9, 2.0]], [0.5, 0.25, np.inf])),
        dimensions=dimensions("v"),
        at_bound={"g": "upper"},
        bounds={"g": (1e-9, 3e-9)},
        stop_reason="the rounds were used up",
        seed=7,
        settings={},
        versions={},
        trace_labels=("low", "high"),
    )


def test_results_are_equal_if_they_hold_the_same() -> None:
    assert result() == result()
    assert result() != replace(result(), trace_errors={"v": np.array([0.1, 0.5])})
    assert repr(result()) == "<FitResult: error 0.25 after 3 evaluations>"


def test_values_come_back_with_their_units() -> None:
    found = result()

    assert found.best_params["g"] / nS == pytest.approx(3)
    assert found.best_params["x"] == 4.0
    assert found.best_error == 0.25


def test_printing_it_tells_what_was_spent_and_found() -> None:
    text = str(result())

    assert "Fit of 2 parameters" in text
    assert "3 evaluations in 1 round, 0.5 s" in text
    assert "stopped because the rounds were used up" in text
    assert "1 sample (33 %) could not be scored" in text
    assert "seed 7" in text


def test_printing_it_points_at_parameters_at_their_bounds() -> None:
    lines = str(result()).splitlines()

    of_g = next(line for line in lines if line.startswith("  g"))
    of_x = next(line for line in lines if line.startswith("  x"))
    assert of_g == "  g  3 nS   in [1 nS, 3 nS]   AT ITS UPPER BOUND"
    assert of_x == "  x  4   (fixed or tied)"


def test_printing_it_tells_the_error_of_every_trace() -> None:
    text = str(result())

    assert "v: 2.5 mV^2 (normalized 0.25)" in text
    assert "low: 1 mV^2" in text  # 0.1, in the unit that normalization took away
    assert "high: 4 mV^2" in text


def test_printing_it_leaves_out_traces_without_an_error_of_their_own() -> None:
    without = replace(result(), trace_errors={"v": np.full(2, np.nan)})

    assert "low" not in str(without)


def test_a_refinement_is_told() -> None:
    assert "polished" in str(replace(result(), refinement="polished"))


def test_nothing_found_is_said_so() -> None:
    failed = replace(
        result(),
        best_values={},
        error=np.inf,
        output_errors={},
        raw_output_errors={},
        trace_errors={},
        history=history(ALL_FAILED),
        at_bound={},
    )

    text = str(failed)

    assert "No sample could be scored" in text
    assert "error inf" in text
    assert failed.best_params == {}


@pytest.mark.parametrize("name", ["error", "best_values"])
def test_it_is_never_changed(name: str) -> None:
    with pytest.raises(AttributeError, match="cannot assign to field"):
        setattr(result(), name, None)
