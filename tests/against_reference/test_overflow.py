"""Where a variable overflows, all else goes on as in Brian 2."""

from __future__ import annotations

import numpy as np
from brian2 import Equations

from brianfit.engines import ReferenceEngine, SimulationTask
from brianfit.engines.fused import FusedEngine
from brianfit.model import Accumulator, Model

DIVERGING = """
dv/dt = (a - v)/(2*ms) : 1
dgrowing/dt = b*growing**2/ms : 1
dswinging/dt = -b*swinging**3/ms : 1
dfollowing/dt = (growing - following)/ms : 1
reset_one : 1
a : 1 (constant)
b : 1 (constant)
"""
RECORDED = ("v", "growing", "swinging", "following", "reset_one")
SAMPLES = np.array([[1.5, 0.0], [1.5, 3.0], [0.5, 40.0], [1.2, 0.4]])


def test_only_what_depends_on_it_is_lost() -> None:
    sums = tuple(
        Accumulator(name=f"sum_of_{name}", expression=name, variables=(name,), timed={})
        for name in ("v", "growing")
    )
    task = SimulationTask(
        model=Model(
            equations=Equations(DIVERGING),
            threshold="v > 1",
            reset="v = 0; reset_one = 1e300*growing; growing = growing/2",
            method="euler",
            initial_values={"growing": 1.0, "swinging": 3.0},
        ),
        parameter_names=("a", "b"),
        inputs={},
        n_traces=1,
        n_steps=400,
        dt=1e-4,
        recorded=RECORDED,
        final=RECORDED,
        accumulators=sums,
        record_spikes=True,
    )
    expected = ReferenceEngine().prepare(task).run(SAMPLES, iteration=0, seed=1)

    found = FusedEngine(threads=1).prepare(task).run(SAMPLES, iteration=0, seed=1)

    assert expected.spikes is not None
    assert found.spikes is not None
    np.testing.assert_array_equal(found.spikes.offsets, expected.spikes.offsets)
    np.testing.assert_allclose(found.spikes.times, expected.spikes.times, rtol=1e-12)
    assert not np.isfinite(expected.final["growing"][1])
    assert expected.spikes.counts()[1, 0] > 10
    for kind in ("traces", "final", "sums"):
        for name, values in getattr(expected, kind).items():
            numbers = getattr(found, kind)[name]
            np.testing.assert_allclose(numbers, values, rtol=1e-9, err_msg=f"{kind} of {name}")
