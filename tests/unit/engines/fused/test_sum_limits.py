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
from brianfit.engines.fused.survivors import Survivors, segments
from brianfit.model import Accumulator, Model, TimedValues

N_STEPS, N_TRACES = 700, 3
SAMPLES = np.column_stack([np.linspace(0.5, 3.0, 40), np.linspace(-20.0, 2.0, 40)])
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


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_segments_add_up_to_the_whole_run(precision: str) -> None:
    engine = FusedEngine(threads=1, precision=precision)
    expected = engine.prepare(task()).run(SAMPLES, **SEEDS)
    high = limits_at(np.full(40, 1e9))

    found = engine.prepare(task(stoppable=True)).run_within(SAMPLES, limits=high, **SEEDS)

    np.testing.assert_array_equal(found.sums["sum_v"], expected.sums["sum_v"])
    np.testing.assert_array_equal(found.sums["sum_w"], expected.sums["sum_w"])
    assert np.all(found.stopped_at == N_STEPS)


def test_without_limits_a_run_is_as_ever(stoppable, whole: SimulationResult) -> None:
    found = stoppable.run(SAMPLES, **SEEDS)

    np.testing.assert_array_equal(found.sums["sum_w"], whole.sums["sum_w"])
    assert np.all(found.stopped_at == N_STEPS)


def test_samples_within_their_limit_have_exact_sums(stoppable, whole: SimulationResult) -> None:
    totals = total(whole)
    limit = np.full(40, np.median(totals))

    found = stoppable.run_within(SAMPLES, limits=limits_at(limit), **SEEDS)

    np.testing.assert_array_equal(total(found)[totals <= limit], totals[totals <= limit])
    assert np.all(found.stopped_at[totals <= limit] == N_STEPS)


def test_samples_given_up_have_exceeded_their_limit(stoppable, whole: SimulationResult) -> None:
    totals = total(whole)
    limit = 0.4 * totals

    found = stoppable.run_within(SAMPLES, limits=limits_at(limit), **SEEDS)

    assert np.all(found.stopped_at < N_STEPS)
    assert np.all(total(found) > limit)
    assert np.all(total(found) < totals)


def test_when_a_sample_is_given_up_does_not_depend_on_the_others(
    stoppable, whole: SimulationResult
) -> None:
    limit = total(whole) * np.linspace(0.1, 2.0, 40)
    together = stoppable.run_within(SAMPLES, limits=limits_at(limit), **SEEDS)

    apart = [
        stoppable.run_within(
            SAMPLES[first : first + 7],
            limits=limits_at(limit[first : first + 7]),
            first_sample=first,
            **SEEDS,
        )
        for first in range(0, 40, 7)
    ]

    assert together.stopped_at.min() < together.stopped_at.max() == N_STEPS
    np.testing.assert_array_equal(np.concatenate([total(p) for p in apart]), total(together))
    np.testing.assert_array_equal(
        np.concatenate([p.stopped_at for p in apart]), together.stopped_at
    )


def test_an_infinite_limit_lets_a_sample_run_to_its_end(stoppable, whole: SimulationResult) -> None:
    limit = np.where(np.arange(40) == 7, np.inf, 0.0)

    found = stoppable.run_within(SAMPLES, limits=limits_at(limit), **SEEDS)

    assert np.flatnonzero(found.stopped_at == N_STEPS).tolist() == [7]
    assert total(found)[7] == total(whole)[7]


def test_segments_cover_all_steps_in_whole_chunks() -> None:
    found = list(segments(10_000))

    assert found[0][0] == 0
    assert found[-1][1] == 10_000
    assert [first for first, _ in found[1:]] == [last for _, last in found[:-1]]
    assert all(first % 32 == 0 for first, _ in found)
    assert len(found) <= 16
    assert list(segments(100)) == [(0, 100)]


def test_a_sample_that_diverged_is_given_up_unless_it_has_no_limit() -> None:
    limits = SumLimits(weights=np.array([1.0]), limits=np.array([5.0, np.inf, 5.0]))
    survivors = Survivors(3, task(n_traces=2), limits)

    survivors.look_at(np.array([[1.0, np.nan, 1.0, np.nan, 1.0, 2.0]]), 64)

    assert survivors.stopped_at.tolist() == [64, N_STEPS, N_STEPS]
    assert survivors.numbers.tolist() == [1, 2, 4, 5]
