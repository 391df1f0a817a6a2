"""The GIF whose threshold follows the voltage: its equations, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import Mohm, ms, mV, nA
from scipy.signal import lfilter

from brianfit import SpikeFitter, library
from brianfit._foundation.errors import InvalidValueError

DT = 0.1
"""[ms]"""


@pytest.mark.slow
def test_the_drive_is_the_weighted_sum_that_the_docstring_tells() -> None:
    kernels = [
        library.ThresholdKernel(10 * ms),
        library.ThresholdKernel(None, -52 * mV),
        library.ThresholdKernel(5 * ms, -52 * mV),
    ]
    model = library.voltage_threshold_gif(after_spikes=[20 * ms], kernels=kernels)
    current = np.repeat(np.random.default_rng(3).normal(0.2, 0.1, size=40), 50)
    params = {name: how.fixed for name, how in model.parameters.items() if how.fixed is not None}
    params |= {"tau_m": 10 * ms, "R": 100 * Mohm, "EL": -70 * mV, "V_r": -60 * mV, "b_1": 0 * mV}
    params |= {"w_0": -300.0, "w_v": 0.5, "c_1": 1.0, "d_1": 2.0, "d_2": 3.0, "d_3": 4.0}
    fitter = SpikeFitter(model, current[np.newaxis] * nA, [[]], dt=DT * ms)

    found = fitter.generate(["v", "u"], params=params)

    v = np.asarray(found["v"][0]) * 1e3
    above = 2.0 * np.logaddexp(0.0, (v + 52.0) / 2.0)
    expected = -300.0 + 0.5 * (v + 50.0) + 2.0 * _delayed(v + 50.0, 10.0)
    expected += 3.0 * above + 4.0 * _delayed(above, 5.0)
    assert above.max() > 5.0
    np.testing.assert_allclose(np.asarray(found["u"][0]), expected, rtol=1e-9)


def _delayed(values: np.ndarray, tau: float) -> np.ndarray:
    """Follow values with a time constant [ms], a step behind, from the first value on."""
    keep = np.exp(-DT / tau)
    followed = lfilter([1.0 - keep], [1.0, -keep], values - values[0]) + values[0]
    return np.concatenate([values[:1], followed[:-1]])


def test_every_kernel_has_a_weight_and_time_constants_are_held() -> None:
    model = library.voltage_threshold_gif(after_spikes=[5, 50] * ms, potassium=True)

    held = {name for name, how in model.parameters.items() if not how.is_free}

    assert {"c_1", "c_2", "b_1", "b_2", "d_1", "d_9", "g_A", "g_K"} <= set(model.parameters) - held
    assert {"tau_1", "tau_2", "tau_q1", "V_4", "k_V", "V_0", "t_ref"} <= held


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (library.ThresholdKernel, "needs `tau` or `above`"),
        (lambda: library.ThresholdKernel(0 * ms), "must be a positive time"),
        (lambda: library.ThresholdKernel(above=np.inf * mV), "must be a finite voltage"),
        (lambda: library.voltage_threshold_gif(after_spikes=[]), "at least one time constant"),
    ],
)
def test_kernels_without_meaning_are_refused(make: object, message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        make()  # type: ignore[operator]
