"""A normal approximation around the tops of a posterior, put right by importance weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import logsumexp

from brianfit._foundation.shapes import Float
from brianfit.sampling.climbing import Tops
from brianfit.sampling.density import Density, log_prior, without_nan
from brianfit.sampling.sampler import AbstractSampler, Batch, Draws, State
from brianfit.sampling.student_t import StudentT


@final
@dataclass(frozen=True, kw_only=True)
class LaplaceApproximation(AbstractSampler[Density]):
    """Draws from Student's t around every top, with the curvature there; each draw has a weight.

    The tails are heavier than normal ones, so that no draw far out gets a huge weight. The log
    weights of the draws are log target minus log proposal; see `pareto_smoothing` for what to do
    with them. What lies around a top that nobody found has no draws, and no weight tells.

    Attributes
    ----------
    tops
        Where the posterior is highest, with minus its second derivatives there. Each gets as many
        draws as the volume below it says.
    n_draws
        In all.
    batch_size
        Draws at a time.
    """

    tops: Tops
    n_draws: int
    batch_size: int = 2000

    def begin(self, density: Density, generator: np.random.Generator) -> Batch:
        return self._batch(density, 0, generator)

    def advance(
        self, density: Density, before: State, number: int, generator: np.random.Generator
    ) -> Batch:
        return self._batch(density, int(before["n_drawn"]), generator)

    def _batch(self, density: Density, n_drawn: int, generator: np.random.Generator) -> Batch:
        size = min(self.batch_size, self.n_draws - n_drawn)
        points = self._proposed(size, generator)
        log_likelihood = without_nan(density.log_likelihood(points))
        log_weights = log_likelihood + log_prior(points) - self._log_proposal(points)
        draws = Draws(
            points=points[np.newaxis],
            log_likelihood=log_likelihood[np.newaxis],
            log_weights=log_weights[np.newaxis],
        )
        state = {"n_drawn": np.array(n_drawn + size)}
        return Batch(state=state, draws=draws, is_last=n_drawn + size >= self.n_draws)

    def _proposed(
        self, size: int, generator: np.random.Generator
    ) -> Float[np.ndarray, "n_draws n_parameters"]:
        numbers = generator.choice(self.tops.log_posterior.size, size=size, p=self._shares)
        points = np.empty((size, self.tops.points.shape[1]))
        for number, component in enumerate(self._components):
            rows = np.flatnonzero(numbers == number)
            points[rows] = component.draw(rows.size, generator)
        return points

    def _log_proposal(
        self, points: Float[np.ndarray, "n_draws n_parameters"]
    ) -> Float[np.ndarray, " n_draws"]:
        parts = [
            np.log(share) + component.log_density(points)
            for share, component in zip(self._shares, self._components, strict=True)
        ]
        return np.asarray(logsumexp(parts, axis=0))

    @property
    def _shares(self) -> Float[np.ndarray, " n_tops"]:
        log_evidence = self.tops.log_evidence
        even = np.full(log_evidence.size, 1 / log_evidence.size)
        return np.asarray(0.9 * np.exp(log_evidence - logsumexp(log_evidence)) + 0.1 * even)

    @property
    def _components(self) -> tuple[StudentT, ...]:
        tops = zip(self.tops.points, self.tops.curvature, strict=True)
        return tuple(StudentT.with_precision(point, curvature) for point, curvature in tops)
