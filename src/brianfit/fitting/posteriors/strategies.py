"""How a posterior is sampled: which samplers, from where, with how many chains."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.random import generator_for
from brianfit._foundation.shapes import Float
from brianfit.fitting.posteriors.advice import FEWEST_EFFECTIVE
from brianfit.fitting.posteriors.batch_file import Ledger
from brianfit.sampling import (
    AbstractSampler,
    DifferentialEvolutionChains,
    Draws,
    HamiltonianChains,
    LaplaceApproximation,
    Progress,
    SupportsCurvature,
    TemperedParticles,
    draw,
    k_hat_limit,
    smoothed_log_weights,
    weighted_ess,
)
from brianfit.sampling.climbing import Tops, climb
from brianfit.sampling.density import log_posterior

_N_CHAINS = 32
_TRIED_STARTS, _CLIMBED_STARTS = 100, 7
_INSIDE = 4.0  # starts are taken so far inside the bounds, in standard deviations of the prior

_IN_REACH = 10.0
"""A top whose log evidence is lower than that of the best by more than this has no draws."""

_EVIDENCE_CHAINS, _EVIDENCE_STEPS = 128, 128
_THINNING = 10


@final
@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be sampled.

    Attributes
    ----------
    density
        Over points with a standard normal prior.
    has_derivatives
        Whether those of the likelihood are exact and cheap.
    best
        The point of the best sample of the fit.
    """

    density: SupportsCurvature
    has_derivatives: bool
    best: Float[np.ndarray, " n_parameters"]
    n_draws: int
    seed: int
    ledger: Ledger

    def run(self, stage: str, sampler: AbstractSampler[Any]) -> Progress:
        """Run one sampler to its end, from where it was left."""
        return draw(
            sampler,
            self.density,
            seed=self.seed,
            purpose=stage,
            past=self.ledger.past(stage),
            after_batch=lambda batch: self.ledger.keep(stage, batch),
        )


@final
@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Draws and what is known about them.

    Attributes
    ----------
    method
        Which one it was in the end.
    weights
        Of the draws, chain after chain; they sum to 1.
    notes
        Numbers that samplers tell, and how many tops were seen.
    """

    method: str
    draws: Draws
    weights: Float[np.ndarray, " n_draws"]
    k_hat: float | None = None
    log_evidence: float | None = None
    notes: Mapping[str, float] = field(default_factory=dict)


def by_auto(order: Order) -> Outcome:
    """Choose: importance weights; where these are bad, chains; with several tops, particles."""
    if not order.has_derivatives:
        return by_demcz(order)
    tops = tops_of(order)
    if len(tops.points) > 1:
        return _by_smc(order, tops)
    found = _by_laplace(order, tops)
    return found if _has_good_weights(found) else _by_hmc(order, tops, found.k_hat)


def _has_good_weights(found: Outcome) -> bool:
    """Return whether the tail of the weights is thin, and the draws are worth enough."""
    points = found.draws.points.reshape(found.weights.size, -1)
    enough = min(FEWEST_EFFECTIVE, 0.5 * found.weights.size)
    is_thin = found.k_hat is not None and found.k_hat <= k_hat_limit(found.weights.size)
    return is_thin and bool(np.all(weighted_ess(points, found.weights) >= enough))


def by_laplace(order: Order) -> Outcome:
    """Draw from a normal approximation around every top, with importance weights."""
    return _by_laplace(order, tops_of(order))


def by_hmc(order: Order) -> Outcome:
    """Run Hamiltonian chains from the highest top."""
    return _by_hmc(order, tops_of(order), None)


def by_demcz(order: Order) -> Outcome:
    """Run differential evolution chains, which begin at particles that came from the prior."""
    progress = order.run(
        "demcz",
        DifferentialEvolutionChains(
            past=_pilot(order),
            n_chains=_N_CHAINS,
            n_draws=_per_chain(order.n_draws),
            n_warm_up=100,
            thinning=_THINNING,
        ),
    )
    return _unweighted("demcz", progress)


def by_smc(order: Order) -> Outcome:
    """Temper particles from the prior to the posterior."""
    return _by_smc(order, None)


def by_emcee(order: Order) -> Outcome:
    """Run the walkers of the package emcee."""
    from brianfit.sampling.from_emcee import EmceeWalkers

    progress = order.run(
        "emcee",
        EmceeWalkers(
            starts=_pilot(order)[:_N_CHAINS],
            n_draws=_per_chain(order.n_draws),
            n_warm_up=100,
            thinning=_THINNING,
        ),
    )
    return _unweighted("emcee", progress)


METHODS: Mapping[str, Callable[[Order], Outcome]] = {
    "auto": by_auto,
    "laplace": by_laplace,
    "hmc": by_hmc,
    "demcz": by_demcz,
    "smc": by_smc,
    "emcee": by_emcee,
}
"""Ways to sample, by the names that users give."""


def tops_of(order: Order) -> Tops:
    """Return the tops of the posterior above the best sample and some draws of the prior."""
    generator = generator_for(order.seed, "starts of climbs")
    tried = generator.standard_normal((_TRIED_STARTS, order.density.n_parameters))
    heights = log_posterior(order.density, tried)
    chosen = np.argsort(-heights, kind="stable")[:_CLIMBED_STARTS]
    best = np.clip(order.best, -_INSIDE, _INSIDE)
    tops = climb(order.density, np.vstack([best, tried[chosen]]))
    if len(tops.points) == 0:
        raise InvalidValueError(
            "The posterior has no top: neither the best sample of the fit nor any draw of the "
            "priors could be simulated. Fit again, or give narrower bounds."
        )
    in_reach = tops.log_evidence >= tops.log_evidence.max(initial=-np.inf) - _IN_REACH
    return Tops(
        points=tops.points[in_reach],
        log_posterior=tops.log_posterior[in_reach],
        curvature=tops.curvature[in_reach],
    )


def _by_laplace(order: Order, tops: Tops) -> Outcome:
    progress = order.run("laplace", LaplaceApproximation(tops=tops, n_draws=order.n_draws))
    log_ratios = np.ravel(np.asarray(progress.draws.log_weights))
    log_weights, k_hat = smoothed_log_weights(log_ratios)
    with np.errstate(divide="ignore"):
        log_evidence = float(np.logaddexp.reduce(log_ratios) - np.log(log_ratios.size))
    return Outcome(
        method="laplace",
        draws=progress.draws,
        weights=np.exp(log_weights),
        k_hat=k_hat,
        log_evidence=log_evidence,
        notes={"n_tops": float(len(tops.points))},
    )


def _by_hmc(order: Order, tops: Tops, k_hat: float | None) -> Outcome:
    chains = HamiltonianChains(
        top=tops.points[0],
        curvature=tops.curvature[0],
        n_chains=_N_CHAINS,
        n_draws=_per_chain(order.n_draws),
    )
    return _unweighted("hmc", order.run("hmc", chains), k_hat=k_hat, n_tops=float(len(tops.points)))


def _by_smc(order: Order, tops: Tops | None) -> Outcome:
    n_steps = max(_EVIDENCE_STEPS, -(-order.n_draws // _EVIDENCE_CHAINS))
    particles = TemperedParticles(n_chains=_EVIDENCE_CHAINS, n_steps=n_steps)
    progress = order.run("smc", particles)
    progress = replace(progress, draws=_spread_out(progress.draws, order.n_draws))
    n_tops = {} if tops is None else {"n_tops": float(len(tops.points))}
    return _unweighted("smc", progress, **n_tops)


def _spread_out(draws: Draws, n_wanted: int) -> Draws:
    """Return as many draws as are wanted of more, spread over all chains."""
    n_chains, n_draws, _ = draws.points.shape
    n_kept = min(n_draws, -(-n_wanted // n_chains))
    kept = np.round(np.linspace(n_draws - 1, 0, n_kept)).astype(np.int64)[::-1]
    return Draws(points=draws.points[:, kept], log_likelihood=draws.log_likelihood[:, kept])


def _pilot(order: Order) -> Float[np.ndarray, "n_past n_parameters"]:
    """Return particles from the prior to the posterior, few of them; the best sample first."""
    progress = order.run("pilot", TemperedParticles(n_chains=64, n_steps=16))
    points = progress.draws.points.reshape(-1, order.density.n_parameters)
    shuffled = generator_for(order.seed, "order of the pilot").permutation(points)
    both = np.vstack([np.clip(order.best, -_INSIDE, _INSIDE), shuffled])
    is_known = np.isfinite(log_posterior(order.density, both))
    return np.asarray(both[is_known])


def _unweighted(
    method: str, progress: Progress, *, k_hat: float | None = None, **notes: float
) -> Outcome:
    n_chains, n_draws, _ = progress.draws.points.shape
    found = {**progress.notes, **notes}
    return Outcome(
        method=method,
        draws=progress.draws,
        weights=np.full(n_chains * n_draws, 1 / (n_chains * n_draws)),
        k_hat=k_hat,
        log_evidence=found.pop("log_evidence", None),
        notes=found,
    )


def _per_chain(n_draws: int) -> int:
    return max(4, -(-n_draws // _N_CHAINS))


__all__ = ["METHODS", "Order", "Outcome", "tops_of"]
