"""Loops over lanes become instructions on whole vectors."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from brian2 import Equations, amp, ms

from brianfit.engines import SimulationTask
from brianfit.engines.fused import FusedEngine
from brianfit.model import Accumulator, Model, TimedValues

LEAKY = """
dv/dt = (R*I - v)/tau : volt (unless refractory)
dw/dt = (exp(v/(10*mV))*mV - w)/(20*ms) : volt
tau : second (constant)
R : ohm (constant)
"""
N_STEPS = 64


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_no_value_is_gathered_or_scattered_by_itself(
    precision: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRIANFIT_CACHE_DIR", str(tmp_path))  # a kept kernel has no assembly
    target = np.zeros((2, N_STEPS))
    task = SimulationTask(
        model=Model(
            equations=Equations(LEAKY), threshold="v > 15*mV", reset="v = 0*mV",
            refractory=2 * ms, method="euler",
        ),
        parameter_names=("tau", "R"),
        inputs={"I": TimedValues(values=np.ones((2, N_STEPS)), dt=1e-4, dimensions=amp.dim)},
        n_traces=2,
        n_steps=N_STEPS,
        dt=1e-4,
        record_spikes=True,
        accumulators=(
            Accumulator(
                name="error", expression="(w - goal)**2", variables=("w",), timed={"goal": target}
            ),
        ),
    )  # fmt: skip

    simulation = FusedEngine(precision=precision).prepare(task)

    assembly = "".join(simulation._kernel._function.inspect_asm().values())  # type: ignore[attr-defined]
    assert len(assembly) > 1000
    assert re.findall(r"\bv?p?(?:scatter|gather)\w*", assembly) == []
