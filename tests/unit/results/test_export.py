"""A result for other programs."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import numpy as np
import pandas as pd

from brianfit.results import FitResult
from brianfit.results.export import as_csv, as_json, plain_result
from brianfit.results.score import ValidationCourse
from tests.unit.results.finished import dimensions, history, round_of


def result() -> FitResult:
    return FitResult(
        best_values={"g": 3e-9, "x": 4.0},
        error=0.25,
        output_errors={"v": 0.25},
        raw_output_errors={"v": 2.5e-6},
        trace_errors={"v": np.array([0.1, np.nan])},
        history=history(
            round_of([[1e-9, 2.0], [3e-9, 4.0]], [0.5, 0.25]), round_of([[2e-9, 2.0]], [np.inf])
        ),
        dimensions=dimensions("v"),
        at_bound={"g": "upper"},
        bounds={"g": (1e-9, 3e-9)},
        stop_reason="the rounds were used up",
        seed=7,
        settings={"model": "dv/dt = 0*volt/second : volt"},
        versions={"brian2": "2.9"},
        trace_labels=("low", "high"),
    )


def test_json_has_parameters_with_units_and_bounds() -> None:
    found = json.loads(as_json(result()))

    assert found["parameters"]["g"] == {
        "value": 3e-9,
        "unit": "S",
        "text": "3 nS",
        "is_free": True,
        "low": 1e-9,
        "high": 3e-9,
        "at_bound": "upper",
    }
    assert found["parameters"]["x"]["is_free"] is False
    assert found["seed"] == 7
    assert found["n_evaluations"] == 3
    assert found["n_failed"] == 1


def test_what_is_not_finite_is_null() -> None:
    failed = replace(result(), error=np.inf, best_values={})

    found = json.loads(as_json(failed))

    assert found["error"] is None
    assert found["outputs"]["v"]["by_trace"] == {"low": 0.1, "high": None}


def test_the_error_on_what_was_held_out_is_the_last_one() -> None:
    course = ValidationCourse(
        train=np.array([0.5, 0.25]),
        test=np.array([0.7, 0.4]),
        dimensions=result().dimensions.error,
    )

    found = plain_result(replace(result(), validation=course))

    assert found["held_out_error"] == 0.4
    assert plain_result(result())["held_out_error"] is None


def test_csv_has_every_sample_with_its_round_and_units() -> None:
    table = pd.read_csv(io.StringIO(as_csv(result())))

    assert list(table.columns) == ["round", "g [S]", "x [1]", "error [1]"]
    assert table["round"].tolist() == [0, 0, 1]
    np.testing.assert_array_equal(table["g [S]"], [1e-9, 3e-9, 2e-9])
    np.testing.assert_array_equal(table["error [1]"], [0.5, 0.25, np.inf])
