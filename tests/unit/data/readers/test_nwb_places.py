"""What else NWB files hold: gaps, plain series, processing modules, currents of the amplifier."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from brianfit import read
from brianfit.data.readers import ReadingWarning

N_VALUES, RATE = 200, 10_000.0
VOLTAGE = -0.07 + 1e-5 * np.arange(N_VALUES)
CURRENT = 1e-12 * (np.arange(N_VALUES) % 7)
RESPONSE, STIMULUS = "CurrentClampSeries", "CurrentClampStimulusSeries"


def add(file: Any, place: str, kind: str, values: np.ndarray, unit: str, **more: Any) -> Any:
    """Add a series; `times` replace its rate, all else are values beside its data."""
    group = file.create_group(place)
    group.attrs["neurodata_type"] = kind
    group["data"] = values
    group["data"].attrs["unit"] = unit
    if "times" in more:
        group["timestamps"] = more.pop("times")
    else:
        group["starting_time"] = 0.0
        group["starting_time"].attrs["rate"] = RATE
    for name, value in more.items():
        group[name] = value
    return group


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with h5py.File(tmp_path / "cell.nwb", "w") as file:
        file.attrs["nwb_version"] = "2.6.0"
    return tmp_path / "cell.nwb"


def test_values_that_were_lost_are_not_measured_and_those_after_them_keep_their_time(
    path: Path,
) -> None:
    kept = np.delete(np.arange(N_VALUES), [50, 51, 120])
    with h5py.File(path, "a") as file:
        add(file, "acquisition/r", RESPONSE, VOLTAGE[kept], "volts", times=3 + kept / RATE)
        stimulus = {"times": 3 + np.arange(N_VALUES) / RATE}
        add(file, "stimulus/presentation/s", STIMULUS, CURRENT, "amperes", **stimulus)

    (sweep,) = read(path)

    np.testing.assert_array_equal(np.flatnonzero(np.isnan(sweep.traces["v"])), [50, 51, 120])
    np.testing.assert_array_equal(sweep.traces["v"][kept], VOLTAGE[kept])
    np.testing.assert_allclose(sweep.inputs["I"], CURRENT, atol=1e-20)


def test_plain_series_are_taken_by_their_units(path: Path) -> None:
    with h5py.File(path, "a") as file:
        add(file, "acquisition/membrane", "TimeSeries", 1e3 * VOLTAGE, "mV")
        add(file, "acquisition/bath", "TimeSeries", np.full(N_VALUES, 32.0), "celsius")
        add(file, "stimulus/presentation/step", "TimeSeries", 1e12 * CURRENT, "pA")

    (sweep,) = read(path)

    np.testing.assert_allclose(sweep.traces["v"], VOLTAGE)
    np.testing.assert_allclose(sweep.inputs["I"], CURRENT)


def test_series_in_a_processing_module_are_found(path: Path) -> None:
    with h5py.File(path, "a") as file:
        add(file, "processing/sorted/sweeps/r", RESPONSE, VOLTAGE, "volts")
        add(file, "stimulus/presentation/s", STIMULUS, CURRENT, "amperes")

    (sweep,) = read(path)

    np.testing.assert_array_equal(sweep.traces["v"], VOLTAGE)


def test_what_the_amplifier_did_is_told_and_a_bias_current_is_warned_of(path: Path) -> None:
    settings = {"bias_current": 2e-11, "bridge_balance": 1.5e7, "capacitance_compensation": 4e-12}
    with h5py.File(path, "a") as file:
        add(file, "acquisition/r", RESPONSE, VOLTAGE, "volts", **settings)
        add(file, "stimulus/presentation/s", STIMULUS, CURRENT, "amperes")

    with pytest.warns(ReadingWarning, match="a bias current of 20 pA"):
        found = read(path)

    assert found.metadata["bridge_balance"] == "15 Mohm"
    assert found.metadata["capacitance_compensation"] == "4 pF"
    np.testing.assert_array_equal(found.recordings[0].inputs["I"], CURRENT)
