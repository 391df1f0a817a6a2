"""Exponentials that share a base are what they are alone, however steep or far away."""

from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brianfit.engines.fused.passes import optimise
from tests.unit.engines.fused.interpreter import computed, euler_program

pytestmark = pytest.mark.slow


N_EXAMPLES = 2000 if os.environ.get("BRIANFIT_NIGHTLY") == "1" else 24

SLOPES = st.sampled_from([0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 4.0, 5.0, 18.0, 20.0, 50.0])
OFFSETS = st.sampled_from(
    ["+ 0.0", "- 20.0", "+ 40.0", "+ 65.0", "- 300.0", "- p", "- p + 13.0", "- q"]
)
FORMS = st.sampled_from(
    [
        "1/(1 + exp({x}))",
        "3/(2 + 5*exp({x}))",
        "0.07*exp({x})",
        "0.3*({x})/(exp({x}) - 1)",
        "y/(0.5 + exp({x})) - 1/(1 + exp({x}))",
        "exp({x})/(1 + exp({x}))",
        "1/(exp({x}) + exp(-({x})))",
        "1/(1/(1 + exp({x})) + y*exp({x}))",
        "1 - 2/(exp(2*({x})) + 1)",
    ]
)
VARIABLES = st.sampled_from(["x", "-x", "t/0.1", "-t/0.1"])


@st.composite
def terms(draw: st.DrawFn) -> str:
    """Return a function of a voltage or of the time."""
    argument = f"({draw(VARIABLES)} {draw(OFFSETS)})/{draw(SLOPES)}"
    return draw(FORMS).format(x=argument)


RIGHT_SIDES = st.lists(terms(), min_size=2, max_size=3).map(" + ".join)


def places() -> Mapping[str, np.ndarray]:
    """Return values from the middle of all sigmoids to where all exponentials overflow."""
    generator = np.random.default_rng(3)
    x = np.concatenate([np.linspace(-120.0, 80.0, 41), generator.normal(size=20) * 10.0**3])
    return {
        "x": x,
        "t": np.abs(x) / 100.0,
        "y": generator.uniform(0.1, 1.0, x.size),
        "p": generator.choice([-63.0, -50.0, 10.0], x.size),
        "q": generator.choice([-500.0, -40.0, 40.0, 500.0], x.size),
    }


@given(right_side=RIGHT_SIDES)
@settings(max_examples=N_EXAMPLES, deadline=None, derandomize=True)
@pytest.mark.parametrize(("dtype", "rtol"), [(np.float64, 1e-11), (np.float32, 3e-4)])
def test_shared_exponentials_are_what_they_are_alone(
    dtype: type[np.floating], rtol: float, right_side: str
) -> None:
    before = euler_program(right_side)
    at = places()

    after = optimise(before, dtype.__name__)

    expected = computed([before.update["x"]], at)[before.update["x"]]
    found = computed([after.update["x"]], at, dtype)[after.update["x"]]
    # a little before a precision ends, a power may be infinite
    in_range = np.isfinite(computed([before.update["x"]], at, dtype)[before.update["x"]])
    usable = in_range & (np.abs(expected) < np.finfo(dtype).max ** 0.4)
    expected, found, x = expected[usable], found[usable], at["x"][usable]
    assert np.all(np.abs(found - expected) <= rtol * (np.maximum(np.abs(x), np.abs(expected)) + 1))


@given(right_side=RIGHT_SIDES)
@settings(max_examples=N_EXAMPLES // 3, deadline=None, derandomize=True)
def test_their_derivatives_are_those_of_what_they_are_alone(right_side: str) -> None:
    before = euler_program(f"p*({right_side})")
    at = dict(places())
    at["q"] = np.clip(at["q"], -40.0, 40.0)
    at["dx/dp"], at["dy/dp"] = np.full(at["x"].size, 0.7), np.zeros(at["x"].size)

    after = optimise(euler_program(f"p*({right_side})", ("p",)), "float64")

    update = after.update["dx/dp"]
    slope = computed([update], at)[update]
    h = 1e-6
    ahead, behind = (
        computed(
            [before.update["x"]],
            {**at, "x": at["x"] + sign * 0.7 * h, "p": at["p"] + sign * h},
        )[before.update["x"]]
        for sign in (1.0, -1.0)
    )
    with np.errstate(all="ignore"):
        expected = (ahead - behind) / (2 * h)
    here = computed([before.update["x"]], at)[before.update["x"]]
    usable = np.isfinite(here) & np.isfinite(expected) & (np.abs(ahead) < 1e6)
    # second derivatives are up to 400 times the value; rounding is 1e-16 of it over h
    accuracy = 1e-6 * (1.0 + np.abs(expected)) + 1e-9 * np.abs(ahead)
    difference = np.abs(slope[usable] - expected[usable])
    assert np.all(difference <= accuracy[usable])
