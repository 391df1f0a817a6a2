"""Rounds in which the model is pulled towards the recordings."""

from __future__ import annotations

from typing import Any, final

import numpy as np
import pytest
from brian2 import ms, mV, nA, nS

from brianfit import Parameter, ReferenceEngine, TraceFitter, TraceMetric
from brianfit.optimizers import GuidedCMAESOptimizer, MultiStartLeastSquares

LEAK = "dv/dt = (g*(-70*mV - v) + I)/(100*pF) : volt\ng : siemens (constant)\nw = 2*v : volt"
BOUNDS = {"g": [1 * nS, 100 * nS]}
N_SAMPLES = 12


@final
class LastValue(TraceMetric):
    """A metric that is no mean of squares."""

    def get_features(self, model: Any, data: Any, dt: float) -> np.ndarray:
        return np.abs(model[:, :, -1] - data[:, -1])

    def get_errors(self, features: Any) -> np.ndarray:
        return features.mean(axis=1)


def fitted(output: str = "v", *, n_rounds: int = 1, **options: Any) -> TraceFitter:
    decay = -70 + 10 * np.exp(-np.arange(20) / 10)
    fitter = TraceFitter(
        LEAK,
        {"I": np.zeros((1, 20)) * nA},
        {output: decay[np.newaxis] * mV},
        dt=0.1 * ms,
        n_samples=N_SAMPLES,
        method="euler",
        param_init={"v": -60 * mV},
        engine=ReferenceEngine(),
    )
    arguments = {**BOUNDS, "metric": LastValue(), **options}
    fitter.fit(n_rounds=n_rounds, callback=None, seed=1, **arguments)
    return fitter


def test_every_simulation_is_counted_with_the_error_of_the_model_by_itself() -> None:
    fitter = fitted()

    # By finite differences: plain, pulled, and pulled with the one parameter changed.
    n_synchronised = fitter.optimizer.n_synchronised
    values, errors = fitter.result.history.values, fitter.result.history.errors
    assert n_synchronised >= 1
    assert len(errors) <= N_SAMPLES
    for value in values[:n_synchronised]:
        same = errors[values[:, 0] == value]
        assert len(same) == 3
        expected = abs(fitter.generate(params={"g": value[0] * 1e9 * nS})[0, -1] / mV + 68.5043)
        np.testing.assert_allclose(same, expected * 1e-3, atol=1e-6)


def test_outputs_that_are_computed_are_searched_without() -> None:
    assert fitted("w").optimizer.n_synchronised == 0


def test_values_to_start_from_are_where_the_first_searches_begin() -> None:
    fitter = fitted(g=Parameter(1 * nS, 100 * nS, value=[20, 30] * nS))

    assert isinstance(fitter.optimizer, GuidedCMAESOptimizer)
    assert fitter.result.history.values[0, 0] == pytest.approx(20e-9)


def test_least_squares_begins_at_all_values_to_start_from() -> None:
    starts = np.linspace(10, 60, 6)

    fitter = fitted(g=Parameter(1 * nS, 100 * nS, value=starts * nS), metric=None)

    assert isinstance(fitter.optimizer, MultiStartLeastSquares)
    np.testing.assert_allclose(fitter.result.history.values[:6, 0], starts * 1e-9)
