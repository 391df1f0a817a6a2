"""Metrics and optimizers are called as published scripts call them."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import Quantity, ms, mV, second

from brianfit._foundation.errors import BrianfitError, InvalidTypeError, InvalidValueError
from brianfit.metrics import AbstractSpikeMetric, MSEMetric, SpikeCount, SupportsDurations
from brianfit.optimizers import calc_bounds
from tests.ready_parts import METRICS, OPTIMIZER_NAMES, OPTIMIZERS, make_metric

DT = 1 * ms
N_STEPS = 4


@pytest.mark.parametrize("name", METRICS)
def test_t_start_of_a_metric_is_a_time(name: str) -> None:
    metric = make_metric(name, t_start=2 * ms)

    assert isinstance(metric.t_start, Quantity)
    assert metric.t_start == 2 * ms
    assert metric.t_start < 10 * ms
    assert metric.t_start_ == 0.002


def test_t_start_can_be_changed() -> None:
    metric = MSEMetric()
    model, data = np.array([[[1.0, 2.0, 3.0, 4.0]]]), np.zeros((1, N_STEPS))

    metric.t_start = 3 * ms

    np.testing.assert_allclose(metric.calc(model, data, DT), [16.0])
    with pytest.raises(InvalidValueError, match="t_start"):
        metric.t_start = -1 * second


@pytest.mark.parametrize("name", METRICS)
def test_calc_takes_its_arguments_by_either_name(name: str) -> None:
    metric = make_metric(name)
    if isinstance(metric, SupportsDurations):
        metric = metric.with_durations(np.array([N_STEPS * 1e-3]))
    if isinstance(metric, AbstractSpikeMetric):
        names, model, data = "spikes", [[np.array([1e-3, 2e-3])]], [np.array([1e-3])]
    else:
        names, model, data = "traces", np.ones((1, 1, N_STEPS)), np.array([[0.0, 1.0, 0.0, 2.0]])
    expected = metric.calc(model, data, DT)

    long = metric.calc(**{f"model_{names}": model, f"data_{names}": data, "dt": DT})
    short = metric.calc(model=model, data=data, dt=DT)

    np.testing.assert_array_equal(long, expected)
    np.testing.assert_array_equal(short, expected)


def test_what_is_masked_in_a_recording_was_not_measured() -> None:
    data = np.ma.masked_greater(np.array([[0.0, 0.0, 50.0, 0.0]]), 10.0)

    errors = MSEMetric().calc(np.ones((1, 1, N_STEPS)), data, DT)

    np.testing.assert_allclose(errors, [1.0])


@pytest.mark.parametrize("name", OPTIMIZER_NAMES)
def test_initialize_takes_its_arguments_by_name(name: str) -> None:
    optimizer, other = OPTIMIZERS[name](), OPTIMIZERS[name]()
    for one in (optimizer, other):
        one.seed(np.random.default_rng(1))

    n_samples = optimizer.initialize(parameter_names=["a"], popsize=30, rounds=2, a=[0, 1])

    assert n_samples == other.initialize(["a"], 30, 2, a=[0, 1])
    np.testing.assert_array_equal(
        optimizer.ask(n_samples=n_samples), other.ask(n_samples=n_samples)
    )


def test_a_missing_argument_of_initialize_is_named() -> None:
    with pytest.raises(InvalidTypeError, match="`rounds`"):
        OPTIMIZERS["RandomSearch"]().initialize(["a"], 30, a=[0, 1])


def test_bounds_are_listed_by_name() -> None:
    assert calc_bounds(parameter_names=["b", "a"], a=[0, 1], b=[2, 3]) == [[2, 3], [0, 1]]


@pytest.mark.parametrize("odd", [3, "spikes", None, [3], [[3 * mV]]])
def test_spikes_that_are_none_are_refused(odd: object) -> None:
    with pytest.raises(BrianfitError, match="model_spikes"):
        SpikeCount().calc(odd, [[0.1]], DT)
