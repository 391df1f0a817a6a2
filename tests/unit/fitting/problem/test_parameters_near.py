"""Bounds around an estimated membrane."""

from __future__ import annotations

from dataclasses import replace

import pytest
from brian2 import Mohm, ms, mV

from brianfit import library
from brianfit._foundation.errors import InvalidValueError
from brianfit.data import MembraneEstimate
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
