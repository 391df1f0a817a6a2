"""Parameters of models with spikes are found again from traces on which spikes can be missed."""

from __future__ import annotations

from typing import Any, ClassVar, final

import numpy as np
import pytest
from brian2 import ms

from brianfit import MSEMetric, TraceFitter, TraceMetric

pytestmark = pytest.mark.slow

# FitzHugh (1961), Biophys. J. 1:445: some 20 spikes in 600 ms, of which none depends on a reset.
EQUATIONS = """
dv/dt = (c*(v - v**3/3 - w) + I)/ms : 1
dw/dt = f*(v + a - 0.8*w)/ms : 1
a : 1 (constant)
c : 1 (constant)
f : 1 (constant)
"""
TRUTH = {"a": 0.7, "c": 1.0, "f": 0.08}
BOUNDS = {"a": [0.1, 1.5], "c": [0.1, 10.0], "f": [0.005, 0.5]}


@final
class MeanDistance(TraceMetric):
    """The mean absolute difference, which has no derivatives that a search could follow."""

    output_power: ClassVar[int] = 1

    def get_features(self, model: Any, data: Any, dt: float) -> np.ndarray:
        return np.abs(model - data).mean(axis=2)

    def get_errors(self, features: Any) -> np.ndarray:
        return features.mean(axis=1)


def fitter(voltage: Any, method: str) -> TraceFitter:
    current = np.zeros((1, 6000))
    current[:, 200:] = 0.5
    return TraceFitter(
        EQUATIONS,
        {"I": current},
        {"v": voltage},
        dt=0.1 * ms,
        n_samples=20,
        method=method,
        param_init={"v": -1.2, "w": -0.6},
        namespace={},
    )


@pytest.mark.parametrize(("metric", "method"), [(MeanDistance(), "rk4"), (MSEMetric(), "euler")])
def test_a_train_of_spikes_is_met_without_a_first_guess(metric: TraceMetric, method: str) -> None:
    recorded = fitter(np.zeros((1, 6000)), method).generate(params=TRUTH)
    search = fitter(recorded, method)

    params, _ = search.fit(n_rounds=30, metric=metric, callback=None, seed=1, **BOUNDS)

    spikes = np.flatnonzero((recorded[0, :-1] < 1) & (recorded[0, 1:] >= 1))
    assert len(spikes) >= 10
    for name, value in TRUTH.items():
        assert params[name] == pytest.approx(value, rel=1e-3)
