"""Smoothed weights and the shape of their tail, against distributions whose shape is known."""

from __future__ import annotations

import numpy as np
import pytest

from brianfit.sampling import k_hat_limit, smoothed_log_weights
from brianfit.sampling.pareto_smoothing import fit_generalised_pareto


@pytest.mark.parametrize("shape", [-0.3, 0.2, 0.9])
def test_finds_shape_and_scale_of_a_generalised_pareto(shape: float) -> None:
    uniform = np.sort(np.random.default_rng(1).uniform(size=20_000))
    exceedances = 2.0 * np.expm1(-shape * np.log1p(-uniform)) / shape

    found = fit_generalised_pareto(exceedances)

    # Four standard errors of the largest likelihood: (1 + shape) / sqrt(n).
    assert found[0] == pytest.approx(shape, abs=4 * (1 + shape) / np.sqrt(20_000))
    assert found[1] == pytest.approx(2.0, rel=0.05)


@pytest.mark.parametrize("ratio", [0.5, 0.8, 1.5])
def test_k_hat_is_the_share_by_which_an_exponential_is_too_narrow(ratio: float) -> None:
    # Weights of a target exp(-x) with the proposal exp(-x / ratio) / ratio have tails with the
    # shape 1 - ratio, none if the proposal is the wider one.
    draws = ratio * np.random.default_rng(2).exponential(size=50_000)

    _, k_hat = smoothed_log_weights(draws / ratio - draws)

    assert k_hat == pytest.approx(1 - ratio, abs=0.15) if ratio < 1 else k_hat < 0


def test_weights_sum_to_one_and_keep_their_order() -> None:
    log_ratios = np.random.default_rng(3).normal(size=2000) * 2

    log_weights, _ = smoothed_log_weights(log_ratios)

    order = np.argsort(log_ratios)
    assert np.exp(log_weights).sum() == pytest.approx(1)
    assert np.all(np.diff(log_weights[order]) >= -1e-9)


def test_smoothing_puts_a_mean_right_that_huge_weights_spoil() -> None:
    generator = np.random.default_rng(4)
    draws = 0.6 * generator.exponential(size=(200, 1000))

    raw, smooth = [], []
    for one in draws:
        log_ratios = one / 0.6 - one
        weights = np.exp(log_ratios - log_ratios.max())
        raw.append(weights @ one / weights.sum())
        smooth.append(np.exp(smoothed_log_weights(log_ratios)[0]) @ one)

    assert np.mean((np.array(smooth) - 1) ** 2) < np.mean((np.array(raw) - 1) ** 2)


def test_weights_all_the_same_are_to_be_believed() -> None:
    log_weights, k_hat = smoothed_log_weights(np.zeros(500))

    assert log_weights == pytest.approx(np.full(500, -np.log(500)))
    assert k_hat < k_hat_limit(500)


@pytest.mark.parametrize("n_finite", [0, 3])
def test_a_proposal_that_misses_the_target_is_not(n_finite: int) -> None:
    log_ratios = np.full(500, -np.inf)
    log_ratios[:n_finite] = np.arange(n_finite)

    log_weights, k_hat = smoothed_log_weights(log_ratios)

    assert k_hat == np.inf
    assert np.exp(log_weights).sum() == pytest.approx(1)


@pytest.mark.parametrize(("n_draws", "limit"), [(100, 0.5), (1000, 2 / 3), (100_000, 0.7)])
def test_fewer_draws_ask_for_a_thinner_tail(n_draws: int, limit: float) -> None:
    assert k_hat_limit(n_draws) == pytest.approx(limit)
