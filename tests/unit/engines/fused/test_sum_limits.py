"""Samples whose running sums grow beyond a limit are given up; nothing else changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from brian2 import Equations

from brianfit._foundation.units import DIMENSIONLESS
from brianfit.engines import SimulationResult, SimulationTask
from brianfit.engines._base import SumLimits
from brianfit.engines.fused import FusedEngine
from brianfit.engines.fused.race_stages import Stages
from brianfit.model import Accumulator, Model, TimedValues

N_STEPS, N_TRACES = 700, 3
SAMPLES = np.column_stack([np.linspace(0.5, 3.0, 40), np.linspace(-20.0, 2.0, 40)])
MANY = np.tile(SAMPLES, (5, 1))
SEEDS = {"iteration": 2, "seed": 5}


def task(**changes: object) -> SimulationTask:
    """Return a noisy, spiking, refractory model with two running sums on three traces."""
    model = Model(
        equations=Equations(
            "dv/dt = (drive*I - v)/(2*ms) + 0.1*xi/sqrt(ms) : 1 (unless refractory)\n"
            "dw/dt = v**2/(50*ms) : 1\n"
            "drive : 1\nstart : 1"
        ),
        threshold="v > 1",
        reset="v = start*0.01\nw += 0.1",
        refractory="2*ms",
        method="euler",
    )
    steps = np.arange(N_STEPS)
    current = np.array([np.full(N_STEPS, 0.5), steps / N_STEPS, np.sin(steps / 50.0)])
    sums = tuple(
        Accumulator(
            name=f"sum_{name}",
            expression=f"weight*({name} - target)**2",
            variables=(name,),
            timed={
                "weight": np.full((N_TRACES, N_STEPS), 1e-3),
                "target": np.full((N_TRACES, N_STEPS), 0.3),
            },
        )
        for name in ("v", "w")
    )
    made = SimulationTask(
        model=model,
        parameter_names=("drive", "start"),
        inputs={"I": TimedValues(values=current, dt=1e-4, dimensions=DIMENSIONLESS)},
        n_traces=N_TRACES,
        n_steps=N_STEPS,
        dt=1e-4,
        accumulators=sums,
    )
    return replace(made, **changes)


def total(result: SimulationResult) -> np.ndarray:
    """Return what `limits_at` limits: the sum of `v` and twice that of `w`, over all traces."""
    return (result.sums["sum_v"] + 2 * result.sums["sum_w"]).sum(axis=1)


def limits_at(limits: np.ndarray) -> SumLimits:
    """Return limits of `total`."""
    return SumLimits(weights=np.array([1.0, 2.0]), limits=limits)


@pytest.fixture(scope="module")
def whole() -> SimulationResult:
    """Return the result of all samples without limits."""
    return FusedEngine(threads=1).prepare(task()).run(SAMPLES, **SEEDS)


@pytest.fixture(scope="module")
def stoppable():
    """Return the simulation of which samples can be given up."""
    return FusedEngine(threads=1).prepare(task(stoppable=True))


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["float64", pytest.param("float32", marks=pytest.mark.slow)])
def test_stages_add_up_to_the_whole_run(precision: str) -> None:
    engine = FusedEngine(threads=1, precision=precision)
    expected = engine.prepare(task()).run(MANY, **SEEDS)
    high = limits_at(np.full(len(MANY), 1e9))

    found = engine.prepare(task(stoppable=True)).run_within(MANY, limits=high, **SEEDS)

    np.testing.assert_array_equal(found.sums["sum_v"], expected.sums["sum_v"])
    np.testing.assert_array_equal(found.sums["sum_w"], expected.sums["sum_w"])
    assert found.neuron_steps == len(MANY) * N_TRACES * N_STEPS


def test_without_limits_a_run_is_as_ever(stoppable, whole: SimulationResult) -> None:
    found = stoppable.run(SAMPLES, **SEEDS)

    np.testing.assert_array_equal(found.sums["sum_w"], whole.sums["sum_w"])


@pytest.mark.parametrize("threads", [1, 2, 64])
def test_samples_within_their_limit_have_exact_sums(whole: SimulationResult, threads: int) -> None:
    totals = total(whole)
    limit = np.full(40, np.median(totals))
    simulation = FusedEngine(threads=threads).prepare(task(stoppable=True))

    for _ in range(2):  # the second time it knows which traces to begin with
        found = simulation.run_within(SAMPLES, limits=limits_at(limit), **SEEDS)

        np.testing.assert_array_equal(total(found)[totals <= limit], totals[totals <= limit])
        assert np.all(total(found)[totals > limit] > limit[totals > limit])
        # With threads enough for all traces at a time, nobody is given up in so short a run.
        assert (found.neuron_steps < 40 * N_TRACES * N_STEPS) == (threads < 64)


def test_samples_are_given_up_within_a_long_trace(stoppable, whole: SimulationResult) -> None:
    many_whole = stoppable.run(MANY, **SEEDS)
    low = limits_at(0.05 * total(many_whole))

    found = stoppable.run_within(MANY, limits=low, **SEEDS)

    assert np.all(total(found) > low.limits)
    # The first trace alone tells; nobody needs its last stretch of steps.
    assert found.neuron_steps < len(MANY) * N_STEPS


def test_an_infinite_limit_lets_a_sample_run_to_its_end(stoppable, whole: SimulationResult) -> None:
    limit = np.where(np.arange(40) == 7, np.inf, 0.0)

    found = stoppable.run_within(SAMPLES, limits=limits_at(limit), **SEEDS)

    assert total(found)[7] == total(whole)[7]
    assert found.neuron_steps < 40 * N_TRACES * N_STEPS


def test_stages_cover_all_steps_of_all_traces_in_whole_chunks() -> None:
    limits = SumLimits(weights=np.ones(1), limits=np.full(200, 1e9))
    stages = Stages(task(n_steps=10_000), 200, limits=limits, n_threads=2)
    order = np.array([2, 0, 1])

    found = list(stages.of(np.zeros((1, 600)), order))

    assert [list(np.unique(numbers // 200)) for numbers, _, _ in found[::5]] == [[2], [0], [1]]
    assert [first for _, first, _ in found[:5]] == [0, 2016, 4032, 6048, 8064]
    assert [last for _, _, last in found[:5]] == [2016, 4032, 6048, 8064, 10_000]
    assert stages.neuron_steps == 200 * 3 * 10_000


def test_traces_are_simulated_together_where_one_would_leave_threads_idle() -> None:
    limits = SumLimits(weights=np.ones(1), limits=np.full(40, 1e9))
    stages = Stages(task(), 40, limits=limits, n_threads=4)

    first, *_ = stages.of(np.zeros((1, 120)), None)

    assert list(np.unique(first[0] // 40)) == [0, 1]


def test_a_sample_that_diverged_is_given_up_unless_it_has_no_limit() -> None:
    limits = SumLimits(weights=np.array([1.0]), limits=np.array([5.0, np.inf, 5.0]))
    stages = Stages(task(n_traces=20, n_steps=10**6), 3, limits=limits, n_threads=1)
    sums = np.zeros((1, 60))

    running = stages.of(sums, None)
    next(running)
    sums[0, [0, 20]] = np.nan
    numbers, _, _ = next(running)

    assert set(numbers % 3) == {1, 2}


def test_traces_with_the_largest_sums_come_first() -> None:
    stages = Stages(task(), 2, limits=None, n_threads=1)

    order = stages.order_from(np.array([[1.0, 5.0, 2.0, 3.0, 5.0, 6.0]]))

    assert order.tolist() == [1, 2, 0]
