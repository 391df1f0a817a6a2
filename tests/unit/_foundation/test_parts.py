"""Parts remember the arguments with which they were made."""

from __future__ import annotations

import inspect
import pickle
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from brian2 import ms, mV

from brianfit._foundation.parts import given_arguments
from brianfit.metrics import AbstractTraceMetric, FeatureMetric, GammaFactor, MSEMetric
from brianfit.optimizers import CMAESOptimizer, RandomSearch


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
