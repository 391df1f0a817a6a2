"""One run of CMA-ES in the unit box: a distribution that is moved towards the better samples."""

from __future__ import annotations

import copy
import math
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float

SMALLEST_POPULATION = 4
"""Below it the update of the covariance matrix is undefined (no two samples to recombine)."""

N_REDRAWS = 3
"""So often a sample outside of the box is drawn again before it is folded into the box. Folded
samples mislead: without redrawing, a sphere takes 1.3 times and steps twice the evaluations."""

SAME_POINT = 1e-9
"""Unit coordinates that differ by less differ by rounding."""

FLAT_GENERATIONS = 3
"""So many generations of equal errors in a row show that a run has nothing to follow."""


@final
class CMARun:
    """A run of CMA-ES, built on the package `cmaes`.

    The package updates the distribution; this class folds samples into the box, lets a generation
    be asked and told in pieces, and says when the run has come to its end. Errors are told to the
    package as ranks: only their order matters, and inf is an error like any other.

    Parameters
    ----------
    mean
        Where the run starts, in unit coordinates.
    sigma
        Standard deviation at the start, in unit coordinates.
    covariance
        Its square times this matrix is the covariance at the start; None: the identity.
    population
        Number of samples per generation.
    tolerance
        The run ends when the samples of a generation have a smaller standard deviation than this
        in every direction.
    lr_adapt
        As in `CMAESOptimizer`.

    Attributes
    ----------
    finished : bool
        Whether it pays to restart elsewhere.
    """

    def __init__(
        self,
        mean: Float[np.ndarray, " n_parameters"],
        *,
        sigma: float,
        population: int,
        tolerance: float,
        covariance: Float[np.ndarray, "n_parameters n_parameters"] | None = None,
        lr_adapt: bool = False,
    ) -> None:
        from cmaes import CMA

        self.population = population
        self.finished = False
        self._tolerance = tolerance
        self._cma = CMA(
            mean=mean.copy(),
            sigma=sigma,
            population_size=population,
            seed=0,
            cov=covariance,
            lr_adapt=lr_adapt,
        )
        self._samples: list[np.ndarray] = []
        self._errors: list[float] = []
        self._drawn = np.empty((0, mean.size))
        self._n_flat = 0
        self._lowest: list[float] = []

    @property
    def n_parameters(self) -> int:
        """The number of parameters."""
        return int(self._cma.dim)

    @property
    def room(self) -> int:
        """How many samples the present generation still needs."""
        return self.population - len(self._errors)

    def ask(
        self, n_samples: int, generator: np.random.Generator
    ) -> Float[np.ndarray, "n_samples n_parameters"]:
        """Draw samples; those that are never told are forgotten."""
        # The package forgets its generator when it is pickled, so it is given new seeds by ours.
        self._cma.reseed_rng(int(generator.integers(2**32)))
        drawn = np.array([self._cma.ask() for _ in range(n_samples)])
        for _ in range(N_REDRAWS):
            outside = np.flatnonzero(np.any((drawn < 0.0) | (drawn > 1.0), axis=1))
            if outside.size == 0:
                break
            drawn[outside] = [self._cma.ask() for _ in outside]
        self._drawn = drawn
        return folded(drawn)

    def tell(
        self,
        samples: Float[np.ndarray, "n_samples n_parameters"],
        errors: Float[np.ndarray, " n_samples"],
    ) -> None:
        """Take the errors of samples; a full generation moves the distribution."""
        self._samples.extend(self._as_drawn(samples))
        self._errors.extend(float(error) for error in errors)
        if len(self._errors) < self.population:
            return
        population = np.array(self._samples)
        population_errors = np.array(self._errors)
        self._samples, self._errors = [], []
        order = np.argsort(population_errors, kind="stable")
        self._cma.tell([(population[row], float(rank)) for rank, row in enumerate(order)])
        # A pickled `CMA` keeps one triangle of its matrix. Copying does the same here and now,
        # so that an optimizer goes on identically whether or not it was pickled in between.
        self._cma = copy.copy(self._cma)
        self.finished = (
            self._has_converged(population, population_errors) or self._cma.should_stop()
        )

    def _as_drawn(
        self, samples: Float[np.ndarray, "n_samples n_parameters"]
    ) -> Float[np.ndarray, "n_samples n_parameters"]:
        """Return samples as they were before they were folded; foreign ones as they are.

        The distribution must learn from what was drawn. Told the folded points, it would take the
        shift by folding for progress, and a mean near a wall would make it grow without limit.
        """
        if samples.shape != self._drawn.shape:
            return samples
        own = np.abs(folded(self._drawn) - samples).max(axis=1, keepdims=True) < SAME_POINT
        return np.where(own, self._drawn, samples)

    def _has_converged(self, population: np.ndarray, population_errors: np.ndarray) -> bool:
        is_flat = bool(population_errors.min() == population_errors.max())
        self._n_flat = self._n_flat + 1 if is_flat else 0
        if self._n_flat >= FLAT_GENERATIONS:
            return True
        if float(population.std(axis=0).max()) < self._tolerance:
            return True
        return self._has_levelled_off(population_errors)

    def _has_levelled_off(self, population_errors: np.ndarray) -> bool:
        """Return whether neither the best errors of late nor the present ones differ any more."""
        # Criterion "EqualFunValues/TolFun" and its length from Hansen (2009), BBOB workshop.
        self._lowest.append(float(population_errors.min()))
        length = 10 + math.ceil(30 * self._cma.dim / self.population)
        self._lowest = self._lowest[-length:]
        if len(self._lowest) < length or not np.all(np.isfinite(population_errors)):
            return False
        values = np.concatenate([self._lowest, population_errors])
        return bool(np.ptp(values) <= 1e-12 * np.abs(values).max())


def folded(
    points: Float[np.ndarray, "n_samples n_parameters"],
) -> Float[np.ndarray, "n_samples n_parameters"]:
    """Reflect points at the walls of the unit box until they lie inside."""
    return np.abs((points + 1.0) % 2.0 - 1.0)
