"""What every optimizer must satisfy, as tests that authors of optimizers inherit.

    class TestMyOptimizer(OptimizerContract):
        @pytest.fixture
        def make_optimizer(self):
            return partial(MyOptimizer, greed=0.5)

`make_optimizer` returns a function that makes the optimizer; it is called without arguments.
Samples may be arrays, lists of sequences or lists of dictionaries.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brianfit.engines import AbstractEngine, ReferenceEngine
from brianfit.engines.fused import FusedEngine
from brianfit.optimizers import AbstractOptimizer, SupportsStart
from brianfit.results import load
from brianfit.testing.optimizer_runs import BOUNDS, Run, diverging_sphere, fit_in_a_store, sphere

OptimizerMaker = Callable[[], AbstractOptimizer]


class OptimizerContract:
    """Tests of an optimizer; derive from it and give it the fixture `make_optimizer`.

    Attributes
    ----------
    popsize : int
        Samples wanted per round.
    n_evaluations : int
        Evaluations with which the optimizer must beat random search by chance.
    """

    popsize = 10
    n_evaluations = 200

    @property
    def radius_squared(self) -> float:
        """The error that random search surpasses once in a million searches."""
        # All of N random samples miss a disc of area a of the unit square with probability (1-a)^N.
        return float((1 - 1e-6 ** (1 / self.n_evaluations)) / np.pi)

    @pytest.fixture
    def make_optimizer(self) -> OptimizerMaker:
        """Return a function that makes the optimizer."""
        raise NotImplementedError("A subclass of OptimizerContract gives `make_optimizer`.")

    @pytest.mark.parametrize("n_parameters", [1, 3, 20])
    def test_asks_for_samples_inside_the_bounds(
        self, make_optimizer: OptimizerMaker, n_parameters: int
    ) -> None:
        bounds = {f"p{index}": (-1.0, 1.0 + index) for index in range(n_parameters)}
        run = Run(make_optimizer(), bounds, popsize=self.popsize, n_rounds=4)

        run.rounds(4, lambda samples: np.sum(samples, axis=1))

        low, high = np.array(list(bounds.values())).T
        assert run.samples.shape == (4 * run.n_samples, n_parameters)
        assert np.all(run.samples >= low)
        assert np.all(run.samples <= high)

    def test_returns_the_number_of_samples_that_it_works_with(
        self, make_optimizer: OptimizerMaker
    ) -> None:
        run = Run(make_optimizer(), BOUNDS, popsize=self.popsize, n_rounds=2)

        run.rounds(1, sphere)

        assert run.n_samples >= 1
        assert len(run.errors) == run.n_samples

    def test_goes_on_after_more_rounds_than_were_foreseen(
        self, make_optimizer: OptimizerMaker
    ) -> None:
        run = Run(make_optimizer(), BOUNDS, popsize=self.popsize, n_rounds=1)

        run.rounds(4, sphere)

        assert len(run.errors) == 4 * run.n_samples

    def test_gives_the_same_samples_for_the_same_seed(self, make_optimizer: OptimizerMaker) -> None:
        first = Run(make_optimizer(), BOUNDS, popsize=self.popsize, n_rounds=4)
        second = Run(make_optimizer(), BOUNDS, popsize=self.popsize, n_rounds=4)

        first.rounds(4, sphere)
        second.rounds(4, sphere)

        np.testing.assert_array_equal(first.samples, second.samples)

    def test_gives_other_samples_for_another_seed(self, make_optimizer: OptimizerMaker) -> None:
        first = Run(make_optimizer(), BOUNDS, popsize=self.popsize, n_rounds=4)
        second = Run(make_optimizer(), BOUNDS, popsize=self.popsize, n_rounds=4, seed=2)

        first.rounds(4, sphere)
        second.rounds(4, sphere)

        assert not np.array_equal(first.samples, second.samples)

    def test_leaves_the_global_random_numbers_alone(self, make_optimizer: OptimizerMaker) -> None:
        before = pickle.dumps(np.random.get_state())  # noqa: NPY002 - it is what must not change
        run = Run(make_optimizer(), BOUNDS, popsize=self.popsize, n_rounds=3)

        run.rounds(3, sphere)

        assert pickle.dumps(np.random.get_state()) == before  # noqa: NPY002

    @pytest.mark.parametrize("copy", [deepcopy, lambda part: pickle.loads(pickle.dumps(part))])  # noqa: S301
    def test_goes_on_identically_when_it_is_copied_between_rounds(
        self, make_optimizer: OptimizerMaker, copy: Callable[[Any], Any]
    ) -> None:
        original = Run(make_optimizer(), BOUNDS, popsize=self.popsize, n_rounds=6)
        original.rounds(3, sphere)
        copied = copy(original)

        original.rounds(3, sphere)
        copied.rounds(3, sphere)

        np.testing.assert_array_equal(copied.samples, original.samples)

    @pytest.mark.parametrize("copy", [deepcopy, lambda part: pickle.loads(pickle.dumps(part))])  # noqa: S301
    def test_goes_on_identically_when_it_is_copied_before_it_is_told(
        self, make_optimizer: OptimizerMaker, copy: Callable[[Any], Any]
    ) -> None:
        original = Run(make_optimizer(), BOUNDS, popsize=self.popsize, n_rounds=6)
        original.rounds(2, sphere)
        original.ask()
        copied = copy(original)

        for run in (original, copied):
            run.tell(sphere)
            run.rounds(3, sphere)

        np.testing.assert_array_equal(copied.samples, original.samples)

    def test_goes_on_after_a_round_that_was_never_told(
        self, make_optimizer: OptimizerMaker
    ) -> None:
        run = Run(make_optimizer(), BOUNDS, popsize=self.popsize, n_rounds=4)
        run.rounds(1, sphere)
        run.ask()

        run.rounds(2, sphere)

        assert len(run.errors) == 3 * run.n_samples

    @pytest.mark.parametrize("error", [np.inf, 0.0, 1.0])
    def test_survives_equal_errors(self, make_optimizer: OptimizerMaker, error: float) -> None:
        run = Run(make_optimizer(), BOUNDS, popsize=self.popsize, n_rounds=8)

        run.rounds(8, lambda samples: np.full(len(samples), error))

        assert np.all(np.isfinite(run.samples))
        assert run.recommended in run.samples

    def test_survives_samples_that_diverge(self, make_optimizer: OptimizerMaker) -> None:
        run = Run(make_optimizer(), BOUNDS, popsize=self.popsize, n_rounds=8)

        run.rounds(8, diverging_sphere)

        assert np.all(np.isfinite(run.samples))
        assert np.isfinite(diverging_sphere(run.recommended[np.newaxis])[0])

    def test_recommends_the_best_sample_told(self, make_optimizer: OptimizerMaker) -> None:
        run = Run(make_optimizer(), BOUNDS, popsize=self.popsize, n_rounds=5)

        run.rounds(5, diverging_sphere)

        np.testing.assert_array_equal(run.recommended, run.samples[np.argmin(run.errors)])

    def test_is_not_worse_than_random_search_on_a_sphere(
        self, make_optimizer: OptimizerMaker
    ) -> None:
        run = Run(make_optimizer(), BOUNDS, popsize=self.popsize, n_rounds=self.n_evaluations)

        run.rounds(self.n_evaluations // run.n_samples, sphere)

        assert min(run.errors) < self.radius_squared

    @pytest.mark.parametrize("corner", [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)])
    def test_is_not_worse_than_random_search_when_it_starts_in_a_corner(
        self, make_optimizer: OptimizerMaker, corner: tuple[float, float]
    ) -> None:
        run = Run(make_optimizer(), BOUNDS, popsize=self.popsize, n_rounds=self.n_evaluations)
        if not isinstance(run.optimizer, SupportsStart):
            pytest.skip("It does not start at a given point.")
        low, high = np.array(list(BOUNDS.values())).T
        run.optimizer.start_from(low + np.array(corner) * (high - low))

        run.rounds(self.n_evaluations // run.n_samples, sphere)

        assert min(run.errors) < self.radius_squared

    def test_starts_anew_when_it_is_initialized_again(self, make_optimizer: OptimizerMaker) -> None:
        used = make_optimizer()
        first = Run(used, {"a": (0.0, 1.0)}, popsize=2 * self.popsize, n_rounds=2)
        first.rounds(2, lambda samples: samples[:, 0])
        again = Run(used, BOUNDS, popsize=self.popsize, n_rounds=6)
        fresh = Run(make_optimizer(), BOUNDS, popsize=self.popsize, n_rounds=6)

        again.rounds(6, sphere)
        fresh.rounds(6, sphere)

        assert again.n_samples == fresh.n_samples
        np.testing.assert_array_equal(again.samples, fresh.samples)
        np.testing.assert_array_equal(again.recommended, fresh.recommended)

    def test_takes_parameters_named_like_arguments(self, make_optimizer: OptimizerMaker) -> None:
        names = ["self", "parameter_names", "popsize", "rounds", "bounds"]
        bounds = dict.fromkeys(names, (0.0, 1.0))
        run = Run(make_optimizer(), bounds, popsize=self.popsize, n_rounds=2)

        run.rounds(2, lambda samples: np.sum(samples, axis=1))

        assert run.recommended.shape == (5,)

    @pytest.mark.parametrize("make_engine", [FusedEngine, ReferenceEngine])
    @pytest.mark.parametrize("stop", [1, 3])
    def test_a_fit_goes_on_identically_from_its_store(
        self,
        make_optimizer: OptimizerMaker,
        tmp_path: Path,
        make_engine: Callable[[], AbstractEngine],
        stop: int,
    ) -> None:
        store = tmp_path / "cell.fit"
        whole = fit_in_a_store(make_optimizer(), make_engine(), self.popsize, None, stop=None)
        fit_in_a_store(make_optimizer(), make_engine(), self.popsize, store, stop=stop)

        resumed = fit_in_a_store(make_optimizer(), make_engine(), self.popsize, store, stop=None)

        np.testing.assert_array_equal(resumed.history.values, whole.history.values)
        np.testing.assert_array_equal(resumed.history.errors, whole.history.errors)
        assert resumed.best_values == whole.best_values
        assert load(store).result.best_values == whole.best_values

    def test_errors_beyond_its_limits_make_no_difference(
        self, make_optimizer: OptimizerMaker
    ) -> None:
        racing = make_optimizer()
        racing.racing = True
        exact = Run(make_optimizer(), BOUNDS, popsize=self.popsize, n_rounds=20)
        bounded = Run(racing, BOUNDS, popsize=self.popsize, n_rounds=20)

        bounded.rounds(20, diverging_sphere)
        if not bounded.has_limits:
            pytest.skip("It needs all errors.")
        exact.rounds(20, diverging_sphere)

        np.testing.assert_array_equal(bounded.samples, exact.samples)
        np.testing.assert_array_equal(bounded.recommended, exact.recommended)

    def test_leaves_the_errors_that_it_is_told_unchanged(
        self, make_optimizer: OptimizerMaker
    ) -> None:
        run = Run(make_optimizer(), BOUNDS, popsize=self.popsize, n_rounds=2)

        run.rounds(1, lambda rows: np.where(np.arange(len(rows)) == 0, np.inf, sphere(rows)))

        assert not run.has_changed_errors
