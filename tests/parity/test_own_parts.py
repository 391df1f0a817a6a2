"""Parts written by users: metrics, optimizers, engines, executors; and models with noise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np
import pytest
from brian2 import ms, mV, nS, pF, volt

from brianfit import (
    AbstractEngine,
    CMAESOptimizer,
    MSEMetric,
    Optimizer,
    ReferenceEngine,
    SpikeMetric,
    TraceMetric,
)
from brianfit.executors import AbstractExecutor
from tests.parity.leaky import BOUNDS, EL, PASSIVE, membrane, spike_fitter, trace_fitter
from tests.parity.scripted_optimizer import ScriptedOptimizer

TRUTH = [0.5, 0.5]
ROWS = [TRUTH, [0.2, 0.6], [0.9, 0.1]]


@final
class LargestDifference(TraceMetric):
    """The largest difference on each trace, averaged over the traces."""

    output_power = 1

    def get_features(self, model, data, dt):
        return np.abs(model - data).max(axis=2)

    def get_errors(self, features):
        return features.mean(axis=1)


@final
class CountDifference(SpikeMetric):
    """The difference of spike counts."""

    def get_features(self, model, data, dt):
        return np.array(
            [[abs(len(m) - len(d)) for m, d in zip(s, data, strict=True)] for s in model]
        )

    def get_errors(self, features):
        return features.mean(axis=1)


def test_a_trace_metric_of_ones_own_is_minimised_with_its_unit() -> None:
    target = membrane() + 1 * mV
    target[1, 40] += 4 * mV
    fitter = trace_fitter(output={"v": target})

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), LargestDifference(), callback=None, **BOUNDS)

    assert error.dim is volt.dim
    assert float(error / mV) == pytest.approx((1 + 5) / 2)
    np.testing.assert_allclose(fitter.result.trace_errors["v"], [1e-3, 5e-3])


def test_t_start_and_normalization_serve_a_metric_of_ones_own() -> None:
    target = membrane() + 1 * mV
    target[:, :100] += 9 * mV
    metric = LargestDifference(t_start=10 * ms, normalization=2 * mV)
    fitter = trace_fitter(output={"v": target})

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), metric, callback=None, **BOUNDS)

    assert error == pytest.approx(0.5)


def test_a_spike_metric_of_ones_own_is_minimised() -> None:
    trains = spike_fitter().generate_spikes({"gl": 10 * nS, "C": 100 * pF})
    fitter = spike_fitter(output=[[*np.asarray(trains[0]), 0.0195], trains[1]])

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), CountDifference(), callback=None, **BOUNDS)

    assert error == pytest.approx((1 + 0) / 2)


def test_a_metric_that_returns_too_few_errors_is_named() -> None:
    @final
    class Short(TraceMetric):
        def get_features(self, model, data, dt):
            return model.mean(axis=(1, 2))

        def get_errors(self, features):
            return features[:0]

    with pytest.raises(
        ValueError, match="The metric Short must return one error for each of the 3"
    ):
        trace_fitter().fit(ScriptedOptimizer(ROWS), Short(), callback=None, **BOUNDS)


def test_a_metric_needs_both_of_its_methods() -> None:
    class Half(TraceMetric):
        def get_features(self, model, data, dt):
            return model

    with pytest.raises(TypeError, match="get_errors"):
        Half()


@final
class Halving(Optimizer):
    """Go half of the way from the best sample to a random one, as lists."""

    def initialize(
        self, parameter_names: Sequence[str], popsize: int, rounds: int, /, **bounds: Any
    ) -> int:
        self.bounds = bounds
        self.best: tuple[float, list[float]] = (np.inf, [0.5] * len(parameter_names))
        return popsize

    def ask(self, n_samples: int) -> list[list[float]]:
        goals = self.generator.random((n_samples, len(self.best[1])))
        return ((goals + self.best[1]) / 2).tolist()

    def tell(self, parameters: Any, errors: Any) -> None:
        best = int(np.argmin(errors))
        self.best = min(self.best, (float(errors[best]), list(parameters[best])))

    def recommend(self) -> list[float]:
        return self.best[1]


def test_an_optimizer_of_ones_own_searches_between_zero_and_one() -> None:
    optimizer = Halving()
    fitter = trace_fitter()

    _, error = fitter.fit(optimizer, n_rounds=5, callback=None, seed=3, **BOUNDS)

    history = fitter.result.history
    assert optimizer.bounds == {"gl": (0.0, 1.0), "C": (0.0, 1.0)}
    assert float(error) == history.errors.min() < history.errors[0]
    np.testing.assert_allclose(
        fitter._session.require_search().task.parameters.space.to_values(
            np.array([optimizer.recommend()])
        )[0],
        history.values[history.best],
    )


def test_the_generator_of_an_optimizer_of_ones_own_follows_the_seed() -> None:
    fitters = [trace_fitter(), trace_fitter()]

    for fitter in fitters:
        fitter.fit(Halving(), n_rounds=3, callback=None, seed=3, **BOUNDS)

    np.testing.assert_array_equal(
        fitters[0].result.history.values, fitters[1].result.history.values
    )


@final
class CountingEngine(AbstractEngine):
    """The reference engine, which notes the tasks that it was given."""

    def __init__(self) -> None:
        self.tasks: list[Any] = []

    def prepare(self, task):
        self.tasks.append(task)
        return ReferenceEngine().prepare(task)


def test_an_engine_of_ones_own_simulates_everything() -> None:
    engine = CountingEngine()
    fitter = trace_fitter(engine=engine)

    fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)
    fitter.fit(n_rounds=3, callback=None)
    after_fits = len(engine.tasks)
    fitter.generate()
    fitter.refine(callback=None)

    assert after_fits == 1  # prepared once, run round after round
    # One to generate, two to refine: with derivatives, or without where there are none.
    assert len(engine.tasks) == 4
    assert {task.dt for task in engine.tasks} == {1e-4}


@final
class TwoParts(AbstractExecutor):
    """Evaluate the first sample apart from the others."""

    def run(self, evaluate: Callable[..., Any], values, join: Callable[..., Any]) -> Any:
        return join([evaluate(values[:1], 0), evaluate(values[1:], 1)])


def test_an_executor_of_ones_own_gives_the_same_numbers() -> None:
    plain, parts = trace_fitter(), trace_fitter()

    plain.fit(n_rounds=2, callback=None, seed=3, **BOUNDS)
    parts.fit(n_rounds=2, callback=None, seed=3, executor=TwoParts(), **BOUNDS)

    np.testing.assert_allclose(plain.result.history.errors, parts.result.history.errors, rtol=1e-12)


def test_a_small_memory_limit_gives_the_same_numbers() -> None:
    # Two samples of 2 traces with 200 values of 8 bytes at a time.
    plain, small = trace_fitter(), trace_fitter(memory_limit=2 * 2 * 200 * 8)

    for fitter in (plain, small):
        fitter.fit(CMAESOptimizer(), LargestDifference(), callback=None, seed=3, **BOUNDS)

    assert small._session.require_search().objective.samples_at_once() == 2
    np.testing.assert_allclose(plain.result.history.errors, small.result.history.errors, rtol=1e-12)


NOISY = PASSIVE.replace("(gl*(EL - v) + I)/C", "(gl*(EL - v) + I)/C + 1*mV*xi/ms**0.5")


def _noisy(**changes: Any):
    return trace_fitter(model=NOISY, method="euler", param_init={"v": EL}, n_samples=4, **changes)


def test_a_model_with_noise_gives_the_same_numbers_for_the_same_seed() -> None:
    fitters = [_noisy(), _noisy(), _noisy()]

    for fitter, seed in zip(fitters, (5, 5, 6), strict=True):
        fitter.fit(ScriptedOptimizer([TRUTH]), n_rounds=2, callback=None, seed=seed, **BOUNDS)

    first, again, other = (fitter.result.history.errors for fitter in fitters)
    np.testing.assert_array_equal(first, again)
    assert not np.any(first == other)
    assert first[0] != first[1]  # every round has noise of its own
    np.testing.assert_array_equal(
        np.asarray(fitters[0].generate()), np.asarray(fitters[1].generate())
    )


def test_noise_on_top_of_a_fit_leaves_numpys_generator_alone() -> None:
    state = np.random.get_state()[1].copy()  # noqa: NPY002 - the state that must not change

    _noisy().fit(ScriptedOptimizer([TRUTH]), MSEMetric(), callback=None, seed=5, **BOUNDS)

    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002 - the same
