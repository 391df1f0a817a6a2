"""What every engine must satisfy for models with random numbers; see `engines`."""

from __future__ import annotations

import numpy as np
import pytest

from brianfit.engines import AbstractEngine
from brianfit.testing.engine_examples import simple_task

N_SAMPLES = 400

DIFFUSION = "dx/dt = drift/ms + sigma*xi/ms**0.5 : 1\ndrift : 1\nsigma : 1"
"""After ten steps of 0.1 ms: mean ``drift``, variance ``sigma**2``, Gaussian."""

ROUNDS = [(1, 0, 0), (2, 0, 0), (1, 1, 0), (1, 0, N_SAMPLES)]
"""Different (seed, number of the round, first sample)."""


class NoiseContract:
    """Tests of an engine that can run noise; derive from it and give it the fixture `engine`."""

    @pytest.fixture
    def engine(self) -> AbstractEngine:
        """Return the engine to be tested."""
        raise NotImplementedError("A subclass of NoiseContract gives the fixture `engine`.")

    def test_the_same_seed_and_round_give_the_same_numbers(self, engine: AbstractEngine) -> None:
        simulation = engine.prepare(simple_task(DIFFUSION, recorded=("x",)))
        samples = np.ones((5, 2))

        first = simulation.run(samples, iteration=3, seed=11)
        simulation.run(samples, iteration=4, seed=12)
        again = simulation.run(samples, iteration=3, seed=11)
        elsewhere = engine.prepare(simple_task(DIFFUSION, recorded=("x",)))
        there = elsewhere.run(samples, iteration=3, seed=11)

        np.testing.assert_array_equal(first.traces["x"], again.traces["x"])
        np.testing.assert_array_equal(first.traces["x"], there.traces["x"])

    def test_seeds_rounds_and_parts_of_a_round_have_noise_of_their_own(
        self, engine: AbstractEngine
    ) -> None:
        simulation = engine.prepare(simple_task(DIFFUSION, final=("x",)))
        samples = np.ones((N_SAMPLES, 2))

        finals = [
            simulation.run(samples, iteration=number, seed=seed, first_sample=first).final["x"]
            for seed, number, first in ROUNDS
        ]

        correlation = np.corrcoef(np.array(finals)[:, :, 0])
        others = correlation[~np.eye(len(ROUNDS), dtype=bool)]
        assert np.abs(others).max() < 5 / np.sqrt(N_SAMPLES)  # five standard errors

    def test_noise_has_the_mean_and_variance_of_the_equation(self, engine: AbstractEngine) -> None:
        simulation = engine.prepare(simple_task(DIFFUSION, final=("x",)))

        final = simulation.run(np.full((N_SAMPLES, 2), [3.0, 2.0]), iteration=0, seed=1).final

        # Five standard errors: sigma/sqrt(n) of the mean, sigma**2*sqrt(2/n) of the variance.
        assert np.mean(final["x"]) == pytest.approx(3.0, abs=5 * 2 / np.sqrt(N_SAMPLES))
        assert np.var(final["x"]) == pytest.approx(4.0, abs=5 * 4 * np.sqrt(2 / N_SAMPLES))

    def test_the_random_numbers_of_numpy_are_left_alone(self, engine: AbstractEngine) -> None:
        simulation = engine.prepare(simple_task(DIFFUSION, final=("x",)))
        before = np.random.get_state(legacy=False)["state"]["pos"]  # noqa: NPY002 - theirs

        simulation.run(np.ones((5, 2)), iteration=0, seed=1)

        assert np.random.get_state(legacy=False)["state"]["pos"] == before  # noqa: NPY002 - theirs
