"""What is best is the best of the history: for fitter, result, store and held-out score."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brian2 import ms, mV, nS, pF

from brianfit import (
    CMAESOptimizer,
    Fitter,
    GammaFactor,
    MSEMetric,
    OnlineTraceFitter,
    load,
    resume,
    split,
)
from brianfit.fitting.fitters._base import AbstractFitter
from tests.parity.leaky import (
    BOUNDS,
    DT,
    EL,
    PASSIVE,
    current,
    membrane,
    spike_fitter,
    trace_fitter,
)

ASKED: dict[str, Any] = {"n_rounds": 2, "seed": 1, "callback": None}
SPIKING_BOUNDS = {"gl": [6 * nS, 14 * nS], "C": [60 * pF, 150 * pF]}


def _online(**changes: Any) -> OnlineTraceFitter:
    arguments: dict[str, Any] = {
        "input": {"I": current()},
        "output": {"v": membrane()},
        "dt": DT,
        "n_samples": 10,
        "method": "exact",
        "param_init": {"v": EL},
        "namespace": {"EL": EL},
    }
    return OnlineTraceFitter(PASSIVE, **{**arguments, **changes})


def _fitted(kind: str, store: Path | None) -> AbstractFitter:
    if kind == "spikes":
        fitter: Any = spike_fitter(engine=None, n_samples=8)
        fitter.fit(CMAESOptimizer(), store=store, **ASKED, **SPIKING_BOUNDS)
    else:
        fitter = trace_fitter(n_samples=8) if kind == "traces" else _online()
        fitter.fit(CMAESOptimizer(), store=store, **ASKED, **BOUNDS)
    return fitter


@pytest.mark.parametrize("kind", ["traces", "online", "spikes"])
def test_a_refined_sample_is_one_of_the_history_and_of_the_store(kind: str, tmp_path: Path) -> None:
    store = tmp_path / "cell.fit"
    fitter = _fitted(kind, store)
    before = fitter.result.error

    fitter.refine(callback=None)

    result, stored = fitter.result, load(store).result
    assert result.error <= before
    assert result.history.rounds[-1].kind == stored.history.rounds[-1].kind == "refine"
    assert result.error == result.history.errors.min() == stored.error
    assert stored.best_values == result.best_values
    assert stored.refinement == result.refinement != ""
    assert stored.standard_errors == result.standard_errors


def test_the_held_out_score_is_that_of_the_refined_sample() -> None:
    fitted, held_out = split(trace_fitter().recordings, by="sweep")
    fitter = trace_fitter(input=fitted, output=None, n_samples=8)
    fitter.fit(CMAESOptimizer(), validation=held_out, **ASKED, **BOUNDS)

    fitter.refine(callback=None)

    course = fitter.result.validation
    assert course is not None
    assert course.train[-1] == fitter.result.error
    np.testing.assert_allclose(course.test[-1], fitter.evaluate(held_out).error, rtol=1e-9)


def test_a_script_that_is_run_again_finds_its_refinement_in_the_store(tmp_path: Path) -> None:
    store = tmp_path / "cell.fit"

    def script() -> Any:
        fitter = trace_fitter(n_samples=8)
        fitter.fit(CMAESOptimizer(), store=store, **ASKED, **BOUNDS)
        fitter.refine(callback=None)
        fitter.fit(n_rounds=1, callback=None)
        return fitter.result

    first, again = script(), script()

    assert [done.kind for done in first.history.rounds] == ["search", "search", "refine", "search"]
    assert [done.kind for done in again.history.rounds] == ["search", "search", "refine", "search"]
    np.testing.assert_array_equal(again.history.values, first.history.values)
    assert again.error == first.error


def test_resume_ends_with_the_refinement_of_the_store(tmp_path: Path) -> None:
    store = tmp_path / "cell.fit"
    fitter = _fitted("traces", store)
    fitter.refine(callback=None)

    resumed = resume(store, callback=None)

    assert resumed.result.error == fitter.result.error
    assert resumed.result.refinement == fitter.result.refinement


def test_a_refinement_of_another_task_is_returned_but_not_kept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fitter = _fitted("traces", None)

    params, _ = fitter.refine(metric=MSEMetric(t_start=4 * ms), callback=None)

    assert set(params) == {"gl", "C"}
    assert all(done.kind == "search" for done in fitter.result.history.rounds)
    assert "the metric of 'v'" in caplog.text


def test_a_metric_of_the_same_value_is_the_same_metric() -> None:
    fitter = _fitted("traces", None)

    fitter.refine(metric=MSEMetric(), callback=None)

    assert fitter.result.history.rounds[-1].kind == "refine"


def test_the_best_sample_under_other_constants_is_told_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fitter = _fitted("traces", None)

    score = fitter.evaluate(namespace={"EL": -60 * mV})

    assert score.error > fitter.result.error
    assert "the external constant 'EL': was -70. mV, is -60. mV" in caplog.text


def test_what_is_refined_is_told_in_the_unit_of_the_output() -> None:
    fitter = trace_fitter(
        output={
            "v": membrane() + 1 * mV * np.sin(np.arange(membrane().size)).reshape(membrane().shape)
        }
    )
    fitter.fit(CMAESOptimizer(), **ASKED, **BOUNDS)

    _, result = fitter.refine(callback=None)

    simulated = np.asarray(fitter.generate("v")).ravel()
    recorded = np.asarray(fitter.output[0]).ravel()
    np.testing.assert_allclose(result.fun, simulated - recorded, atol=1e-12)
    np.testing.assert_allclose(np.mean(result.fun**2), fitter.result.error, rtol=1e-9)
    np.testing.assert_allclose(2 * result.cost, fitter.result.error, rtol=1e-9)
    step = 1e-4
    session = fitter._session
    space = session.require_search().task.parameters.space
    slopes = []
    for k in range(2):
        moved = space.to_values((result.x + step * np.eye(2)[k])[np.newaxis])[0]
        params = session.with_units(dict(zip(space.names, moved, strict=True)))
        slopes.append((np.asarray(fitter.generate("v", params)).ravel() - simulated) / step)
    np.testing.assert_allclose(result.jac, np.transpose(slopes), atol=2e-3 * np.abs(slopes).max())


@pytest.mark.parametrize(
    "said", [{"metric": {"v": MSEMetric(normalization=5 * mV)}}, {"weights": {"v": 3.0}}]
)
def test_what_the_constructor_says_is_in_force_before_the_first_fit(said: dict[str, Any]) -> None:
    fitter = Fitter(
        PASSIVE,
        {"I": current()},
        {"v": membrane()},
        dt=DT,
        method="exact",
        param_init={"v": EL},
        namespace={"EL": EL},
        n_samples=8,
        **said,
    )
    params = {"gl": 20 * nS, "C": 100 * pF}
    plain = trace_fitter().evaluate(params=params).error

    before = fitter.evaluate(params=params).error
    fitter.fit(CMAESOptimizer(), **ASKED, **BOUNDS)

    factor = 3.0 if "weights" in said else 1 / 5e-3**2
    np.testing.assert_allclose(before, factor * plain, rtol=1e-9)
    np.testing.assert_allclose(fitter.evaluate(params=params).error, before, rtol=1e-9)


def test_the_start_of_an_online_fitter_is_in_force_before_the_first_fit() -> None:
    params = {"gl": 20 * nS, "C": 100 * pF}
    expected = trace_fitter().evaluate(params=params, metric=MSEMetric(t_start=10 * ms)).error

    score = _online(t_start=10 * ms).evaluate(params=params)

    np.testing.assert_allclose(score.error, expected, rtol=1e-9)


def test_a_fit_goes_on_with_the_metric_in_use_and_not_with_that_of_the_constructor() -> None:
    fitter = Fitter(
        PASSIVE,
        {"I": current()},
        {"v": membrane()},
        dt=DT,
        method="exact",
        param_init={"v": EL},
        namespace={"EL": EL},
        n_samples=8,
        metric=MSEMetric(normalization=5 * mV),
    )
    fitter.fit(CMAESOptimizer(), metric=MSEMetric(normalization=1 * mV), **ASKED, **BOUNDS)

    fitter.fit(callback=None)

    assert fitter.iteration == 3


def test_rows_of_results_can_be_given_as_parameters() -> None:
    fitter = _fitted("traces", None)
    row = fitter.results()[0]

    error = fitter.evaluate(params=row).error

    np.testing.assert_allclose(error, float(row["error"]), rtol=1e-12)


@pytest.mark.slow
def test_traces_and_spikes_are_refined_together() -> None:
    truth = {"gl": 10 * nS, "C": 100 * pF}
    arguments: dict[str, Any] = {
        "dt": DT,
        "threshold": "v > -50*mV",
        "reset": "v = -70*mV",
        "param_init": {"v": EL},
        "namespace": {"EL": EL},
        "method": "exponential_euler",
        "n_samples": 8,
    }
    given = {"I": 2 * current()}
    nothing = {"v": membrane(), "spikes": [[], []]}
    made = Fitter(PASSIVE, given, nothing, **arguments).generate(["v", "spikes"], truth)
    fitter = Fitter(
        PASSIVE,
        given,
        made,
        metric={"v": MSEMetric(normalization=5 * mV), "spikes": GammaFactor(1 * ms)},
        **arguments,
    )
    fitter.fit(CMAESOptimizer(), **{**ASKED, "n_rounds": 1}, **SPIKING_BOUNDS)
    start = {"gl": 10.3 * nS, "C": 103 * pF}

    fitter.refine(start, callback=None)

    assert fitter.result.history.rounds[-1].kind == "refine"
    assert fitter.result.error < 0.05 * fitter.evaluate(params=start).error
