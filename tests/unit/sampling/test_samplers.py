"""Samplers, on posteriors that are known."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from brianfit.sampling import (
    Batch,
    DifferentialEvolutionChains,
    HamiltonianChains,
    LaplaceApproximation,
    Progress,
    TemperedParticles,
    draw,
    ess_bulk,
    r_hat,
    smoothed_log_weights,
    weighted_ess,
)
from brianfit.sampling.climbing import Tops, climb
from tests.unit.sampling.densities import (
    Banana,
    NormalLikelihood,
    TwoModes,
    log_evidence_by_quadrature,
)

STARTS = np.random.default_rng(7).normal(size=(6, 4))


def _tops(density: Any) -> Tops:
    return climb(density, STARTS[:, : density.n_parameters])


def _laplace(density: Any, n_draws: int = 2000) -> LaplaceApproximation:
    return LaplaceApproximation(tops=_tops(density), n_draws=n_draws, batch_size=500)


def _hamiltonian(density: Any, n_draws: int = 100) -> HamiltonianChains:
    tops = _tops(density)
    return HamiltonianChains(
        top=tops.points[0], curvature=tops.curvature[0], n_draws=n_draws, n_warm_up=100
    )


def _evolution(density: Any, n_draws: int = 300) -> DifferentialEvolutionChains:
    past = np.random.default_rng(8).normal(size=(80, density.n_parameters))
    return DifferentialEvolutionChains(past=past, n_draws=n_draws, n_warm_up=200, thinning=3)


def _particles(density: Any) -> TemperedParticles:
    return TemperedParticles(n_chains=64, n_steps=16)


ALL_SAMPLERS = pytest.mark.parametrize(
    "make",
    [
        _laplace,
        _hamiltonian,
        pytest.param(_evolution, marks=pytest.mark.slow),
        pytest.param(_particles, marks=pytest.mark.slow),
    ],
)
_SHORT = {
    _laplace: {"n_draws": 400, "batch_size": 100},
    _hamiltonian: {"n_draws": 10, "n_warm_up": 20, "batch_size": 6},
    _evolution: {"n_draws": 40, "n_warm_up": 20, "batch_size": 12},
    _particles: {"n_chains": 16, "n_steps": 8},
}


def _drawn(sampler: Any, density: Any, seed: int = 1, **options: Any) -> Progress:
    return draw(sampler, density, seed=seed, purpose="test", **options)


def _mixed(density: Any, sampler: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return all points and their weights."""
    draws = _drawn(sampler, density).draws
    points = draws.points.reshape(-1, draws.points.shape[2])
    if draws.log_weights is None:
        return points, np.full(len(points), 1 / len(points))
    return points, np.exp(smoothed_log_weights(draws.log_weights.ravel())[0])


@pytest.mark.parametrize(
    ("make", "n_independent"),
    [
        (_laplace, 1800),
        pytest.param(_hamiltonian, 1000, marks=pytest.mark.slow),
        pytest.param(_evolution, 600, marks=pytest.mark.slow),
    ],
)
def test_a_normal_posterior_is_drawn(make: Callable[[Any], Any], n_independent: int) -> None:
    density = NormalLikelihood()

    points, weights = _mixed(density, make(density))

    mean = weights @ points
    spread = np.sqrt(weights @ (points - mean) ** 2)
    expected = np.sqrt(np.diag(density.covariance))
    # Five standard errors of that many independent draws.
    assert mean == pytest.approx(density.mean, abs=5 * expected.max() / np.sqrt(n_independent))
    assert spread == pytest.approx(expected, rel=5 / np.sqrt(2 * n_independent))


def test_all_starts_climb_to_the_top_of_a_normal_posterior() -> None:
    density = NormalLikelihood()

    tops = _tops(density)

    assert tops.points == pytest.approx(density.mean[np.newaxis], abs=1e-6)
    assert tops.log_evidence[0] == pytest.approx(density.log_evidence, abs=1e-6)


def test_importance_weights_of_a_normal_posterior_are_nearly_all_alike() -> None:
    density = NormalLikelihood()

    draws = _drawn(_laplace(density), density).draws
    log_weights, k_hat = smoothed_log_weights(np.ravel(draws.log_weights))

    assert k_hat < 0
    assert np.all(weighted_ess(draws.points[0], np.exp(log_weights)) > 1600)
    assert np.mean(np.exp(draws.log_weights)) == pytest.approx(
        np.exp(density.log_evidence), rel=0.05
    )


@pytest.mark.slow
def test_hamiltonian_chains_converge() -> None:
    density = NormalLikelihood()

    draws = _drawn(_hamiltonian(density, 250), density).draws

    assert np.all(r_hat(draws.points) < 1.01)
    assert np.all(ess_bulk(draws.points) > 4000)


def test_k_hat_gives_a_banana_away() -> None:
    density = Banana()

    draws = _drawn(_laplace(density, 4000), density).draws

    assert smoothed_log_weights(np.ravel(draws.log_weights))[1] > 0.7


def test_k_hat_gives_a_second_mode_away() -> None:
    density = TwoModes(apart=1.0)
    found = climb(density, np.array([[1.0, 0.1]]))

    draws = _drawn(LaplaceApproximation(tops=found, n_draws=4000), density).draws

    assert smoothed_log_weights(np.ravel(draws.log_weights))[1] > 0.7


def test_both_of_two_tops_are_drawn() -> None:
    density = TwoModes()
    starts = np.array([[1.0, 0.1], [-1.2, -0.2], [2.0, 0.3]])

    tops = climb(density, starts)
    points, weights = _mixed(density, LaplaceApproximation(tops=tops, n_draws=4000))

    assert len(tops.points) == 2
    assert weights @ (points[:, 0] > 0) == pytest.approx(0.7, abs=5 * 0.5 / np.sqrt(4000))


@pytest.mark.slow
@pytest.mark.parametrize("density", [Banana(), TwoModes()], ids=["banana", "two modes"])
def test_tempered_particles_tell_the_evidence(density: Banana | TwoModes) -> None:
    expected = log_evidence_by_quadrature(density)

    found = [_drawn(TemperedParticles(), density, seed) for seed in range(2)]

    assert [one.notes["log_evidence"] for one in found] == pytest.approx([expected] * 2, abs=0.1)


@pytest.mark.slow
def test_tempered_particles_keep_both_modes() -> None:
    density = TwoModes()

    points = _drawn(TemperedParticles(), density).draws.points.reshape(-1, 2)

    # The posterior of two heaps far out of the prior: as likelihood and prior say together.
    assert np.mean(points[:, 0] > 0) == pytest.approx(0.7, abs=0.05)


@ALL_SAMPLERS
def test_a_run_that_was_stopped_after_any_batch_goes_on_bit_by_bit(
    make: Callable[[Any], Any],
) -> None:
    density = NormalLikelihood()
    sampler = dataclasses.replace(make(density), **_SHORT[make])
    batches: list[Batch] = []
    whole = _drawn(sampler, density, after_batch=batches.append)

    resumed = _drawn(sampler, density, past=batches[:3])

    assert np.array_equal(resumed.draws.points, whole.draws.points)
    assert np.array_equal(resumed.draws.log_likelihood, whole.draws.log_likelihood)
    assert resumed.notes == whole.notes


@ALL_SAMPLERS
def test_a_likelihood_that_is_not_everywhere_is_borne(make: Callable[[Any], Any]) -> None:
    class Cut(NormalLikelihood):
        def log_likelihood(self, points: np.ndarray) -> np.ndarray:
            is_outside = points[:, 0] > self.centre[0] + 0.005
            return np.where(is_outside, np.nan, super().log_likelihood(points))

    density = Cut()
    sampler = dataclasses.replace(make(NormalLikelihood()), **_SHORT[make])

    points, weights = _mixed(density, sampler)

    assert np.all(points[weights > 1e-12, 0] <= density.centre[0] + 0.005)
