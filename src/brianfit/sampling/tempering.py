"""Tempered sequential Monte Carlo: from the prior to the posterior, with its evidence.

References
----------
[1] Del Moral, Doucet, Jasra (2006), Sequential Monte Carlo samplers. Journal of the Royal
Statistical Society B 68(3).
[2] Dau, Chopin (2022), Waste-free sequential Monte Carlo. Journal of the Royal Statistical Society
B 84(1): every step of the chains between two temperatures is a particle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import logsumexp

from brianfit.sampling.density import Density, log_prior, without_nan
from brianfit.sampling.kernel_density import KernelDensity
from brianfit.sampling.sampler import AbstractSampler, Batch, Draws, State
from brianfit.sampling.student_t import StudentT
from brianfit.sampling.weighted import weighted_covariance, weighted_mean

_ACCEPTED = 0.3
"""The part of random steps that shall be accepted."""

_WIDTHS = (1.5, 1.0, 0.3)
"""One of these, drawn for every step, times the width that is adapted: modes may be narrow."""

_N_BUMPS = 256
_RIDGE = 1e-12


@final
@dataclass(frozen=True, kw_only=True)
class TemperedParticles(AbstractSampler[Density]):
    """Particles that begin as draws of the prior and end as draws of the posterior.

    Attributes
    ----------
    n_chains, n_steps
        Between two temperatures so many chains make so many steps; the particles are all of them.
    kept
        The next temperature is such that the weights are worth this part of the particles.
    """

    n_chains: int = 128
    n_steps: int = 128
    kept: float = 0.6

    def begin(self, density: Density, generator: np.random.Generator) -> Batch:
        points = generator.standard_normal((self.n_chains * self.n_steps, density.n_parameters))
        state = {
            "points": points,
            "log_likelihood": without_nan(density.log_likelihood(points)),
            "temperature": np.array(0.0),
            "log_evidence": np.array(0.0),
            "log_width": np.array(0.0),
        }
        return self._as_batch(state, n_stages=0)

    def advance(
        self, density: Density, before: State, number: int, generator: np.random.Generator
    ) -> Batch:
        log_likelihood = before["log_likelihood"]
        temperature = self._next_temperature(log_likelihood, float(before["temperature"]))
        log_weights = (temperature - before["temperature"]) * log_likelihood
        total = float(logsumexp(log_weights))
        weights = np.exp(log_weights - total)
        chosen = _systematic(weights, self.n_chains, generator)
        kernel = _Kernel(
            temperature=temperature,
            width=2.38 / np.sqrt(density.n_parameters) * float(np.exp(before["log_width"])),
            around=KernelDensity(
                around=StudentT(
                    centre=weighted_mean(before["points"], weights),
                    root=_root(weighted_covariance(before["points"], weights)),
                ),
                centres=before["points"][_systematic(weights, _N_BUMPS, generator)],
            ),
        )
        start = before["points"][chosen], log_likelihood[chosen]
        points, values, accepted = self._moved(density, start, kernel, generator)
        state = {
            "points": points,
            "log_likelihood": values,
            "temperature": np.array(temperature),
            "log_evidence": np.asarray(
                before["log_evidence"] + total - np.log(log_likelihood.size)
            ),
            "log_width": np.asarray(before["log_width"] + 2 * (accepted - _ACCEPTED)),
        }
        return self._as_batch(state, n_stages=number)

    def _next_temperature(self, log_likelihood: np.ndarray, now: float) -> float:
        """Return the largest temperature at which the weights are worth enough particles."""
        if self._worth(log_likelihood, 1.0 - now) >= self.kept:
            return 1.0
        low, high = 0.0, 1.0 - now
        for _ in range(60):
            middle = 0.5 * (low + high)
            is_enough = self._worth(log_likelihood, middle) >= self.kept
            low, high = (middle, high) if is_enough else (low, middle)
        return now + (low if low > 0 else high)

    @staticmethod
    def _worth(log_likelihood: np.ndarray, step: float) -> float:
        """Return the part of the particles that have a likelihood which the weights are worth."""
        log_weights = step * log_likelihood[np.isfinite(log_likelihood)]
        if log_weights.size == 0:
            return 1.0
        squares = logsumexp(2 * log_weights)
        return float(np.exp(2 * logsumexp(log_weights) - squares) / log_weights.size)

    def _moved(
        self,
        density: Density,
        start: tuple[np.ndarray, np.ndarray],
        kernel: _Kernel,
        generator: np.random.Generator,
    ) -> tuple[np.ndarray, np.ndarray, float]:
        """Return all points that the chains visit, their log likelihood, the part accepted.

        Chain by chain; the start is the first point of each. Every other step is a draw of all
        particles, which forgets where it was; those between them are small.
        """
        points, values = start
        visited, found, accepted = [points], [values], []
        for number in range(self.n_steps - 1):
            is_local = number % 2 == 0
            proposed, log_factor = kernel.proposed(points, generator, is_local=is_local)
            new = without_nan(density.log_likelihood(proposed))
            change = kernel.temperature * (new - values) + log_prior(proposed) - log_prior(points)
            is_accepted = np.log(generator.uniform(size=values.size)) < change + log_factor
            points = np.where(is_accepted[:, np.newaxis], proposed, points)
            values = np.where(is_accepted, new, values)
            visited.append(points)
            found.append(values)
            if is_local:
                accepted.append(float(is_accepted.mean()))
        by_chain = np.stack(visited, axis=1).reshape(-1, points.shape[1])
        return by_chain, np.stack(found, axis=1).ravel(), float(np.mean(accepted))

    def _as_batch(self, state: State, *, n_stages: int) -> Batch:
        is_last = float(state["temperature"]) >= 1.0
        points = state["points"].reshape(self.n_chains, self.n_steps, -1)
        return Batch(
            state=state,
            draws=Draws(
                points=points,
                log_likelihood=state["log_likelihood"].reshape(self.n_chains, self.n_steps),
            )
            if is_last
            else Draws.none(self.n_chains, points.shape[2]),
            is_last=is_last,
            notes={
                "log_evidence": float(state["log_evidence"]),
                "n_stages": float(n_stages),
                "temperature": float(state["temperature"]),
            },
        )


@final
@dataclass(frozen=True, kw_only=True)
class _Kernel:
    """How chains step at one temperature.

    Attributes
    ----------
    width
        Of a small step, relative to the spread of the particles.
    around
        Like the particles of the temperature before, with the weights of this one.
    """

    temperature: float
    width: float
    around: KernelDensity

    def proposed(
        self, points: np.ndarray, generator: np.random.Generator, *, is_local: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return points to step to, and log density of the way back over that of the way there."""
        if not is_local:
            proposed = self.around.draw(points.shape[0], generator)
            return proposed, self.around.log_density(points) - self.around.log_density(proposed)
        width = self.width * generator.choice(_WIDTHS, size=(points.shape[0], 1))
        steps = generator.standard_normal(points.shape) @ self.around.around.root.T
        return points + width * steps, np.zeros(points.shape[0])


def _systematic(weights: np.ndarray, n_chosen: int, generator: np.random.Generator) -> np.ndarray:
    """Return numbers of particles, each about as often as its weight says."""
    places = (np.arange(n_chosen) + generator.uniform()) / n_chosen
    chosen = np.searchsorted(np.cumsum(weights), places)
    return np.minimum(chosen, weights.size - 1)


def _root(covariance: np.ndarray) -> np.ndarray:
    """Return a root of a covariance that may be flat in some directions."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, _RIDGE * max(values[-1], _RIDGE))))
