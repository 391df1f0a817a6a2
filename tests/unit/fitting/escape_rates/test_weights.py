"""The maximum of the likelihood, checked with closed forms and with simulated spikes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brianfit._foundation.errors import InvalidValueError
from brianfit.fitting.escape_rates.design import Design
from brianfit.fitting.escape_rates.links import Link
from brianfit.fitting.escape_rates.weights import blocked_score, fit_weights

DT = 1e-3


def design(features: np.ndarray, is_spike: np.ndarray, link: Link, **changed: Any) -> Design:
    n = len(is_spike)
    given = {
        "names": tuple(f"w_{k}" for k in range(features.shape[1])),
        "features": features.astype(np.float32),
        "offsets": np.zeros(n),
        "is_spike": is_spike,
        "counts": np.ones(n),
        "blocks": np.arange(n) * 5 // n,
        "link": link,
        "scale": 10.0,
        "dt": DT,
    }
    return Design(**{**given, **changed})


def simulated(link: Link, n: int = 200_000, seed: int = 1) -> tuple[Design, np.ndarray]:
    """Return spikes of a known drive, and its weights."""
    generator = np.random.default_rng(seed)
    truth = np.array([0.3, 0.8, -0.5])
    features = np.column_stack([np.ones(n), generator.normal(size=(n, 2))])
    expected = 10.0 * DT * link.of(features @ truth)
    return design(features, generator.uniform(size=n) < -np.expm1(-expected), link), truth


@pytest.mark.parametrize("link", list(Link))
def test_a_constant_drive_gives_the_share_of_steps_with_a_spike(link: Link) -> None:
    is_spike = np.zeros(1000, dtype=bool)
    is_spike[::50] = True

    found = fit_weights(design(np.ones((1000, 1)), is_spike, link), ridge=10.0)

    rate = -np.log(1.0 - 0.02) / (10.0 * DT)
    expected = np.log(rate) if link is Link.EXPONENTIAL else np.log(np.expm1(rate))
    assert found.values[0] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("link", list(Link))
def test_weights_are_found_within_their_standard_errors(link: Link) -> None:
    data, truth = simulated(link)

    found = fit_weights(data, ridge=0.01)

    deviations = (found.values - truth) / np.sqrt(np.diag(found.covariance))
    assert np.abs(deviations).max() < 4.0
    assert np.sqrt(np.diag(found.covariance)).max() < 0.1


def test_second_derivatives_are_those_of_the_likelihood() -> None:
    data, truth = simulated(Link.SOFTPLUS, n=5000)
    step = 1e-4 * np.eye(3)

    _, _, matrix = data.sums(truth)

    slopes = [(data.sums(truth + e)[1] - data.sums(truth - e)[1]) / 2e-4 for e in step]
    np.testing.assert_allclose(-np.array(slopes), matrix, rtol=1e-4, atol=1e-3)


def test_a_thinned_design_stands_for_all_steps_and_keeps_every_spike() -> None:
    data, _ = simulated(Link.EXPONENTIAL, n=10_007)

    few = data.thinned(10)

    assert few.n_spikes == data.n_spikes
    assert few.duration == pytest.approx(data.duration)
    assert len(few.features) < 0.2 * len(data.features)


def test_useless_features_do_not_raise_the_score_of_stretches_left_out() -> None:
    data, _ = simulated(Link.EXPONENTIAL, n=20_000)
    noise = np.random.default_rng(2).normal(size=(20_000, 20)).astype(np.float32)
    names = (*data.names, *(f"noise_{k}" for k in range(20)))
    wide = design(np.column_stack([data.features, noise]), data.is_spike, data.link, names=names)

    gain = blocked_score(data, ridge=0.01).bits_per_spike
    gain_of_wide = blocked_score(wide, ridge=0.01).bits_per_spike

    assert 0.0 < gain_of_wide < gain


def test_recordings_without_spikes_are_refused() -> None:
    silent = design(np.ones((100, 1)), np.zeros(100, dtype=bool), Link.EXPONENTIAL)

    with pytest.raises(InvalidValueError, match="no spikes to fit"):
        fit_weights(silent)
