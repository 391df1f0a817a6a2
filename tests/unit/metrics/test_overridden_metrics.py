"""A metric derived from a ready one computes what it says, whatever short cuts the base offers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brianfit import metrics
from brianfit._foundation.errors import BrianfitError
from brianfit._foundation.parts import Capability, capability
from brianfit.metrics import AbstractSpikeMetric, MSEMetric, SupportsDurations
from brianfit.model.parameter_columns import ParameterColumns
from brianfit.objective import Objective, SpikeOutput, TraceOutput, build_objective
from brianfit.optimizers import DifferentialEvolution, MultiStartLeastSquares
from tests.ready_parts import METRICS, make_metric
from tests.unit.fitting.line_fits import TRUTH, fit
from tests.unit.objective.stand_ins import DT, N_STEPS, N_TRACES, LineEngine, task

SAMPLES = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]])
HOOKS = ("get_features", "get_errors", "calc")
CAPABILITIES = {name: kind for name, kind in vars(metrics).items() if isinstance(kind, Capability)}


def get_features(self: Any, model: Any, data: Any, dt: float) -> Any:
    sevens = np.full((len(model), len(data)), 7.0)
    if hasattr(self, "windows"):  # its features are parts, on an axis of their own
        return np.repeat(sevens[:, :, np.newaxis], len(self.part_names), axis=2)
    if hasattr(self, "feat_list"):
        return [dict.fromkeys(self.feat_list, row) for row in sevens]
    return sevens


def get_errors(self: Any, features: Any) -> Any:
    return np.arange(len(features)) + 7.0


def calc(self: Any, model: Any, data: Any, dt: Any) -> Any:
    assert len(data) == N_TRACES
    return np.arange(len(model)) + 7.0


OVERRIDES = {function.__name__: function for function in (get_features, get_errors, calc)}


def derived(name: str, *hooks: str) -> Any:
    """Return a metric of a class derived from a ready one, some methods written anew."""
    kind = type("Derived", (METRICS[name],), {hook: OVERRIDES[hook] for hook in hooks})
    return make_metric(name, kind, normalization=2.0)


def objective_of(metric: Any, **options: Any) -> Objective:
    """Return the objective of the lines of the stand-ins, compared with zero, or of two spikes."""
    if isinstance(metric, SupportsDurations):
        metric = metric.with_durations(np.full(N_TRACES, N_STEPS * DT))
    output: Any
    if isinstance(metric, AbstractSpikeMetric):
        output = SpikeOutput(
            metric=metric,
            data=(np.array([1e-3]), np.array([1e-3])),
            trace_of_train=tuple(range(N_TRACES)),
            durations=np.full(N_TRACES, N_STEPS * DT),
        )
    else:
        output = TraceOutput(name="v", metric=metric, data=np.zeros((N_TRACES, N_STEPS)))
    columns = ParameterColumns(free=("a", "b"), fixed={}, tied={})
    return build_objective(task(), [output], engine=LineEngine(), columns=columns, **options)


def expected_errors(metric: Any, hook: str) -> np.ndarray:
    counted = np.arange(len(SAMPLES)) + 7.0
    if hook == "calc":
        return counted
    if hook == "get_features":
        features = get_features(metric, SAMPLES, np.zeros(N_TRACES), DT)
        counted = metric.get_errors(features)
    return counted * (metric.normalization if isinstance(metric, AbstractSpikeMetric) else 1.0)


@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("name", METRICS)
def test_the_error_is_that_of_the_method_written_anew(name: str, hook: str) -> None:
    metric = derived(name, hook)

    found = objective_of(metric, keep_parts=True).evaluate(SAMPLES, iteration=0, seed=0)

    expected = expected_errors(metric, hook)
    np.testing.assert_allclose(found.errors, expected, rtol=1e-12)
    assert found.part_errors is not None
    np.testing.assert_allclose(found.part_errors.sum(axis=1), expected, rtol=1e-12)


@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("name", METRICS)
def test_an_inherited_short_cut_past_the_method_is_not_offered(name: str, hook: str) -> None:
    metric = derived(name, hook)

    offered = {word for word, kind in CAPABILITIES.items() if isinstance(metric, kind)}

    replaced = {word for word, kind in CAPABILITIES.items() if hook in capability._REPLACED[kind]}
    assert offered.isdisjoint(replaced)
    assert not objective_of(metric).is_least_squares


@pytest.mark.parametrize("name", METRICS)
def test_a_method_that_only_calls_the_one_of_the_base_gives_the_same_errors(name: str) -> None:
    def features_of_base(self: Any, model: Any, data: Any, dt: float) -> Any:
        return METRICS[name].get_features(self, model, data, dt)

    def errors_of_base(self: Any, features: Any) -> Any:
        return METRICS[name].get_errors(self, features)

    def calc_of_base(self: Any, model: Any, data: Any, dt: Any) -> Any:
        return METRICS[name].calc(self, model, data, dt)

    ready = objective_of(make_metric(name)).evaluate(SAMPLES, iteration=0, seed=0)
    for body in (
        {"get_features": features_of_base},
        {"get_errors": errors_of_base},
        {"calc": calc_of_base},
    ):
        metric = make_metric(name, type("Derived", (METRICS[name],), body))

        found = objective_of(metric).evaluate(SAMPLES, iteration=0, seed=0)

        np.testing.assert_allclose(found.errors, ready.errors, rtol=1e-9)


def test_a_short_cut_written_anew_as_well_is_offered() -> None:
    def residual_weights(self: Any, data: Any, dt: float) -> Any:
        return np.ones(data.shape)

    body = {**OVERRIDES, "residual_weights": residual_weights}
    metric = type("Derived", (MSEMetric,), body)()

    assert isinstance(metric, metrics.SupportsResiduals)
    assert not isinstance(metric, metrics.SupportsAccumulator)


def test_a_method_given_to_the_object_itself_counts_as_most_derived() -> None:
    metric = MSEMetric()
    metric.get_errors = lambda features: np.full(len(features), 7.0)  # type: ignore[method-assign]

    found = objective_of(metric).evaluate(SAMPLES, iteration=0, seed=0)

    np.testing.assert_array_equal(found.errors, np.full(len(SAMPLES), 7.0))


def test_calc_is_given_all_repeats_of_a_trace() -> None:
    seen: list[Any] = []

    class Derived(metrics.VanRossum):
        def calc(self, model: Any, data: Any, dt: Any) -> Any:
            seen.extend([model[0][0], data[0]])
            return np.zeros(len(model))

    output = SpikeOutput(
        metric=Derived(1e-3),
        data=(np.array([1e-3]), np.array([2e-3])),
        trace_of_train=(0, 0),
        durations=np.array([N_STEPS * DT]),
        repeats=2,
    )
    columns = ParameterColumns(free=("a", "b"), fixed={}, tied={})
    built = build_objective(task(), [output], engine=LineEngine(), columns=columns)

    built.evaluate(SAMPLES, iteration=0, seed=0)

    assert [len(repeats) for repeats in seen] == [2, 2]


@pytest.mark.parametrize("hook", HOOKS)
def test_fits_evaluate_and_refine_with_the_method_written_anew(hook: str) -> None:
    metric = derived("MSEMetric", hook)

    fitter = fit(None, n_rounds=2, metric=metric)

    assert not isinstance(fitter.optimizer, MultiStartLeastSquares)
    assert fitter.best_error == fitter.evaluate().error
    assert fitter.best_error == pytest.approx(7.0)
    with pytest.raises(BrianfitError, match="MSEMetric for every output"):
        fitter.refine(callback=None)


def test_gives_no_sample_up_for_an_error_that_the_metric_does_not_have(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fitter = fit(DifferentialEvolution(racing=True), metric=derived("MSEMetric", "get_errors"))

    assert "Racing has no effect" in caplog.text
    assert not fitter.result.history.is_bound.any()


def test_a_fit_with_a_ready_metric_still_uses_derivatives() -> None:
    fitter = fit(None, metric=MSEMetric())

    assert isinstance(fitter.optimizer, MultiStartLeastSquares)
    assert fitter.best_params == pytest.approx({"a": TRUTH[0, 0], "b": TRUTH[0, 1]})
