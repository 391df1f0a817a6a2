"""Sweeps as the script of a page reads them."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest
from brian2 import mV

from brianfit.plots.report import trace_data
from brianfit.plots.report.trace_data import sweeps_json, thinned
from tests.unit.plots.fitted import prediction, recordings


def _decoded(line: dict[str, Any]) -> np.ndarray:
    levels = np.frombuffer(base64.b64decode(line["values"]), dtype="<i2").astype(np.float64)
    return np.where(levels == -32768, np.nan, line["middle"] + line["step"] * levels)


def test_curves_read_back_to_a_part_in_sixty_thousand() -> None:
    data = json.loads(sweeps_json(prediction()))

    recorded, model = data["sweeps"][1]["panels"][0]["lines"]
    np.testing.assert_allclose(
        _decoded(recorded), np.linspace(-70, -50, 100)[50:], atol=20 / 60_000
    )
    np.testing.assert_allclose(_decoded(model), -60)
    assert recorded["dt"] == pytest.approx(1.0)
    assert model["dt"] == pytest.approx(0.5)


def test_panels_are_named_with_their_unit_and_inputs_come_last() -> None:
    data = json.loads(sweeps_json(prediction()))

    panels = data["sweeps"][0]["panels"]
    assert [panel["label"] for panel in panels] == ["v [mV]", "I [pA]"]
    assert [panel["kind"] for panel in panels] == ["trace", "input"]
    assert data["time"] == "time [ms]"


def test_spikes_are_in_the_unit_of_the_axis() -> None:
    data = json.loads(sweeps_json(prediction()))

    assert data["sweeps"][0]["spikes"] == [
        {"role": "recorded", "times": [10.0, 20.0]},
        {"role": "model", "times": [11.0]},
    ]


def test_gaps_stay_gaps() -> None:
    values = np.full((2, 50), -60.0)
    values[0, 10:20] = np.nan

    data = json.loads(sweeps_json(prediction(recordings=recordings(traces={"v": values * mV}))))

    read = _decoded(data["sweeps"][0]["panels"][0]["lines"][0])
    np.testing.assert_array_equal(np.isnan(read), np.isnan(values[0]))


def test_a_fit_of_spikes_alone_shows_the_simulated_trace() -> None:
    data = json.loads(sweeps_json(prediction(recordings=recordings(traces={}))))

    panels = data["sweeps"][0]["panels"]
    assert [[line["role"] for line in panel["lines"]] for panel in panels] == [["model"], ["input"]]
    assert panels[0]["label"] == "v [mV]"


def test_a_page_of_too_many_values_is_thinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_data, "MAX_VALUES", 100)

    data = json.loads(sweeps_json(prediction()))

    lines = [
        line for sweep in data["sweeps"] for panel in sweep["panels"] for line in panel["lines"]
    ]
    assert sum(_decoded(line).size for line in lines) <= 100
    model = data["sweeps"][0]["panels"][0]["lines"][1]
    assert model["dt"] * _decoded(model).size == pytest.approx(50, rel=0.05)


def test_thinning_keeps_the_lowest_and_highest_values_in_their_order() -> None:
    values = np.zeros(40)
    values[7], values[9], values[33] = 5.0, -3.0, np.nan

    found = thinned(values, 5)

    assert found.size == 8
    assert found[:2].tolist() == [5.0, -3.0]
    assert np.isfinite(found).all()


def test_a_bin_without_values_is_a_gap() -> None:
    values = np.concatenate([np.full(10, np.nan), np.ones(30)])

    assert np.isnan(thinned(values, 5)[:2]).all()
