"""The walkers of the package emcee as a sampler."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from brianfit._foundation.optional import import_optional
from brianfit._foundation.shapes import Float
from brianfit.sampling.density import Density, log_posterior, log_prior
from brianfit.sampling.sampler import AbstractSampler, Batch, Draws, State


@final
@dataclass(frozen=True, kw_only=True)
class EmceeWalkers(AbstractSampler[Density]):
    """An ensemble of walkers that jump relative to one another, as emcee makes them by default.

    Attributes
    ----------
    starts
        Where the walkers begin; at least twice as many as parameters.
    n_draws
        Of every walker, after the warm-up.
    n_warm_up
        Draws of every walker before that, which are thrown away.
    thinning
        Steps from one draw to the next.
    batch_size
        Draws of every walker in a batch.
    """

    starts: Float[np.ndarray, "n_chains n_parameters"]
    n_draws: int
    n_warm_up: int = 100
    thinning: int = 10
    batch_size: int = 50

    def begin(self, density: Density, generator: np.random.Generator) -> Batch:
        state = {
            "points": self.starts,
            "log_posterior": log_posterior(density, self.starts),
            "n_done": np.array(0),
        }
        return self._batch(density, state, generator)

    def advance(
        self, density: Density, before: State, number: int, generator: np.random.Generator
    ) -> Batch:
        return self._batch(density, before, generator)

    def _batch(self, density: Density, before: State, generator: np.random.Generator) -> Batch:
        n_done, n_all = int(before["n_done"]), self.n_warm_up + self.n_draws
        limit = self.n_warm_up if n_done < self.n_warm_up else n_all
        n_now = min(self.batch_size, limit - n_done)
        sampler = self._sampler(density)
        seeded = np.random.RandomState(int(generator.integers(2**32)))
        start = self._emcee.State(
            before["points"], log_prob=before["log_posterior"], random_state=seeded.get_state()
        )
        end = sampler.run_mcmc(start, n_now, thin_by=self.thinning)
        points = np.moveaxis(sampler.get_chain(), 0, 1)
        log_prob = np.moveaxis(sampler.get_log_prob(), 0, 1)
        is_kept = n_done >= self.n_warm_up
        draws = Draws(points=points, log_likelihood=log_prob - log_prior(points))
        return Batch(
            state={
                "points": np.array(end.coords),
                "log_posterior": np.array(end.log_prob),
                "n_done": np.array(n_done + n_now),
            },
            draws=draws if is_kept else Draws.none(*self.starts.shape),
            is_last=n_done + n_now >= n_all,
            notes={"accepted": float(np.mean(sampler.acceptance_fraction))},
        )

    @property
    def _emcee(self) -> Any:
        return import_optional("emcee", extra="emcee", purpose="The method 'emcee'")

    def _sampler(self, density: Density) -> Any:
        n_walkers, n_parameters = self.starts.shape
        return self._emcee.EnsembleSampler(
            n_walkers, n_parameters, lambda points: log_posterior(density, points), vectorize=True
        )
