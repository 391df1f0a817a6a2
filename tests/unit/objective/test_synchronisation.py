"""Samples whose model is pulled towards the recordings."""

from __future__ import annotations

from typing import Any, final

import numpy as np
import pytest
from brian2 import Equations

from brianfit._foundation.errors import UnsupportedByFusedEngine
from brianfit.engines import AbstractEngine, SimulationTask
from brianfit.metrics import MSEMetric
from brianfit.model import Model
from brianfit.model.parameter_columns import ParameterColumns
from brianfit.objective import Objective, TraceOutput, build_objective
from brianfit.objective.synchronisation import LARGEST_PULL, PULL
from tests.unit.objective.stand_ins import (
    DT,
    N_STEPS,
    N_TRACES,
    LastDifference,
    LineEngine,
    LineSimulation,
    task,
)

COLUMNS = ParameterColumns(free=("a", "b"), fixed={}, tied={})
# Ten by standard deviation one, changing by a thousandth of it within a step.
SLOW = 10 + np.array([[-1.0, -0.999, 0.999, 1.0], [-1.0, -0.999, 0.999, 1.0]])
SAMPLES = np.array([[0.0, 0.0], [1.0, -1.0]])
STEPS = np.full((2, 2), 1e-3)


def objective(data: np.ndarray = SLOW, **options: Any) -> Objective:
    metric = options.pop("metric", MSEMetric())
    fields = {"engine": LineEngine(), "columns": COLUMNS, **options}
    return build_objective(task(), [TraceOutput(name="v", metric=metric, data=data)], **fields)


def pulled_task(built: Objective) -> SimulationTask:
    assert built.synchronisation is not None
    return built.synchronisation.task


def inputs(built: Objective) -> tuple[np.ndarray, np.ndarray]:
    """Return the rates of the pull and what it aims at."""
    found = pulled_task(built).inputs
    return found["brianfit_pull_v"].values, found["brianfit_recorded_v"].values


@final
class RefusesToPull(AbstractEngine):
    """Prepares straight lines, but none that are pulled."""

    def prepare(self, task: SimulationTask) -> LineSimulation:
        if "brianfit_pull_v" in task.inputs:
            raise UnsupportedByFusedEngine("this is too much")
        return LineSimulation(task)


class TestThePull:
    def test_aims_midway_between_two_values(self) -> None:
        _, aims = inputs(objective())

        np.testing.assert_allclose(aims[0, :3], [9.0005, 10.0, 10.9995])

    def test_is_as_strong_as_the_recording_is_fast(self) -> None:
        hour = np.linspace(0, 1, 4000)
        slow = np.tile(np.sin(2 * np.pi * hour), (N_TRACES, 1))
        built = build_objective(
            task(n_steps=4000),
            [TraceOutput(name="v", metric=MSEMetric(), data=slow)],
            engine=LineEngine(),
            columns=COLUMNS,
        )

        rates, _ = inputs(built)

        # A sine changes by 2 pi / period of its size: here in 4 s. Chords are a little shorter.
        np.testing.assert_allclose(rates[0, :-1], PULL * 2 * np.pi / 4, rtol=1e-3)

    def test_stays_below_what_explicit_methods_can_bear(self) -> None:
        rates, _ = inputs(objective())

        np.testing.assert_allclose(rates[:, :-1], LARGEST_PULL / DT)

    def test_rests_where_nothing_was_measured(self) -> None:
        gap = SLOW.copy()
        gap[0, 1] = np.nan

        rates, aims = inputs(objective(gap))

        np.testing.assert_array_equal(rates[0] > 0, [False, False, True, True])
        assert np.all(np.isfinite(aims))

    def test_rests_before_what_the_metric_heeds(self) -> None:
        rates, _ = inputs(objective(metric=MSEMetric(t_start=2 * DT)))

        np.testing.assert_array_equal(rates[1] > 0, [False, False, True, True])

    def test_asks_for_nothing_but_the_traces(self) -> None:
        found = pulled_task(objective(metric=LastDifference()))

        assert found.recorded == ("v",)
        assert found.accumulators == ()
        assert "brianfit_pull_v" in found.model.equations["v"].identifiers


class TestSynchronising:
    def test_scores_the_model_as_it_is(self) -> None:
        built = objective()

        found = built.synchronise(SAMPLES, steps=STEPS, iteration=0, seed=1)

        expected = built.evaluate(SAMPLES, iteration=0, seed=1)
        np.testing.assert_array_equal(found.evaluation.errors, expected.errors)

    def test_counts_every_simulation(self) -> None:
        built = objective()

        found = built.synchronise(SAMPLES, steps=STEPS, iteration=0, seed=1)

        # By finite differences: the sample pulled, and a neighbour for each of two parameters.
        assert built.simulations_per_synchronisation == 4
        assert len(found.neighbours.errors) == 2 * 3
        np.testing.assert_array_equal(found.neighbour_values[:3], SAMPLES[[0, 0, 0]])

    def test_linearises_what_was_pulled(self) -> None:
        built = objective()

        found = built.synchronise(SAMPLES, steps=STEPS, iteration=0, seed=1)

        # The stand-in is not moved by a pull, so both must be the same.
        plain = built.linearise(SAMPLES, steps=STEPS, iteration=0, seed=1)
        np.testing.assert_allclose(found.squares, plain.squares)
        np.testing.assert_allclose(found.gradients, plain.gradients)

    def test_says_so_where_the_engine_cannot(self) -> None:
        built = objective(engine=RefusesToPull())

        found = built.synchronise(SAMPLES, steps=STEPS, iteration=0, seed=1)

        np.testing.assert_array_equal(found.squares, np.inf)
        assert np.all(np.isfinite(found.evaluation.errors))
        assert len(found.neighbours.errors) == 0

    @pytest.mark.parametrize("penalty", [None, "v"])
    def test_needs_an_output_with_a_differential_equation_and_no_penalty(
        self, penalty: str | None
    ) -> None:
        equations = "dv/dt = (a - v)/second : 1\nw = 2*v : 1\na : 1\nb : 1"
        name = "w" if penalty is None else "v"

        built = build_objective(
            task(model=Model(equations=Equations(equations))),
            [TraceOutput(name=name, metric=MSEMetric(), data=SLOW)],
            engine=LineEngine(),
            columns=COLUMNS,
            penalty=penalty,
        )

        assert built.simulations_per_synchronisation == 0
        assert built.synchronisation is None

    def test_needs_a_recording_that_changes(self) -> None:
        rates, _ = inputs(objective(np.full((N_TRACES, N_STEPS), 7.0)))

        np.testing.assert_array_equal(rates, 0.0)
