"""Fits that keep a front instead of one sum."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import ms

from brianfit import FeatureMetric, Fitter, HypervolumeStagnation, MSEMetric, ParetoOptimizer
from brianfit.engines import ReferenceEngine
from brianfit.results import History, Round

pytestmark = pytest.mark.needs_package("pymoo")

BOUNDS = {"a": [0.0, 1.0]}


def fitter_of(model: str, output: dict[str, np.ndarray]) -> Fitter:
    """Return a fitter of a model without dynamics, so that little is simulated."""
    nothing = {"I": np.zeros((1, 4))}
    return Fitter(
        model, nothing, output, dt=1 * ms, n_samples=8, namespace={}, engine=ReferenceEngine()
    )


def settings(**others: object) -> dict[str, object]:
    """Return arguments of `fit`."""
    return {"optimizer": ParetoOptimizer(), "callback": None, "seed": 1, **others}


def test_outputs_are_weighed_against_each_other() -> None:
    fitter = fitter_of(
        "x = a + I : 1\ny = 1 - a : 1\na : 1 (constant)",
        {"x": np.zeros((1, 4)), "y": np.zeros((1, 4))},
    )

    fitter.fit(n_rounds=3, metric=MSEMetric(), **settings(), **BOUNDS)

    front = fitter.result.pareto_front()
    assert front.part_names == ("x", "y")
    # Every a is a compromise: the errors are a squared and (1 - a) squared.
    assert len(front) == len(np.unique(fitter.result.history.values))
    np.testing.assert_allclose(front.errors[:, 0], front.values[:, 0] ** 2, atol=1e-12)
    np.testing.assert_allclose(front.errors[:, 1], (1 - front.values[:, 0]) ** 2, atol=1e-12)


def test_features_of_one_output_are_weighed_against_each_other() -> None:
    features = {"first": lambda trace, _dt: trace[0], "last": lambda trace, _dt: trace[-1]}
    fitter = fitter_of("x = a + I : 1\na : 1 (constant)", {"x": np.array([[0.0, 0.0, 0.0, 1.0]])})
    metric = FeatureMetric([(0 * ms, 4 * ms)], [features], weights={"last": 2.0})

    fitter.fit(n_rounds=2, metric=metric, **settings(), **BOUNDS)

    front = fitter.result.pareto_front()
    assert front.part_names == ("first", "last")
    np.testing.assert_allclose(front.errors[:, 0], front.values[:, 0], atol=1e-12)
    np.testing.assert_allclose(front.errors[:, 1], 2 * (1 - front.values[:, 0]), atol=1e-12)


def test_a_penalty_counts_in_every_part() -> None:
    fitter = fitter_of(
        "x = 0*I : 1\ny = 0*I : 1\ncost = a : 1\na : 1 (constant)",
        {"x": np.zeros((1, 4)), "y": np.zeros((1, 4))},
    )

    fitter.fit(n_rounds=1, metric=MSEMetric(), penalty="cost", **settings(), **BOUNDS)

    history = fitter.result.history
    np.testing.assert_allclose(history.part_errors, np.repeat(history.values, 2, axis=1))


def history(*rounds: list[tuple[float, float]]) -> History:
    """Return a history whose samples have these errors."""
    found = History(parameter_names=("a",), output_names=("x", "y"))
    for errors in rounds:
        table = np.array(errors)
        found = found.with_round(
            Round(
                iteration=0,
                values=table[:, :1],
                errors=table.sum(axis=1),
                output_errors=table,
                raw_output_errors=table,
                seconds=1.0,
            )
        )
    return found


class TestHypervolumeStagnation:
    def test_stops_when_the_front_stands_still(self) -> None:
        rule = HypervolumeStagnation(n_rounds=1)
        first = [(0.0, 1.0), (1.0, 0.0)]

        assert rule.reason_to_stop(history(first)) is None
        assert rule.reason_to_stop(history(first, [(0.5, 0.5)])) is None
        assert rule.reason_to_stop(history(first, [(1.0, 1.0)])) == (
            "the front moved by less than 0.1 % in the last 1 rounds"
        )

    def test_waits_for_a_sample_that_could_be_scored(self) -> None:
        failed = [(np.inf, np.inf)]

        assert HypervolumeStagnation(n_rounds=1).reason_to_stop(history(failed, failed)) is None
