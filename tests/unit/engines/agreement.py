"""The comparison of an engine's result with a plain script of Brian."""

from __future__ import annotations

import numpy as np

from brianfit.engines import SimulationResult
from tests.unit.engines.plain_brian import PlainResult


def assert_agrees(result: SimulationResult, plain: PlainResult, tolerance: float) -> None:
    """Fail unless all numbers agree to a relative `tolerance`, and all spikes exactly."""
    for name in ("v", "w"):
        traces = result.traces[name].reshape(getattr(plain, name).shape)
        np.testing.assert_allclose(traces, getattr(plain, name), rtol=tolerance, atol=1e-21)
    spikes = result.spikes
    assert spikes is not None
    trains = [train for of_sample in spikes.nested() for train in of_sample]
    for train, expected in zip(trains, plain.spike_times, strict=True):
        np.testing.assert_allclose(train, expected, rtol=1e-12)
    np.testing.assert_allclose(result.final["penalty"].ravel(), plain.penalty, rtol=tolerance)
    np.testing.assert_array_equal(result.final["n_high"].ravel(), plain.n_high)
    np.testing.assert_allclose(result.sums["error"].ravel(), plain.squared_error, rtol=1e-9)
