"""What every engine must satisfy, as tests that authors of engines inherit.

class TestMyEngine(EngineContract):
@pytest.fixture
def engine(self):
return MyEngine()
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from brian2 import ms, mV

from brianfit._foundation.errors import BrianfitError
from brianfit._foundation.units import DIMENSIONLESS, dimensions_of
from brianfit.engines import AbstractEngine, SimulationResult, SimulationTask
from brianfit.model import Event, TimedValues
from brianfit.testing.engine_examples import (
    DT,
    N_TRACES,
    SAMPLES,
    current,
    simple_task,
    spiking_model,
    spiking_task,
    squared_distance,
    target_values,
    weights,
)

ONE_SAMPLE = np.empty((1, 0))
"""A sample of a task without free parameters."""

DECAY = "dx/dt = (goal - x)/tau : 1\ngoal : 1\ntau : second"
"""With Euler's method and ``dt/tau = h``: ``goal - x`` shrinks by ``1 - h`` every step."""


def simulate(
    engine: AbstractEngine,
    task: SimulationTask,
    samples: np.ndarray,
    *,
    iteration: int = 0,
    seed: int = 1,
) -> SimulationResult:
    """Prepare and run `task` once."""
    return engine.prepare(task).run(samples, iteration=iteration, seed=seed)


class EngineContract:
    """Tests of an engine; derive from it and give it the fixture `engine`."""

    @pytest.fixture
    def engine(self) -> AbstractEngine:
        """Return the engine to be tested."""
        raise NotImplementedError("A subclass of EngineContract gives the fixture `engine`.")

    # ------------------------------------------------------------ numbers known by hand

    def test_traces_begin_with_the_initial_value_and_follow_the_method(
        self, engine: AbstractEngine
    ) -> None:
        task = simple_task(DECAY, recorded=("x",), initial_values={"x": 3.0})

        traces = simulate(engine, task, np.array([[1.0, 1e-3], [2.0, 2e-3]])).traces["x"]

        steps = np.arange(10)
        expected = [1 + 2 * (1 - 0.1) ** steps, 2 + 1 * (1 - 0.05) ** steps]
        assert traces.shape == (2, 1, 10)
        np.testing.assert_allclose(traces[:, 0], expected, rtol=1e-12)

    def test_the_final_value_is_the_state_after_the_last_step(self, engine: AbstractEngine) -> None:
        task = simple_task(DECAY + "\ntwice = 2*x : 1\nfour = 2*twice : 1", final=("x", "four"))

        final = simulate(engine, task, np.array([[1.0, 1e-3]])).final

        np.testing.assert_allclose(final["x"], [[1 - 0.9**10]], rtol=1e-12)
        np.testing.assert_allclose(final["four"], [[4 * (1 - 0.9**10)]], rtol=1e-12)

    def test_everything_starts_at_zero_unless_told_otherwise(self, engine: AbstractEngine) -> None:
        task = simple_task(
            "dx/dt = a*Hz : 1\na : 1\nb : 1", parameter_names=(), recorded=("x", "b")
        )

        traces = simulate(engine, task, ONE_SAMPLE).traces

        assert not traces["x"].any()
        assert not traces["b"].any()

    def test_initial_expressions_use_the_parameters_and_earlier_initial_values(
        self, engine: AbstractEngine
    ) -> None:
        start = {"tau": 2 * ms, "x": "3*goal + tau/ms"}
        task = simple_task(
            DECAY, parameter_names=("goal",), recorded=("x", "tau"), initial_values=start
        )

        traces = simulate(engine, task, np.array([[5.0], [7.0]])).traces

        np.testing.assert_allclose(traces["x"][:, 0, 0], [17.0, 23.0], rtol=1e-14)
        np.testing.assert_allclose(traces["tau"], 2e-3, rtol=1e-14)

    def test_a_column_of_a_differential_variable_is_its_initial_value(
        self, engine: AbstractEngine
    ) -> None:
        task = simple_task(DECAY, parameter_names=("x", "tau"), recorded=("x",))

        traces = simulate(engine, task, np.array([[4.0, 1e-3], [-1.0, 1e-3]])).traces["x"]

        np.testing.assert_allclose(traces[:, 0], np.outer([4.0, -1.0], 0.9 ** np.arange(10)))

    def test_inputs_are_held_between_their_values_and_after_the_last(
        self, engine: AbstractEngine
    ) -> None:
        values = np.array([[1.0, 2.0, 3.0], [-1.0, -2.0, -3.0]])
        given = TimedValues(values=values, dt=3 * DT, dimensions=DIMENSIONLESS)
        task = simple_task("dx/dt = u/second : 1", inputs={"u": given}, n_traces=2, recorded=("u",))

        traces = simulate(engine, task, ONE_SAMPLE).traces["u"]

        held = [1, 1, 1, 2, 2, 2, 3, 3, 3, 3]
        np.testing.assert_array_equal(traces[0], [held, np.negative(held)])

    def test_equations_may_use_targets(self, engine: AbstractEngine) -> None:
        ramp = TimedValues(values=np.arange(10.0)[np.newaxis], dt=DT, dimensions=DIMENSIONLESS)
        task = simple_task("dx/dt = x_target/ms : 1", targets={"x_target": ramp}, recorded=("x",))

        traces = simulate(engine, task, ONE_SAMPLE).traces["x"]

        expected = 0.1 * np.cumsum([0, *range(9)])  # x grows by dt/ms times the ramp
        np.testing.assert_allclose(traces[0, 0], expected, rtol=1e-12)

    def test_the_model_knows_the_number_of_the_round(self, engine: AbstractEngine) -> None:
        task = simple_task("dx/dt = iteration/ms : 1", final=("x",))

        final = simulate(engine, task, ONE_SAMPLE, iteration=7).final["x"]

        np.testing.assert_allclose(final, [[7.0]], rtol=1e-12)

    def test_integers_and_booleans_are_what_they_are_declared(self, engine: AbstractEngine) -> None:
        equations = "dx/dt = (k*int(flag) + 0.5)/ms : 1\nk : integer\nflag : boolean"
        task = simple_task(equations, parameter_names=("k", "flag"), recorded=("k", "flag"))

        result = simulate(engine, replace(task, final=("x",)), np.array([[3.0, 1.0], [4.0, 0.0]]))

        np.testing.assert_array_equal(result.traces["k"][:, 0, 0], [3, 4])
        np.testing.assert_array_equal(result.traces["flag"][:, 0, 0], [1, 0])
        np.testing.assert_allclose(result.final["x"][:, 0], [3.5, 0.5], rtol=1e-12)

    def test_events_run_their_code(self, engine: AbstractEngine) -> None:
        task = simple_task(
            "dx/dt = 1/ms : 1\ny : 1",
            events={"high": Event(condition="x > 0.45", code="x = 0\ny += 1")},
            parameter_names=(),
            recorded=("x",),
            final=("y",),
        )

        result = simulate(engine, task, ONE_SAMPLE)

        rise = [0, 0.1, 0.2, 0.3, 0.4]
        np.testing.assert_allclose(result.traces["x"][0, 0], rise + rise, atol=1e-12)
        assert result.final["y"] == 2

    # ------------------------------------------------------------ spikes

    def test_spikes_are_where_the_threshold_was_crossed(self, engine: AbstractEngine) -> None:
        task = spiking_task(record_spikes=True, final=("count",))

        result = simulate(engine, task, SAMPLES)

        assert result.spikes is not None
        was_reset = result.traces["v"][:, :, 1:] == SAMPLES[:, 1, np.newaxis, np.newaxis]
        was_above_rest = result.traces["v"][:, :, :-1] > SAMPLES[:, 1, np.newaxis, np.newaxis]
        for sample, trace in np.ndindex(len(SAMPLES), N_TRACES):
            steps = np.flatnonzero((was_reset & was_above_rest)[sample, trace])
            train = result.spikes.train(sample, trace)
            np.testing.assert_allclose(train, steps * DT, rtol=1e-12)
        np.testing.assert_array_equal(result.spikes.counts(), result.final["count"])
        # 20 ms over C/g*log(I/g / (I/g - (threshold - E))), where that is a number
        np.testing.assert_array_equal(result.spikes.counts(), [[2, 3], [0, 0], [1, 2]])

    def test_no_spike_falls_into_the_refractory_time(self, engine: AbstractEngine) -> None:
        plain = simulate(engine, spiking_task(record_spikes=True), SAMPLES)
        task = spiking_task(model=spiking_model(refractory=8 * ms), record_spikes=True)

        held = simulate(engine, task, SAMPLES)

        assert plain.spikes is not None
        assert held.spikes is not None
        assert np.diff(plain.spikes.train(0, 1)).min() < 8e-3
        assert np.diff(held.spikes.train(0, 1)).min() > 8e-3 - DT / 2

    # ------------------------------------------------------------ running sums

    def test_running_sums_are_the_sums_over_the_recorded_traces(
        self, engine: AbstractEngine
    ) -> None:
        task = spiking_task(accumulators=(squared_distance(),))

        result = simulate(engine, task, SAMPLES)

        terms = weights() * (result.traces["v"] - target_values()) ** 2
        np.testing.assert_allclose(result.sums["error"], terms.sum(axis=-1), rtol=1e-12)

    def test_running_sums_need_no_recording_and_start_anew_every_run(
        self, engine: AbstractEngine
    ) -> None:
        task = spiking_task(recorded=(), accumulators=(squared_distance(),))
        simulation = engine.prepare(task)

        first = simulation.run(SAMPLES, iteration=0, seed=1)
        second = simulation.run(SAMPLES, iteration=1, seed=2)

        assert first.traces == {}
        np.testing.assert_array_equal(first.sums["error"], second.sums["error"])

    # ------------------------------------------------------------ samples and traces

    def test_every_row_belongs_to_its_sample(self, engine: AbstractEngine) -> None:
        simulation = engine.prepare(spiking_task())

        forward = simulation.run(SAMPLES, iteration=0, seed=1)
        backward = simulation.run(SAMPLES[::-1].copy(), iteration=0, seed=1)

        np.testing.assert_array_equal(forward.traces["v"], backward.traces["v"][::-1])

    def test_every_trace_has_its_input(self, engine: AbstractEngine) -> None:
        swapped = replace(current(), values=current().values[::-1].copy())

        first = simulate(engine, spiking_task(), SAMPLES)
        second = simulate(engine, spiking_task(inputs={"I": swapped}), SAMPLES)

        np.testing.assert_array_equal(first.traces["v"], second.traces["v"][:, ::-1])

    def test_the_number_of_samples_may_change_between_runs(self, engine: AbstractEngine) -> None:
        simulation = engine.prepare(spiking_task(record_spikes=True))
        all_at_once = simulation.run(SAMPLES, iteration=0, seed=1)

        for n_samples in (1, 2, 3, 1):
            some = simulation.run(SAMPLES[:n_samples], iteration=0, seed=1)

            assert some.spikes is not None
            assert some.spikes.n_samples == n_samples
            np.testing.assert_array_equal(some.traces["v"], all_at_once.traces["v"][:n_samples])

    def test_samples_are_left_as_they_are(self, engine: AbstractEngine) -> None:
        samples = SAMPLES.copy()

        simulate(engine, spiking_task(), samples)

        np.testing.assert_array_equal(samples, SAMPLES)

    def test_a_diverging_sample_leaves_the_others_alone_and_warns_nobody(
        self, engine: AbstractEngine
    ) -> None:
        task = simple_task("dx/dt = a*x**3/ms : 1\na : 1", recorded=("x",), n_steps=40)
        task = replace(task, model=replace(task.model, initial_values={"x": 1.0}))

        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            together = simulate(engine, task, np.array([[-1.0], [1e3], [-2.0]])).traces["x"]
            alone = simulate(engine, task, np.array([[-1.0], [-2.0]])).traces["x"]

        assert not np.isfinite(together[1, 0, -1])
        np.testing.assert_array_equal(together[[0, 2]], alone)

    # ------------------------------------------------------------ what may be asked for

    def test_parameters_and_nested_subexpressions_can_be_recorded(
        self, engine: AbstractEngine
    ) -> None:
        task = spiking_task(recorded=("v", "g", "I", "squared"))

        traces = simulate(engine, task, SAMPLES).traces

        g, E = SAMPLES.T[:, :, np.newaxis, np.newaxis]
        expected = ((E + traces["I"] / g - traces["v"]) / 1e-3) ** 2
        np.testing.assert_array_equal(traces["g"], np.broadcast_to(g, traces["v"].shape))
        np.testing.assert_allclose(traces["squared"], expected, rtol=1e-9, atol=1e-9)

    def test_inputs_that_nothing_uses_do_no_harm(self, engine: AbstractEngine) -> None:
        unused = TimedValues(values=np.ones((1, 3)), dt=DT, dimensions=dimensions_of(mV))
        task = simple_task(DECAY, recorded=("x",), inputs={"u": unused}, targets={"w": unused})

        traces = simulate(engine, task, np.array([[1.0, 1e-3]])).traces["x"]

        assert traces[0, 0, 1] == pytest.approx(0.1, rel=1e-12)

    def test_nothing_asked_for_is_nothing_given(self, engine: AbstractEngine) -> None:
        result = simulate(engine, spiking_task(recorded=()), SAMPLES)

        assert (result.traces, result.spikes, result.final, result.sums) == ({}, None, {}, {})

    @pytest.mark.parametrize(
        "changes",
        [
            {"recorded": ("nothing",)},
            {"final": ("nothing",)},
            {"parameter_names": ("nothing",)},
            {"inputs": {}},
            {"model": spiking_model(initial_values={"nothing": 1.0})},
            {"model": spiking_model(threshold=None, reset=None), "record_spikes": True},
        ],
    )
    def test_what_cannot_be_run_is_refused(
        self, engine: AbstractEngine, changes: dict[str, Any]
    ) -> None:
        with pytest.raises(BrianfitError, match=r"nothing|threshold|\bI\b"):
            engine.prepare(spiking_task(**changes))

    def test_the_source_can_be_read(self, engine: AbstractEngine) -> None:
        source = engine.prepare(spiking_task()).source

        assert "v" in source
        assert len(source.splitlines()) > 3
