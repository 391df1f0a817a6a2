"""Published parameters show the firing that their papers show."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import amp, ms, mV, nA, pA

from brianfit import SpikeFitter, library

# Spike counts and first spikes [ms] of the same equations run in Brian 2.9.0 with 0.1 ms, Euler;
# names of patterns and currents as in figure 2 of Naud et al. (2008).
NAUD = {
    "tonic spiking": (500, 60, [14.4, 23.7, 33.1]),
    "adaptation": (500, 12, [15.1, 26.7, 41.4]),
    "initial burst": (400, 12, [5.7, 9.5, 17.2, 72.2]),
    "regular bursting": (210, 11, [16.4, 19.7, 25.3, 157.2]),
    "delayed accelerating": (300, 45, [33.8, 54.7, 74.1]),
    "delayed regular bursting": (110, 32, [57.5, 61.1, 65.7, 72.9]),
    "transient spiking": (180, 1, [30.4]),
    "irregular spiking": (160, 33, [15.9, 19.7, 24.5]),
}
# Pospischil et al. (2008): current [nA], its start, end of the run [ms]; spikes and the first one,
# exponential Euler with 0.025 ms.
POSPISCHIL = {
    ("pospischil_rs", "pyramidal cell"): (0.75, 300, 700, 800, 5, 320.6),
    ("pospischil_fs", "inhibitory cell"): (0.5, 300, 700, 800, 19, 317.1),
    ("pospischil_ib", "initial burst"): (0.15, 500, 1300, 1300, 7, 617.8),
    ("pospischil_ib", "repeated bursts"): (0.15, 500, 1300, 1300, 25, 617.8),
    ("pospischil_lts", "pyramidal cell with T current"): (0.15, 500, 1300, 1300, 6, 531.0),
}
# Izhikevich (2004), figure 1: first voltage [mV], start and end [ms] and size of the input;
# spike times with Euler, 0.1 ms.
IZHIKEVICH = {
    "tonic spiking": (-70, 10, 100, 14, 5, [12.7, 16.4, 29.6]),
    "phasic spiking": (-64, 20, 200, 0.5, 1, [43.0]),
    "tonic bursting": (-70, 22, 220, 15, 29, [24.6, 25.9, 27.3]),
    "phasic bursting": (-64, 20, 200, 0.6, 7, [38.5, 42.0, 45.8]),
    "mixed mode": (-70, 16, 160, 10, 7, [19.6, 22.0, 25.7, 63.5]),
    "spike frequency adaptation": (-70, 8.5, 85, 30, 6, [10.1, 11.9, 14.3]),
    "rebound spike": (-64, 20, 25, -15, 1, [57.4]),
    "rebound burst": (-64, 20, 25, -15, 12, [57.4, 60.0, 62.7]),
}

pytestmark = pytest.mark.slow


def spikes_of(
    name: str, published: str, current: np.ndarray, dt: Any = 0.1 * ms, **others: Any
) -> np.ndarray:
    """Return the spike times [ms] of a published set under a current [A]."""
    model = library.get(name)
    fitter = SpikeFitter(model, current[np.newaxis] * amp, [[]], dt=dt, **others)
    return np.asarray(fitter.generate_spikes(params=model.published[published])[0] / ms)


def step(start: float, end: float, length: float, size: Any, dt: float = 0.1) -> np.ndarray:
    """Return a step of current [A] between two times [ms]."""
    time = (np.arange(round(length / dt)) + 0.5) * dt
    return np.where((time > start) & (time < end), float(size), 0.0)


@pytest.mark.parametrize("pattern", NAUD)
def test_adex_shows_the_patterns_of_naud_and_colleagues(pattern: str) -> None:
    current, count, first = NAUD[pattern]

    spikes = spikes_of("adex", pattern, np.full(6000, float(current * pA)))

    assert spikes.size == count
    np.testing.assert_allclose(spikes[: len(first)], first, atol=0.051)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("regular spiking", [31.8, 45.5, 61.4, 80.1, 102.1]),
        ("bursting", [32.0, 33.1, 37.9, 78.8, 80.2, 118.8, 120.4]),
        ("fast spiking", [31.8, 43.8, 55.8, 67.9, 80.1, 92.3, 104.6, 117.0]),
    ],
)
def test_adex_shows_the_cells_of_brette_and_gerstner(cell: str, expected: list[float]) -> None:
    spikes = spikes_of("adex", f"cortical, {cell}", step(20, 120, 140, 1 * nA))

    np.testing.assert_allclose(spikes, expected, atol=0.051)


@pytest.mark.parametrize(("name", "published"), POSPISCHIL)
def test_minimal_models_fire_as_in_their_demonstrations(name: str, published: str) -> None:
    size, start, end, length, count, first = POSPISCHIL[name, published]

    current = step(start, end, length, size * nA, dt=0.025)
    spikes = spikes_of(name, published, current, dt=0.025 * ms)

    assert spikes.size == count
    # Spikes were counted there as the voltage crossed another value: up to three steps.
    assert spikes[0] == pytest.approx(first, abs=0.076)


@pytest.mark.parametrize("pattern", IZHIKEVICH)
def test_the_simple_model_shows_the_patterns_of_izhikevich(pattern: str) -> None:
    voltage, start, end, size, count, first = IZHIKEVICH[pattern]

    # One unit of the paper's input is 100 pA at the published C.
    current = step(start, end, 400, size * 100 * pA)
    spikes = spikes_of(
        "izhikevich_2003", pattern, current, param_init={"v": voltage * mV, "u": "b*v"}
    )

    assert spikes.size == count
    np.testing.assert_allclose(spikes[: len(first)], first, atol=0.051)


def test_the_interneuron_of_wang_and_buzsaki_begins_to_fire_near_its_published_current() -> None:
    # Wang & Buzsaki (1996) give 0.16 uA/cm2, which is 16 pA for 10,000 um2.
    below, above = (
        spikes_of("hh_wang_buzsaki", "interneuron", np.full(25_000, size * 1e-12), dt=0.02 * ms)
        for size in (15, 18)
    )

    assert below.size == 0
    assert above.size > 0


def test_a_regular_spiking_mat_adapts_and_a_chattering_one_bursts() -> None:
    current = step(50, 1050, 1050, 0.6 * nA)

    regular = np.diff(spikes_of("mat", "regular spiking", current))
    fast = np.diff(spikes_of("mat", "fast spiking", current))
    chattering = np.diff(spikes_of("mat", "chattering", current))

    assert regular[-1] > 2 * regular[0]
    assert fast.size > 5 * regular.size
    # Bursts at the shortest interval that refractoriness allows, and pauses.
    assert chattering.min() == pytest.approx(2.0, abs=0.11)
    assert chattering.max() > 5 * chattering.min()
