"""R-hat and effective numbers of draws, against chains whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from brianfit.sampling import ess_bulk, ess_tail, r_hat, weighted_ess, weighted_quantiles


def _autoregressive(correlation: float, *, n_chains: int = 8, n_draws: int = 4000) -> np.ndarray:
    noise = np.random.default_rng(3).normal(size=(n_chains, n_draws + 200, 2))
    return np.asarray(lfilter([1.0], [1.0, -correlation], noise, axis=1)[:, 200:])


def test_independent_draws_count_in_full_and_have_converged() -> None:
    chains = _autoregressive(0.0)

    found = r_hat(chains), ess_bulk(chains), ess_tail(chains)

    assert found[0] == pytest.approx(np.ones(2), abs=2e-3)
    # The standard error of an effective number from so many lags is a few per cent.
    assert found[1] == pytest.approx(np.full(2, 32_000), rel=0.1)
    assert found[2] == pytest.approx(np.full(2, 32_000), rel=0.1)


@pytest.mark.parametrize("correlation", [0.5, 0.9])
def test_correlated_draws_count_as_theory_says(correlation: float) -> None:
    chains = _autoregressive(correlation)

    found = ess_bulk(chains)

    expected = 32_000 * (1 - correlation) / (1 + correlation)
    assert found == pytest.approx(np.full(2, expected), rel=0.1)


def test_draws_that_alternate_count_more_than_once() -> None:
    found = ess_bulk(_autoregressive(-0.5))

    assert np.all(found > 64_000)


def test_a_chain_elsewhere_is_noticed() -> None:
    chains = _autoregressive(0.0, n_draws=500)
    chains[0, :, 0] += 3.0

    found = r_hat(chains)

    assert found[0] > 1.1
    assert found[1] < 1.01
    assert ess_bulk(chains)[0] < 50


def test_a_chain_of_another_spread_is_noticed_by_the_folded_ranks() -> None:
    chains = _autoregressive(0.0, n_draws=500)
    chains[:2] *= 8.0

    found = r_hat(chains)

    assert np.all(found > 1.05)


def test_a_drift_within_chains_is_noticed_by_their_halves() -> None:
    chains = _autoregressive(0.0, n_draws=500) + np.linspace(0, 3, 500)[:, np.newaxis]

    found = r_hat(chains)

    assert np.all(found > 1.1)


def test_draws_all_the_same_say_nothing() -> None:
    chains = np.ones((4, 100, 1))

    found = r_hat(chains), ess_bulk(chains), ess_tail(chains)

    assert np.isnan(found).all()


@pytest.mark.needs_package("arviz")
@pytest.mark.filterwarnings("ignore::FutureWarning")  # of its next version
def test_agrees_with_arviz(optional_package: object) -> None:
    arviz = optional_package("arviz")  # type: ignore[operator]
    chains = _autoregressive(0.7, n_draws=301)

    found = r_hat(chains)[0], ess_bulk(chains)[0], ess_tail(chains)[0]

    first = chains[:, :, 0]
    expected = [arviz.rhat(first), arviz.ess(first), arviz.ess(first, method="tail")]
    assert found == pytest.approx([float(value) for value in expected], rel=0.02)


def test_weighted_draws_are_worth_what_their_mean_is() -> None:
    generator = np.random.default_rng(5)
    draws = generator.normal(size=(400, 50, 1))
    log_weights = 0.6 * draws[..., 0]
    weights = np.exp(log_weights) / np.exp(log_weights).sum(axis=1, keepdims=True)

    means = np.einsum("rk,rkp->rp", weights, draws)
    worth = np.mean([weighted_ess(d, w)[0] for d, w in zip(draws, weights, strict=True)])

    assert 1 / means.var() == pytest.approx(worth, rel=0.3)


def test_quantiles_of_equal_weights_are_plain_ones() -> None:
    draws = np.random.default_rng(6).normal(size=(1001, 2))
    levels = np.array([0.05, 0.5, 0.9])

    found = weighted_quantiles(draws, np.full(1001, 1 / 1001), levels)

    assert found == pytest.approx(np.quantile(draws, levels, axis=0, method="hazen"), abs=1e-9)
