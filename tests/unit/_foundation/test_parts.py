"""Parts remember the arguments with which they were made."""

from __future__ import annotations

import inspect
import pickle
from dataclasses import dataclass
from typing import Any, final

import brian2
import numpy as np
import pytest
from brian2 import ms, mV, second

from brianfit import metrics, optimizers
from brianfit._foundation.parts import given_arguments
from brianfit.metrics import AbstractTraceMetric, FeatureMetric, GammaFactor, MSEMetric
from brianfit.optimizers import CMAESOptimizer, RandomSearch
from tests.ready_parts import METRICS, OPTIMIZER_NAMES, OPTIMIZERS, highest_value, make_metric


def test_arguments_are_returned_as_they_were_given() -> None:
    metric = MSEMetric(50 * ms, normalization=2 * mV)

    found = given_arguments(metric)

    assert found == {"t_start": 50 * ms, "normalization": 2 * mV}


def test_arguments_by_position_get_their_names() -> None:
    found = given_arguments(GammaFactor(3 * ms, None, 10 * ms))

    assert found == {"delta": 3 * ms, "time": None, "t_start": 10 * ms}


def test_a_part_without_arguments_has_none() -> None:
    assert given_arguments(RandomSearch()) == {}


def test_a_constructor_that_calls_that_of_its_base_counts_alone() -> None:
    @final
    class Own(AbstractTraceMetric):
        def __init__(self, power: float, **others: Any) -> None:
            AbstractTraceMetric.__init__(self, normalization=3.0)
            self.power = power
            self.others = others

        def get_features(self, model: Any, data: Any, dt: float) -> Any:
            return np.abs(model - data) ** self.power

        def get_errors(self, features: Any) -> Any:
            return features.mean(axis=(1, 2))

    assert given_arguments(Own(1.5, depth=2)) == {"power": 1.5, "depth": 2}


def test_a_copy_in_another_process_remembers_as_well() -> None:
    copy = pickle.loads(pickle.dumps(CMAESOptimizer(sigma=0.1)))  # noqa: S301 - our own bytes

    assert given_arguments(copy) == {"sigma": 0.1}


def test_a_dataclass_tells_its_fields() -> None:
    @final
    @dataclass(frozen=True)
    class Rule:
        limit: float

    assert given_arguments(Rule(2.0)) == {"limit": 2.0}


def test_the_signature_that_users_read_stays() -> None:
    assert next(iter(inspect.signature(FeatureMetric).parameters)) == "stim_times"


@pytest.mark.parametrize("name", METRICS)
def test_the_repr_of_a_metric_makes_an_equal_one(name: str) -> None:
    metric = make_metric(name, t_start=0.1234567890123 * ms, normalization=3.0)

    made = eval(repr(metric), {**vars(brian2), **vars(metrics), "highest_value": highest_value})  # noqa: S307 - our own text

    assert made == metric
    assert hash(made) == hash(metric)
    assert repr(made) == repr(metric)
    assert made != make_metric(name, t_start=0.1 * ms, normalization=3.0)


@pytest.mark.parametrize("name", OPTIMIZER_NAMES)
def test_the_repr_of_an_optimizer_makes_an_equal_one(name: str) -> None:
    optimizer = OPTIMIZERS[name]()
    optimizer.initialize(["a"], 12, 2, a=[0, 1])

    made = eval(repr(optimizer), vars(optimizers))  # noqa: S307 - our own text

    assert repr(optimizer) == f"{name}()"
    assert made == optimizer  # whatever it has done since


def test_a_repr_names_what_is_not_the_default_with_units() -> None:
    metric = GammaFactor(2 * ms, time=[0.5, 1] * second, rate_correction=True)

    assert repr(metric) == "GammaFactor(delta=2*ms, time=[0.5, 1]*second)"
    assert repr(CMAESOptimizer(sigma=0.3)) == "CMAESOptimizer(sigma=0.3)"


def test_parts_of_different_settings_or_classes_differ() -> None:
    @final
    class Own(MSEMetric):
        pass

    assert MSEMetric(t_start=1 * ms) != MSEMetric()
    assert Own() != MSEMetric()
    assert MSEMetric(t_weights=np.ones(3)) == MSEMetric(t_weights=np.ones(3))
    assert MSEMetric() != 3


def test_a_changed_copy_differs_from_its_original() -> None:
    metric = GammaFactor(2 * ms)

    longer = metric.with_durations(np.array([0.1]))
    plain = metric.similarity()

    assert longer != metric
    assert longer == GammaFactor(2 * ms, time=np.array([0.1]))
    assert plain == GammaFactor(2 * ms, rate_correction=False)
