"""Models that fire where the recorded cell did."""

from __future__ import annotations

import pytest
from brian2.equations.equations import Equations

from brianfit import library
from brianfit.model import Model
from brianfit.model.given_spikes import DOUBT, GIVEN, SEEN, own_threshold, with_given_spikes

OWN_QUADRATIC = Model(
    equations=Equations("du/dt = (u**2 - u + x)/tau : 1\ntau : second (constant)\nx : 1"),
    threshold="top < u",
    reset="u = 0",
    namespace={"top": 10},
)


@pytest.mark.parametrize(
    ("name", "peak", "level"),
    [
        ("lif", "VT", "VT"),
        ("gif", "VT + gamma_1 + gamma_2", "VT + gamma_1 + gamma_2"),
        ("adex", "V_peak", "DeltaT*log(500*Hz*tau_m) + VT"),
        ("egif", "V_peak", "DeltaT*log(500*Hz*tau_m) + VT + gamma_1 + gamma_2"),
        ("izhikevich", "v_peak", "250*C*Hz/k + v_r/2 + v_t/2"),
    ],
)
def test_a_model_cannot_be_held_back_beyond_its_threshold_or_where_it_runs_away(
    name: str, peak: str, level: str
) -> None:
    own = own_threshold(library.get(name).model)

    assert own is not None
    assert (own.voltage, own.peak, own.level) == ("v", peak, level)
    assert own.runs_away is (peak != level)


def test_equations_of_ones_own_are_read_by_their_form() -> None:
    own = own_threshold(OWN_QUADRATIC)

    assert own is not None
    assert (own.voltage, own.peak, own.runs_away) == ("u", "top", True)


@pytest.mark.parametrize("name", ["hh_traub_miles", "pospischil_rs", "lif_escape"])
def test_a_model_without_a_reset_or_a_level_has_no_threshold_to_replace(name: str) -> None:
    assert own_threshold(library.get(name).model) is None


def test_the_model_keeps_reset_and_refractoriness_and_is_told_its_spikes() -> None:
    model = library.get("adex").model
    own = own_threshold(model)
    assert own is not None

    given = with_given_spikes(model, own, dt=1e-4)

    assert given.threshold == f"{GIVEN} > 0.5"
    assert (given.reset, given.refractory) == (model.reset, model.refractory)
    assert {SEEN, DOUBT} <= set(given.variable_names)
    assert given.equations["v"].flags == model.equations["v"].flags
