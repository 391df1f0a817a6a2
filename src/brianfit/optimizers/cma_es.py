"""CMA-ES with restarts: the optimizer that is used when none is named."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import final

import numpy as np

from brianfit._foundation.arguments import check_flag, check_positive_integer
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import Errors, Interval, Samples
from brianfit._foundation.units import DIMENSIONLESS, scalar_si
from brianfit.optimizers._ask_and_tell import AskAndTell
from brianfit.optimizers._base import AbstractOptimizer
from brianfit.optimizers._cma_run import SMALLEST_POPULATION, CMARun
from brianfit.optimizers._package_options import read_seed, reseed
from brianfit.optimizers._search_box import SearchBox, check_search


@final
class CMAESOptimizer(AbstractOptimizer):
    """Covariance matrix adaptation evolution strategy, restarted when it has converged.

    A normal distribution is moved, scaled and turned towards the better samples. The first run
    starts in the middle of the box, or where the fit starts; later ones at random places.

    Parameters
    ----------
    population
        Samples per generation, about. With fewer than the samples of a round, several runs stand
        side by side; with more, a generation takes several rounds. Populations are adjusted so
        that they fill rounds. None: all samples of a round in one run, and several rounds where
        these are fewer than ``4 + 3 log(n_parameters)``.
    sigma
        Standard deviation at the start, as a fraction of the box.
    tolerance
        A run restarts when its samples differ by less than this fraction of the box.
    lr_adapt
        Whether the package `cmaes` adapts its learning rate, for noisy and multimodal errors.
    seed
        In the place of that of the fit.

    References
    ----------
    N. Hansen (2016), The CMA evolution strategy: a tutorial, arXiv:1604.00772.
    """

    def __init__(
        self,
        *,
        population: int | None = None,
        sigma: float = 0.2,
        tolerance: float = 1e-5,
        lr_adapt: bool = False,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        if population is not None:
            check_positive_integer("population", population, SMALLEST_POPULATION)
        for name, value in (("sigma", sigma), ("tolerance", tolerance)):
            if not 0 < scalar_si(name, value, DIMENSIONLESS) < 1:
                raise InvalidValueError(f"`{name}` must lie between 0 and 1, but is {value!r}.")
        self.population = population
        self.sigma = float(sigma)
        self.tolerance = float(tolerance)
        self.lr_adapt = check_flag("lr_adapt", lr_adapt)
        self._own_seed = read_seed("seed", seed)
        self.n_restarts = 0
        self._ask_and_tell = AskAndTell()
        self._populations: list[int] = []
        self._runs: list[CMARun] = []
        self._asked: list[tuple[CMARun, int]] = []
        self._start: np.ndarray | None = None
        self._n_started = 0

    def __str__(self) -> str:
        return "CMA-ES, a normal distribution that follows the better samples, with restarts"

    def initialize(
        self, parameter_names: Sequence[str], popsize: int, rounds: int, /, **bounds: Interval
    ) -> int:
        check_search(parameter_names, popsize, rounds)
        box = SearchBox.from_bounds(parameter_names, bounds)
        self._ask_and_tell.start(box)
        reseed(self, self._own_seed)
        self._populations = populations(popsize, len(box), self.population)
        self._runs, self._asked, self._start = [], [], None
        self._n_started = self.n_restarts = 0
        return popsize

    def start_from(self, point: Float[np.ndarray, " n_parameters"]) -> None:
        """Start the first run at `point`; called between `initialize` and the first `ask`."""
        self._start = self._ask_and_tell.box.to_unit(np.asarray(point, dtype=float)[np.newaxis])[0]

    def ask(self, n_samples: int) -> Float[np.ndarray, "n_samples n_parameters"]:
        check_positive_integer("n_samples", n_samples, minimum=0)
        nothing = np.empty((0, self._n_parameters))
        self._asked = self._shares(n_samples)
        parts = [run.ask(count, self.generator) for run, count in self._asked]
        return self._ask_and_tell.answer(np.concatenate([nothing, *parts]))

    def tell(self, parameters: Samples, errors: Errors) -> None:
        unit, values = self._ask_and_tell.hear(parameters, errors)
        first = 0
        for run, count in self._asked:
            run.tell(unit[first : first + count], values[first : first + count])
            first += count
        self._restart_finished_runs()

    def recommend(self) -> Float[np.ndarray, " n_parameters"]:
        return self._ask_and_tell.recommend()

    @property
    def _n_parameters(self) -> int:
        return len(self._ask_and_tell.box)

    def _shares(self, n_samples: int) -> list[tuple[CMARun, int]]:
        """Divide samples among the runs; start another run if the present ones cannot take all."""
        shares: list[tuple[CMARun, int]] = []
        missing = n_samples
        while missing > 0:
            if len(shares) == len(self._runs):
                population = self._populations[len(self._runs) % len(self._populations)]
                self._runs.append(self._new_run(population))
            run = self._runs[len(shares)]
            taken = min(missing, run.room)
            shares.append((run, taken))
            missing -= taken
        return shares

    def _new_run(self, population: int) -> CMARun:
        if self._n_started > 0:
            mean = self.generator.random(self._n_parameters)
        elif self._start is not None:
            mean = self._start
        else:
            mean = np.full(self._n_parameters, 0.5)
        self._n_started += 1
        return CMARun(
            mean,
            sigma=self.sigma,
            population=population,
            tolerance=self.tolerance,
            lr_adapt=self.lr_adapt,
        )

    def _restart_finished_runs(self) -> None:
        for index, run in enumerate(self._runs):
            if run.finished:
                self._runs[index] = self._new_run(run.population)
                self.n_restarts += 1


def populations(n_samples: int, n_parameters: int, wanted: int | None) -> list[int]:
    """Return the populations of the runs that stand side by side.

    Together they take one round, or a single one takes a whole number of rounds.
    """
    least = 4 + math.floor(3 * math.log(n_parameters))  # eq. 48 in Hansen (2016)
    target = wanted if wanted is not None else max(least, n_samples)
    n_runs = min(max(1, round(n_samples / target)), max(1, n_samples // SMALLEST_POPULATION))
    if n_runs > 1:
        return [n_samples // n_runs + (run < n_samples % n_runs) for run in range(n_runs)]
    n_rounds = max(1, round(target / n_samples))
    smallest_number = math.ceil(SMALLEST_POPULATION / n_samples)
    return [n_samples * max(n_rounds, smallest_number)]
