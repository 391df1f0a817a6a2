"""Every model of the library finds the parameters that made its own spikes.

Those of Hodgkin-Huxley take a quarter of a minute each: ``BRIANFIT_NIGHTLY=1`` runs them too.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from brian2 import amp, ms

from brianfit import GammaFactor, Parameter, SpikeFitter, library
from brianfit.library import NeuronModel

CHANCE = "escape noise"
SLOW = "Hodgkin-Huxley"
IS_NIGHT = os.environ.get("BRIANFIT_NIGHTLY") == "1"
NAMES = [
    name
    for name in library.names()
    if library.get(name).family != CHANCE and (IS_NIGHT or library.get(name).family != SLOW)
]
# By family, or by name: strong potassium currents need a stronger current.
AMPLITUDE = {"Hodgkin-Huxley": 1.0e-9, "gif_a": 1.2e-9}
STEP = {"Hodgkin-Huxley": 0.05 * ms}
DURATION = {"Hodgkin-Huxley": 150 * ms}
# What scales the input, and is searched between a third and three times its true value.
GAINS = ("R", "C")


def truth_of(model: NeuronModel) -> dict[str, Any]:
    """Return the first published set, or the middle of the default bounds."""
    if model.published:
        return dict(next(iter(model.published.values())))
    return {name: _middle(parameter) for name, parameter in model.parameters.items()}


def _middle(parameter: Parameter) -> Any:
    if parameter.fixed is not None:
        return parameter.fixed
    if parameter.scale == "log":
        return (parameter.low * parameter.high) ** 0.5
    return (parameter.low + parameter.high) / 2


def current_for(model: NeuronModel) -> np.ndarray:
    """Return noise [A] that makes the model fire irregularly."""
    rng = np.random.default_rng(5)
    duration, step = DURATION.get(model.family, 400 * ms), STEP.get(model.family, 0.1 * ms)
    n_steps = round(float(duration / step))
    noise = np.repeat(rng.normal(size=n_steps // 50 + 1), 50)[:n_steps]
    amplitude = AMPLITUDE.get(model.name, AMPLITUDE.get(model.family, 0.4e-9))
    return amplitude * (1 + 0.5 * noise)


def fitter_of(model: NeuronModel, spikes: list[np.ndarray]) -> SpikeFitter:
    current = current_for(model)[np.newaxis] * amp
    return SpikeFitter(model, current, spikes, dt=STEP.get(model.family, 0.1 * ms), n_samples=16)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_model_fits_its_own_spikes(name: str) -> None:
    model = library.get(name)
    truth = truth_of(model)
    gain = next(candidate for candidate in GAINS if candidate in truth)
    recorded = fitter_of(model, [np.empty(0)]).generate_spikes(params=truth)
    fixed: Mapping[str, Any] = {key: Parameter(fixed=value) for key, value in truth.items()}
    free = Parameter(truth[gain] / 3, truth[gain] * 3, scale="log")

    fitter = fitter_of(model, recorded)
    _, error = fitter.fit(
        n_rounds=25,
        metric=GammaFactor(1 * ms),
        callback=None,
        seed=1,
        params={**fixed, gain: free},
    )

    assert recorded[0].size >= 2
    # All spikes but at most one in ten within a millisecond.
    assert error <= 0.1
