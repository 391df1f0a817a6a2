"""Noise on the input of a model without chance."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import amp, ms, nA

from brianfit import (
    Parameter,
    RecordingSet,
    ReferenceEngine,
    SpikeCount,
    SpikeFitter,
    TraceFitter,
    choose_input_noise,
    merge_repeats,
    predict,
    with_input_noise,
)
from brianfit._foundation.errors import InvalidValueError
from brianfit.optimizers import RandomSearch
from brianfit.results import FitResult

LEAKY = "dv/dt = (20*I/nA - v)/(tau*ms) : 1\ntau : 1 (constant)"


def cell(n_repeats: int = 1) -> RecordingSet:
    """A noise current of one second, given several times."""
    current = np.repeat(np.random.default_rng(1).normal(0.06, 0.05, size=200), 50) * nA
    return RecordingSet.from_arrays(
        dt=0.1 * ms, inputs={"I": np.tile(current, (n_repeats, 1))}, spikes=[[]] * n_repeats
    )


def fitted(recordings: RecordingSet) -> FitResult:
    fitter = SpikeFitter(
        LEAKY,
        recordings,
        dt=0.1 * ms,
        threshold="v > 1",
        reset="v = 0",
        method="exact",
        n_samples=1,
    )
    fitter.fit(
        RandomSearch(), SpikeCount(), callback=None, seed=1, tau=Parameter(9.9, 10.1, value=10.0)
    )
    return fitter.result


@pytest.mark.slow
def test_the_noise_of_the_cell_is_found() -> None:
    noisy = with_input_noise(cell(), 0.6, seed=5, copies=12)
    result = fitted(cell())
    trains = predict(result, noisy).spikes
    assert trains is not None
    recorded = merge_repeats(
        RecordingSet.from_arrays(
            dt=0.1 * ms,
            inputs={"I": np.tile(cell().recordings[0].inputs["I"], (12, 1)) * amp},
            spikes=[[train] for train in trains],
        )
    )

    noise = choose_input_noise(result, recorded, fractions=[0.0, 0.1, 0.6, 2.0], delta=2 * ms)

    assert noise.chosen == 0.6
    best = predict(result, recorded, n_trials=60, input_noise=noise.chosen).trials
    assert best is not None
    assert best.n_trials == 60
    # A model of the distribution of the trials scores 1, within four standard errors.
    score = best.md_star(2 * ms)
    assert abs(score.value - 1.0) < 4 * score.standard_error
    assert "0.6 of its standard deviation" in str(noise)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_trials_and_no_noise_gives_equal_ones() -> None:
    result = fitted(cell())

    first = predict(result, n_trials=3, input_noise=0.3).trials
    second = predict(result, n_trials=3, input_noise=0.3).trials
    silent = predict(result, n_trials=3, input_noise=0.0).trials

    assert first == second
    assert silent is not None
    np.testing.assert_array_equal(silent.simulated[0][0], silent.simulated[0][2])


def test_refuses_what_has_no_threshold_or_levels_that_are_none() -> None:
    fitter = TraceFitter(
        "v = tau*I/nA : 1\ntau : 1 (constant)",
        input={"I": np.zeros((1, 100)) * nA},
        output={"v": np.zeros((1, 100))},
        dt=0.1 * ms,
        n_samples=1,
        engine=ReferenceEngine(),
    )
    fitter.fit(RandomSearch(), callback=None, seed=1, tau=[1, 2])

    with pytest.raises(InvalidValueError, match="no threshold"):
        choose_input_noise(fitter.result)
    with pytest.raises(InvalidValueError, match="`fractions` must be finite numbers"):
        choose_input_noise(fitter.result, fractions=[-0.1])
