"""Code that is run by the clock does in both engines what `run_regularly` does in Brian."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import Equations, Network, NeuronGroup, SpikeMonitor, StateMonitor, ms, second

from brianfit._foundation.errors import BrianfitError, UnsupportedByFusedEngine
from brianfit.engines import AbstractEngine, ReferenceEngine, SimulationTask
from brianfit.engines.fused import FusedEngine
from brianfit.model import Model, RegularOperation

EQUATIONS = """
dv/dt = (a - v + w)/(2*ms) : 1 (unless refractory)
w : 1
count : integer
x = 10*v + w : 1 (constant over dt)
a : 1 (constant)
"""
SPIKING = {
    "threshold": "v > 0.8",
    "reset": "v = 0; w += 0.01",
    "refractory": 1 * ms,
    "method": "euler",
}
SLOTS = (
    "before_start", "start", "after_start", "before_groups", "groups", "after_groups",
    "before_thresholds", "thresholds", "after_thresholds", "synapses", "before_resets", "resets",
    "after_resets", "end",
)  # fmt: skip
RECORDED = ("v", "w", "x", "count")
DT = 0.1 * ms
N_STEPS = 60


def _operations(slot: str) -> tuple[RegularOperation, ...]:
    return (
        RegularOperation(code="w = 0.9*w + 0.2*v; count += 1", dt=0.7 * ms, when=slot),
        RegularOperation(code="v += 0.02*w", when=slot, order=1),
        RegularOperation(code="v *= 0.999", when=slot, order=-1),
    )


def _plain_brian(slot: str, a: float) -> tuple[dict[str, np.ndarray], np.ndarray]:
    group = NeuronGroup(1, EQUATIONS, dt=DT, **SPIKING)
    group.a = a
    for operation in _operations(slot):
        group.run_regularly(
            operation.code, dt=operation.dt, when=operation.when, order=operation.order
        )
    traces = StateMonitor(group, RECORDED, record=True, dt=DT)
    spikes = SpikeMonitor(group)
    Network(group, traces, spikes).run(N_STEPS * DT)
    return {n: np.asarray(getattr(traces, n)[0]) for n in RECORDED}, np.asarray(spikes.t / second)


def _task(operations: tuple[RegularOperation, ...]) -> SimulationTask:
    return SimulationTask(
        model=Model(equations=Equations(EQUATIONS), run_regularly=operations, **SPIKING),
        parameter_names=("a",),
        inputs={},
        n_traces=1,
        n_steps=N_STEPS,
        dt=float(DT / second),
        recorded=RECORDED,
        record_spikes=True,
    )


@pytest.mark.parametrize("slot", SLOTS)
def test_code_is_run_where_brian_runs_it(slot: str) -> None:
    samples = np.array([[0.5], [1.5]])
    both = [
        engine.prepare(_task(_operations(slot))).run(samples, iteration=0, seed=1)
        for engine in (ReferenceEngine(), FusedEngine(threads=1))
    ]

    plain = [_plain_brian(slot, a) for a in samples[:, 0]]

    for result in both:
        assert result.spikes is not None
        for sample, (traces, spikes) in enumerate(plain):
            for name in RECORDED:
                np.testing.assert_allclose(
                    result.traces[name][sample, 0], traces[name], rtol=1e-12, err_msg=name
                )
            np.testing.assert_allclose(result.spikes.train(sample, 0), spikes, rtol=1e-12)
    assert len(plain[1][1]) > 2


def test_times_between_the_steps_are_left_to_brian() -> None:
    task = _task((RegularOperation(code="w += 1", dt=0.25 * ms),))

    with pytest.raises(UnsupportedByFusedEngine, match="not a multiple of the time step"):
        FusedEngine().prepare(task)


@pytest.mark.parametrize("engine", [ReferenceEngine(), FusedEngine(threads=1)])
def test_a_slot_that_brian_does_not_know_is_refused(engine: AbstractEngine) -> None:
    task = _task((RegularOperation(code="w += 1", when="sometimes"),))

    with pytest.raises(BrianfitError, match="sometimes"):
        engine.prepare(task)
