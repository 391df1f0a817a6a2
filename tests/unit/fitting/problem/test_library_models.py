"""Fitters that are given a model of the library."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import Mohm, ms, mV, nA, volt

from brianfit import Fitter, GammaFactor, MSEMetric, Parameter, SpikeFitter, TraceFitter, library
from brianfit._foundation.errors import BrianfitError, FitStateError
from brianfit.engines import ReferenceEngine

CURRENT = np.full((1, 200), 0.5) * nA


def lif_fitter(**others: Any) -> SpikeFitter:
    arguments = {"dt": 0.1 * ms, "n_samples": 4, "engine": ReferenceEngine(), **others}
    return SpikeFitter(library.get("lif"), CURRENT, [np.array([0.01])], **arguments)


def test_threshold_reset_and_method_are_those_of_the_model() -> None:
    fitter = lif_fitter()

    assert (fitter.threshold, fitter.reset) == ("v > VT", "v = V_r")
    assert (fitter.refractory, fitter.method) == ("t_ref", "exact")


def test_what_is_given_replaces_what_the_model_says() -> None:
    fitter = lif_fitter(
        threshold="v > VT + 1*mV", reset="v = EL", refractory=3 * ms, method="euler"
    )

    assert (fitter.threshold, fitter.reset) == ("v > VT + 1*mV", "v = EL")
    assert (fitter.refractory, fitter.method) == (3 * ms, "euler")


def test_initial_values_are_joined_with_those_of_the_model() -> None:
    mat = library.get("mat")

    fitter = SpikeFitter(
        mat, CURRENT, [np.array([0.01])], dt=0.1 * ms, param_init={"theta_1": 5 * mV}
    )

    initial_values = fitter._session.problem.model.initial_values
    assert initial_values == {"v": "EL", "theta_1": 5 * mV}


def test_spikes_are_fitted_without_giving_bounds() -> None:
    fitter = lif_fitter()

    params, _ = fitter.fit(n_rounds=1, callback=None, seed=1)

    assert set(params) == {"tau_m", "R", "EL", "VT", "V_r", "t_ref"}
    assert params["EL"] == -70 * mV
    assert fitter.bounds is not None
    assert set(fitter.bounds) == {"tau_m", "R", "V_r", "t_ref"}


def test_given_bounds_replace_those_of_the_model_one_by_one() -> None:
    fitter = lif_fitter()

    fitter.fit(n_rounds=1, callback=None, seed=1, R=[50 * Mohm, 60 * Mohm], EL=[-80 * mV, -60 * mV])

    assert fitter.bounds is not None
    assert fitter.bounds["R"] == [50 * Mohm, 60 * Mohm]
    assert set(fitter.bounds) == {"tau_m", "R", "EL", "V_r", "t_ref"}


def test_a_parameter_with_an_initial_value_is_not_fitted() -> None:
    fitter = lif_fitter(param_init={"R": 80 * Mohm})

    fitter.fit(n_rounds=1, callback=None, seed=1)

    assert fitter.bounds is not None
    assert "R" not in fitter.bounds


def test_a_voltage_frees_what_spikes_alone_cannot_determine() -> None:
    voltage = np.full((1, 200), -0.07) * volt
    common = {"dt": 0.1 * ms, "n_samples": 4, "engine": ReferenceEngine()}

    traces = TraceFitter(library.get("lif"), {"I": CURRENT}, {"v": voltage}, **common)
    traces.fit(n_rounds=1, callback=None, seed=1)
    metric = {"v": MSEMetric(normalization=1 * mV), "spikes": GammaFactor(2 * ms)}
    both = Fitter(library.get("lif"), {"I": CURRENT}, {"v": voltage, "spikes": [[]]}, **common)
    both.fit(n_rounds=1, metric=metric, callback=None, seed=1)

    assert traces.bounds is not None
    assert both.bounds is not None
    assert {"EL", "VT"} <= set(traces.bounds)
    assert {"EL", "VT"} <= set(both.bounds)


def test_a_fit_goes_on_without_bounds_and_with_the_same() -> None:
    fitter = lif_fitter()
    narrow = {"R": Parameter(50 * Mohm, 60 * Mohm)}
    fitter.fit(n_rounds=1, callback=None, seed=1, **narrow)

    fitter.fit(n_rounds=1, callback=None)
    fitter.fit(n_rounds=1, callback=None, **narrow)

    assert fitter.iteration == 3


def test_other_bounds_are_refused_in_a_fit_that_goes_on() -> None:
    fitter = lif_fitter()
    fitter.fit(n_rounds=1, callback=None, seed=1, R=[50 * Mohm, 60 * Mohm])

    with pytest.raises(FitStateError, match="parameter 'R'"):
        fitter.fit(n_rounds=1, callback=None, R=[50 * Mohm, 70 * Mohm])


def test_a_restart_without_bounds_takes_those_of_before() -> None:
    fitter = lif_fitter()
    fitter.fit(n_rounds=1, callback=None, seed=1, R=[50 * Mohm, 60 * Mohm])

    fitter.fit(n_rounds=1, callback=None, restart=True)

    assert fitter.bounds is not None
    assert fitter.bounds["R"] == [50 * Mohm, 60 * Mohm]


def test_a_published_set_is_simulated_as_it_is() -> None:
    mat = library.get("mat")
    fitter = SpikeFitter(mat, CURRENT, [[]], dt=0.1 * ms, engine=ReferenceEngine())

    spikes = fitter.generate_spikes(params=mat.published["fast spiking"])

    # 10 mV in 5 ms of the 25 mV that 0.5 nA drive: -5 ms * log(1 - 10/25) = 2.55 ms.
    assert spikes[0][0] / ms == pytest.approx(2.55, abs=0.11)


def test_a_misspelt_parameter_is_still_refused() -> None:
    with pytest.raises(BrianfitError, match="'tau' is neither a parameter"):
        lif_fitter().fit(n_rounds=1, callback=None, tau=[1 * ms, 2 * ms])
