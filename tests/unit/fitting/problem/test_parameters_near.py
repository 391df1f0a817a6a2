"""Bounds around an estimated membrane."""

from __future__ import annotations

from dataclasses import replace

import pytest
from brian2 import Mohm, ms, mV, pF

from brianfit import library
from brianfit._foundation.errors import InvalidValueError
from brianfit.data import CellEstimate, MembraneEstimate
from brianfit.fitting import parameters_near

MEMBRANE = MembraneEstimate(tau_m=20e-3, R=100e6, EL=-0.065, R_e=5e6, onset=-0.045, explained=0.9)


def test_bounds_lie_around_the_estimate() -> None:
    bounds = parameters_near(library.get("adex"), MEMBRANE, factor=2)

    assert bounds["tau_m"].low / ms == pytest.approx(10)
    assert bounds["R"].high / Mohm == pytest.approx(200)
    assert bounds["EL"].low / mV == pytest.approx(-75)
    assert (bounds["VT"].low / mV, bounds["VT"].high / mV) == pytest.approx((-60, -30))
    assert (bounds["V_r"].low / mV, bounds["V_r"].high / mV) == pytest.approx((-95, -45))


def test_a_factor_of_one_fixes_the_membrane_but_not_the_threshold() -> None:
    bounds = parameters_near(library.get("mat"), MEMBRANE, factor=1)

    assert bounds["tau_m"].fixed / ms == pytest.approx(20)
    assert bounds["EL"].fixed / mV == pytest.approx(-65)
    assert bounds["omega"].is_free
    assert "V_r" not in bounds


def test_a_model_without_such_a_membrane_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="no parameters"):
        parameters_near(library.get("izhikevich"), MEMBRANE)


def test_an_estimate_without_spikes_is_refused() -> None:
    silent = replace(MEMBRANE, onset=float("nan"))

    with pytest.raises(InvalidValueError, match="without a spike"):
        parameters_near(library.get("lif"), silent)


def test_a_factor_below_one_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="1 or more"):
        parameters_near(library.get("lif"), MEMBRANE, factor=0.5)


CELL = CellEstimate(
    start=-0.070,
    holding=-20e-12,
    EL=-0.066,
    R=100e6,
    tau_m=20e-3,
    sag=float("nan"),
    n_spikes=30,
    onset=(-0.045, -0.042, -0.038),
    trough=(-0.060, -0.055, -0.045),
    peak=(0.0, 0.010, 0.020),
    width=0.003,
    shortest_interval=0.010,
    noise=1e-4,
)


@pytest.mark.parametrize("name", library.names())
def test_every_model_is_told_something_within_reach_of_its_fit(name: str) -> None:
    model = library.get(name)

    bounds = parameters_near(model, CELL)

    assert bounds
    assert set(bounds) <= set(model.parameters)
    assert all(bound.low < bound.high for bound in bounds.values())


def test_the_reset_may_be_as_high_as_troughs_and_onsets_are() -> None:
    bounds = parameters_near(library.ADEX, CELL)

    assert (bounds["V_r"].low / mV, bounds["V_r"].high / mV) == pytest.approx((-70, -33))
    assert bounds["VT"].high / mV == pytest.approx(-33)


def test_a_pause_is_no_longer_than_a_spike() -> None:
    bounds = parameters_near(library.ADEX_GM, CELL)

    assert bounds["t_ref"].high / ms == pytest.approx(3)


def test_gates_keep_their_thresholds() -> None:
    bounds = parameters_near(library.TRAUB_MILES, CELL)

    assert set(bounds) == {"gL", "C", "EL"}
    assert (bounds["C"].low * 3) / pF == pytest.approx(200)


def test_what_cannot_be_read_off_is_left_to_the_model() -> None:
    silent = replace(
        CELL, onset=(float("nan"),) * 3, trough=(float("nan"),) * 3, width=float("nan")
    )

    assert set(parameters_near(library.ADEX, silent)) == {"tau_m", "R", "EL"}
