"""Which optimizer searches when none is named."""

from __future__ import annotations

from typing import Any, final

import numpy as np
import pytest
from brian2 import ms, mV, nA, nS

from brianfit import (
    Fitter,
    GammaFactor,
    MaxEvaluations,
    MSEMetric,
    RecordingSet,
    ReferenceEngine,
    SpikeFitter,
    TraceFitter,
    TraceMetric,
)
from brianfit._foundation.errors import InvalidTypeError
from brianfit.optimizers import (
    AbstractOptimizer,
    CMAESOptimizer,
    GuidedCMAESOptimizer,
    LedCMAESOptimizer,
    MultiStartLeastSquares,
)

LEAK = "dv/dt = (g*(-70*mV - v) + I)/(100*pF) : volt\ng : siemens (constant)"
BOUNDS = {"g": [1 * nS, 100 * nS]}
RESET: dict[str, Any] = {
    "dt": 0.1 * ms,
    "method": "euler",
    "threshold": "v > -65*mV",
    "reset": "v = -70*mV",
    "engine": ReferenceEngine(),
}


@final
class LastValue(TraceMetric):
    """A metric that is no mean of squares."""

    def get_features(self, model: Any, data: Any, dt: float) -> np.ndarray:
        return np.abs(model[:, :, -1] - data[:, -1])

    def get_errors(self, features: Any) -> np.ndarray:
        return features.mean(axis=1)


def trace_fitter(model: str = LEAK, **changes: Any) -> TraceFitter:
    decay = -70 + 10 * np.exp(-np.arange(20) / 10)
    arguments = {
        "output": {"v": decay[np.newaxis] * mV},
        "dt": 0.1 * ms,
        "n_samples": 6,
        "method": "euler",
        "param_init": {"v": -60 * mV},
        "engine": ReferenceEngine(),
    }
    return TraceFitter(model, {"I": np.zeros((1, 20)) * nA}, **{**arguments, **changes})


def chosen(fitter: Any, **options: Any) -> AbstractOptimizer:
    fitter.fit(n_rounds=0, callback=None, seed=1, **{**BOUNDS, **options})
    return fitter.optimizer


def test_smooth_traces_compared_by_squares_are_searched_by_least_squares() -> None:
    fitter = trace_fitter()

    assert isinstance(chosen(fitter), MultiStartLeastSquares)
    assert fitter.result.strategy == (
        "least squares from many starts, because the outputs are smooth and compared by squares, "
        "so that derivatives lead the way"
    )


def test_a_threshold_that_does_not_act_back_leaves_traces_smooth() -> None:
    fitter = trace_fitter(threshold="v > -65*mV", refractory=2 * ms)

    assert isinstance(chosen(fitter), MultiStartLeastSquares)


def test_other_metrics_of_smooth_traces_are_guided_by_the_traces() -> None:
    assert isinstance(chosen(trace_fitter(), metric=LastValue()), GuidedCMAESOptimizer)


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (LEAK, {"threshold": "v > -65*mV", "reset": "v = -70*mV"}),
        (LEAK, {"param_init": {"v": "-60*mV + rand()*mV"}}),
        (LEAK, {"threshold": "v > -65*mV + randn()*mV"}),
        (LEAK.replace("volt", "volt (unless refractory)"), {"threshold": "v > 0*mV"}),
        (LEAK.replace(" : volt", " + xi*mV/ms**0.5 : volt"), {}),
    ],
    ids=["reset", "random start", "random threshold", "refractoriness", "noise"],
)
def test_what_jumps_is_searched_by_cma_es(model: str, changes: dict[str, Any]) -> None:
    fitter = trace_fitter(model, **changes)

    assert isinstance(chosen(fitter), CMAESOptimizer)
    assert "CMA-ES with restarts, because" in fitter.result.strategy


def test_a_penalty_takes_the_derivatives_away() -> None:
    fitter = trace_fitter(penalty="cost", model=LEAK + "\ncost = v**2 : volt**2")

    assert isinstance(chosen(fitter), CMAESOptimizer)


@pytest.mark.parametrize(
    ("trains", "foreseen", "expected"),
    [
        ([0.5, 1.0, 1.5], 9, LedCMAESOptimizer),
        ([0.5, 1.0, 1.5], 8, CMAESOptimizer),
        ([1.0], 9, CMAESOptimizer),
    ],
    ids=["enough", "small budget", "too few spikes to follow"],
)
def test_voltages_and_spikes_lead_where_there_are_enough_and_the_budget_allows(
    trains: list[float], foreseen: int, expected: type
) -> None:
    recorded = RecordingSet.from_arrays(
        dt=0.1 * ms,
        inputs={"I": np.ones((1, 20)) * nA},
        traces={"v": np.linspace(-70, -60, 20)[np.newaxis] * mV},
        spikes=[np.array(trains) * ms],
    )
    fitter = Fitter(LEAK, recorded, n_samples=6, **RESET)
    metric = {
        "v": MSEMetric(normalization=1 * mV),
        "spikes": GammaFactor(delta=0.1 * ms),
    }

    stop = MaxEvaluations(6)
    fitter.fit(n_rounds=foreseen, stop=stop, metric=metric, callback=None, seed=1, **BOUNDS)

    assert isinstance(fitter.optimizer, expected)


def test_spike_trains_are_searched_by_cma_es() -> None:
    fitter = SpikeFitter(
        LEAK,
        {"I": np.ones((1, 20)) * nA},
        [np.array([0.5, 1.0, 1.5]) * ms],
        n_samples=60,
        **RESET,
    )

    assert isinstance(chosen(fitter, metric=GammaFactor(delta=0.1 * ms)), CMAESOptimizer)


@pytest.mark.parametrize(
    ("metric", "n_rounds", "words"),
    [
        (None, 1, "; the budget is small, no local search has come to its end in 1 round"),
        (LastValue(), 2, "; the budget is small, 12 evaluations of the 200 or so that it takes"),
    ],
)
def test_a_budget_that_is_too_small_is_told(metric: Any, n_rounds: int, words: str) -> None:
    fitter = trace_fitter()

    fitter.fit(n_rounds=n_rounds, metric=metric, callback=None, seed=1, **BOUNDS)

    assert fitter.result.strategy.endswith(words)


def test_a_budget_that_is_enough_needs_no_word() -> None:
    fitter = trace_fitter()

    fitter.fit(n_rounds=12, callback=None, seed=1, **BOUNDS)

    assert "budget" not in fitter.result.strategy


@pytest.mark.parametrize(("n_rounds", "n_samples"), [(1, 1), (1, 5), (5, 1)])
@pytest.mark.parametrize("metric", [None, LastValue()])
def test_the_least_of_budgets_is_searched(metric: Any, n_rounds: int, n_samples: int) -> None:
    fitter = trace_fitter(n_samples=n_samples)

    _, error = fitter.fit(n_rounds=n_rounds, metric=metric, callback=None, seed=1, **BOUNDS)

    assert np.isfinite(error)


def test_a_named_optimizer_is_used_without_a_word() -> None:
    fitter = trace_fitter()
    named = CMAESOptimizer()

    assert chosen(fitter, optimizer=named) is named
    assert fitter.result.strategy == ""


def test_a_restart_with_another_metric_chooses_again() -> None:
    fitter = trace_fitter()
    chosen(fitter)

    found = chosen(fitter, metric=LastValue(), restart=True)

    assert isinstance(found, GuidedCMAESOptimizer)


def test_least_squares_is_refused_where_there_are_none() -> None:
    with pytest.raises(InvalidTypeError, match="such as MSEMetric"):
        chosen(trace_fitter(), metric=LastValue(), optimizer=MultiStartLeastSquares())


def test_guidance_is_refused_where_there_is_no_trace_to_follow() -> None:
    flat = trace_fitter(output={"v": np.full((1, 20), -70.0) * mV})

    with pytest.raises(InvalidTypeError, match="recordings that are not constant"):
        chosen(flat, metric=LastValue(), optimizer=GuidedCMAESOptimizer())


@pytest.mark.parametrize("metric", [None, LastValue()], ids=["squares", "another metric"])
def test_the_default_fits_a_decay(metric: Any) -> None:
    fitter = trace_fitter(n_samples=12)

    fitter.fit(n_rounds=25, metric=metric, callback=None, seed=1, **BOUNDS)

    # 10*exp(-t/ms) is a leak of 100 pF / ms; the Euler method with a tenth of that is 5 % off.
    assert fitter.best_params["g"] / nS == pytest.approx(95.2, rel=0.01)
