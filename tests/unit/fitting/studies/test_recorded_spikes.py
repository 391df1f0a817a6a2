"""Models that are given the recorded spikes, and bounds around what they find."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from brian2 import Mohm, amp, ms, mV, volt

from brianfit import RecordingSet, library, with_spikes
from brianfit._foundation.errors import InvalidValueError
from brianfit.fitting import fit_recorded_spikes, parameters_around
from brianfit.fitting.studies.given_spikes import given_spikes
from brianfit.model import Parameter

LIF = library.get("lif")
TRUTH = {
    "tau_m": 10 * ms,
    "R": 100 * Mohm,
    "EL": -70 * mV,
    "VT": -50 * mV,
    "V_r": -65 * mV,
    "t_ref": 2 * ms,
}


def recorded() -> RecordingSet:
    """Return one sweep with two spikes."""
    voltage = np.full(1000, -0.07)
    voltage[[300, 700]] = 0.02
    recordings = RecordingSet.from_arrays(
        dt=0.1 * ms, inputs={"I": np.zeros(1000) * amp}, traces={"v": voltage * volt}
    )
    return with_spikes(recordings, 0 * mV)


@pytest.mark.parametrize("name", ["izhikevich_2003", "lif_escape", "hh_traub_miles"])
def test_a_model_that_makes_its_own_spikes_is_refused(name: str) -> None:
    with pytest.raises(InvalidValueError, match="Only a model that is reset and whose threshold"):
        fit_recorded_spikes(library.get(name), recorded(), dt=0.1 * ms)


@pytest.mark.parametrize(
    ("name", "threshold"),
    [("adex", "VT"), ("adex_gm", "VT"), ("egif", "VT"), ("izhikevich", "v_t")],
)
def test_an_upstroke_is_held_at_its_peak_until_the_recorded_spike(
    name: str, threshold: str
) -> None:
    told = given_spikes(library.get(name))

    equations = told.model.model.equations
    assert told.threshold == threshold
    assert told.runs_away
    assert str(equations["v"].expr).startswith("int(v <")
    assert told.model.reset == library.get(name).reset
    assert told.model.refractory == library.get(name).refractory


def test_a_sweep_with_several_trains_is_refused() -> None:
    sweep = recorded().recordings[0]
    twice = replace(recorded(), recordings=(replace(sweep, spike_trains=sweep.spike_trains * 2),))

    with pytest.raises(InvalidValueError, match="one has 2 spike trains"):
        fit_recorded_spikes(LIF, twice, dt=0.1 * ms)


def test_bounds_lie_around_the_values_and_start_there() -> None:
    bounds = parameters_around(LIF, TRUTH, factor=2, margin=4 * mV)

    assert (bounds["tau_m"].low / ms, bounds["tau_m"].high / ms) == pytest.approx((5, 20))
    assert (bounds["EL"].low / mV, bounds["EL"].high / mV) == pytest.approx((-74, -66))
    assert bounds["R"].value / Mohm == pytest.approx(100)


def test_what_a_model_holds_stays_at_the_value_given() -> None:
    model = library.get("gif_a")
    params = {
        name: how.fixed if how.fixed is not None else (how.low + how.high) / 2
        for name, how in model.parameters.items()
    }

    bounds = parameters_around(model, {**params, "E_K": -90 * mV})

    assert bounds["E_K"] == Parameter(fixed=-90 * mV)
    assert (bounds["g_A"].low, bounds["g_A"].high) == pytest.approx((8, 12))


def test_bounds_need_every_parameter_and_sensible_distances() -> None:
    with pytest.raises(InvalidValueError, match=r"lacks \['tau_m'\]"):
        parameters_around(LIF, {name: TRUTH[name] for name in TRUTH if name != "tau_m"})
    with pytest.raises(InvalidValueError, match="above 1"):
        parameters_around(LIF, TRUTH, factor=1)
    with pytest.raises(InvalidValueError, match="positive"):
        parameters_around(LIF, TRUTH, margin=0 * mV)
