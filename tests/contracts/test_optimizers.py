"""Every optimizer keeps the contract; so do optimizers as users have written them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, final

import numpy as np
import pytest

from brianfit.optimizers import (
    AbstractOptimizer,
    CMAESOptimizer,
    DifferentialEvolution,
    GuidedCMAESOptimizer,
    LedCMAESOptimizer,
    MultiStartLeastSquares,
    NevergradOptimizer,
    ParetoOptimizer,
    ParticleSwarm,
    RandomSearch,
    ScipyOptimizer,
    SkoptOptimizer,
    calc_bounds,
)
from brianfit.testing.optimizers import OptimizerContract

Maker = Callable[[], AbstractOptimizer]


class TestCMAES(OptimizerContract):
    @pytest.fixture
    def make_optimizer(self) -> Maker:
        return CMAESOptimizer


class TestCMAESWithRunsSideBySide(OptimizerContract):
    popsize = 25

    @pytest.fixture
    def make_optimizer(self) -> Maker:
        return partial(CMAESOptimizer, population=6)


class TestCMAESWithGenerationsOfSeveralRounds(OptimizerContract):
    popsize = 3

    @pytest.fixture
    def make_optimizer(self) -> Maker:
        return CMAESOptimizer


class TestDifferentialEvolution(OptimizerContract):
    @pytest.fixture
    def make_optimizer(self) -> Maker:
        return DifferentialEvolution


class TestDifferentialEvolutionFromRandomMembers(OptimizerContract):
    popsize = 7

    @pytest.fixture
    def make_optimizer(self) -> Maker:
        return partial(
            DifferentialEvolution, population=12, strategy="rand", factor=0.6, crossover=0.9
        )


class TestDifferentialEvolutionOfFewerMembersThanSamples(OptimizerContract):
    popsize = 20

    @pytest.fixture
    def make_optimizer(self) -> Maker:
        return partial(DifferentialEvolution, population=8)


class TestGuidedCMAES(OptimizerContract):
    @pytest.fixture
    def make_optimizer(self) -> Maker:
        return GuidedCMAESOptimizer


class TestLedCMAES(OptimizerContract):
    @pytest.fixture
    def make_optimizer(self) -> Maker:
        return LedCMAESOptimizer


class TestMultiStartLeastSquares(OptimizerContract):
    @pytest.fixture
    def make_optimizer(self) -> Maker:
        return MultiStartLeastSquares


class TestParticleSwarm(OptimizerContract):
    @pytest.fixture
    def make_optimizer(self) -> Maker:
        return ParticleSwarm


class TestParticleSwarmOfFewerParticlesThanSamples(OptimizerContract):
    popsize = 25

    @pytest.fixture
    def make_optimizer(self) -> Maker:
        return partial(ParticleSwarm, population=10, informants=2)


class TestRandomSearch(OptimizerContract):
    @pytest.fixture
    def make_optimizer(self) -> Maker:
        return RandomSearch


@pytest.mark.needs_package("nevergrad")
class TestNevergradDE(OptimizerContract):
    n_evaluations = 240

    @pytest.fixture
    def make_optimizer(self) -> Maker:
        return NevergradOptimizer


@pytest.mark.needs_package("nevergrad")
class TestNevergradPSO(OptimizerContract):
    @pytest.fixture
    def make_optimizer(self) -> Maker:
        return partial(NevergradOptimizer, "PSO")


@pytest.mark.needs_package("pymoo")
class TestNSGA2(OptimizerContract):
    @pytest.fixture
    def make_optimizer(self) -> Maker:
        return ParetoOptimizer


@pytest.mark.needs_package("pymoo")
class TestNSGA3(OptimizerContract):
    @pytest.fixture
    def make_optimizer(self) -> Maker:
        return partial(ParetoOptimizer, "NSGA3")


class TestScipyDifferentialEvolution(OptimizerContract):
    @pytest.fixture
    def make_optimizer(self) -> Maker:
        return ScipyOptimizer


class TestScipyDualAnnealing(OptimizerContract):
    @pytest.fixture
    def make_optimizer(self) -> Maker:
        return partial(ScipyOptimizer, "dual_annealing")


@pytest.mark.needs_package("skopt")
class TestSkopt(OptimizerContract):
    popsize = 6
    n_evaluations = 30

    @pytest.fixture
    def make_optimizer(self) -> Maker:
        from sklearn.gaussian_process import GaussianProcessRegressor
        from sklearn.gaussian_process.kernels import RBF

        # A kernel that is not fitted makes one surrogate a matter of milliseconds.
        regressor = GaussianProcessRegressor(RBF(0.3), alpha=1e-6, optimizer=None)
        return partial(SkoptOptimizer, regressor)


@final
class HillClimber(AbstractOptimizer):
    """Samples around the best one, as lists of dictionaries, in the style of older scripts."""

    def initialize(self, parameter_names: Any, popsize: int, rounds: int, /, **bounds: Any) -> int:
        self.names = parameter_names
        self.bounds = calc_bounds(parameter_names, **bounds)
        self.best: Mapping[str, float] | None = None
        self.best_error = np.inf
        return popsize

    def ask(self, n_samples: int) -> list[dict[str, float]]:
        return [self._sample() for _ in range(n_samples)]

    def tell(self, parameters: Any, errors: Any) -> None:
        lowest = int(np.argmin(errors))
        if self.best is None or errors[lowest] < self.best_error:
            self.best, self.best_error = parameters[lowest], errors[lowest]

    def recommend(self) -> Mapping[str, float] | None:
        return self.best

    def _sample(self) -> dict[str, float]:
        sample = {}
        for name, (low, high) in zip(self.names, self.bounds, strict=True):
            value = self.generator.uniform(low, high)
            if self.best is not None:
                value = self.best[name] + 0.1 * (high - low) * self.generator.normal()
            sample[name] = float(np.clip(value, low, high))
        return sample


class TestOptimizerOfDictionaries(OptimizerContract):
    @pytest.fixture
    def make_optimizer(self) -> Maker:
        return HillClimber


@final
class ListSearch(AbstractOptimizer):
    """Random samples as lists of lists; an optimizer in its shortest form."""

    def initialize(self, parameter_names: Any, popsize: int, rounds: int, /, **bounds: Any) -> int:
        self.bounds = calc_bounds(parameter_names, **bounds)
        self.told: list[tuple[float, list[float]]] = []
        return popsize

    def ask(self, n_samples: int) -> list[list[float]]:
        return [
            [float(self.generator.uniform(low, high)) for low, high in self.bounds]
            for _ in range(n_samples)
        ]

    def tell(self, parameters: Any, errors: Any) -> None:
        self.told.extend(zip(map(float, errors), parameters, strict=True))

    def recommend(self) -> list[float]:
        return min(self.told, key=lambda pair: pair[0])[1]


class TestOptimizerOfLists(OptimizerContract):
    @pytest.fixture
    def make_optimizer(self) -> Maker:
        return ListSearch
