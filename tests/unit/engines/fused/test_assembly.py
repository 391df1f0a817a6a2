"""Loops over lanes become instructions on whole vectors."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from brian2 import Equations, amp, ms
from llvmlite.binding import get_host_cpu_features

from brianfit.engines import SimulationTask
from brianfit.engines.fused.build import build
from brianfit.engines.fused.kernel import signature_of
from brianfit.engines.fused.sources import emitted_source
from brianfit.model import Accumulator, Model, TimedValues

LEAKY = """
dv/dt = (R*I - v)/tau : volt (unless refractory)
dw/dt = (exp(v/(10*mV))*mV - w)/tau_w : volt
tau : second (constant)
R : ohm (constant)
tau_w : second (constant)
"""
NAMES = ("tau", "R", "tau_w")
N_STEPS = 64
WIDEST = {"avx512f": "zmm", "avx2": "ymm"}
"""The registers of the widest vectors, by what a processor must be able to do for them."""


def _task(*, has_derivatives: bool) -> SimulationTask:
    expression = "w - goal" if has_derivatives else "(w - goal)**2"
    error = Accumulator(
        name="error",
        expression=expression,
        variables=("w",),
        timed={"goal": np.zeros((2, N_STEPS))},
    )
    return SimulationTask(
        model=Model(
            equations=Equations(LEAKY), threshold="v > 15*mV", reset="v = 0*mV",
            refractory=2 * ms, method="euler",
        ),
        parameter_names=NAMES,
        inputs={"I": TimedValues(values=np.ones((2, N_STEPS)), dt=1e-4, dimensions=amp.dim)},
        n_traces=2,
        n_steps=N_STEPS,
        dt=1e-4,
        record_spikes=not has_derivatives,
        accumulators=() if has_derivatives else (error,),
        squares=(error,) if has_derivatives else (),
        directions=NAMES if has_derivatives else (),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("precision", "has_derivatives"), [("float64", False), ("float32", False), ("float64", True)]
)
def test_no_value_is_gathered_or_scattered_by_itself_in_a_step(
    precision: str, *, has_derivatives: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRIANFIT_CACHE_DIR", str(tmp_path))  # a kept kernel has no assembly
    emitted = emitted_source(_task(has_derivatives=has_derivatives), precision)
    # Parameters are gathered from the samples, once per neuron; that is left out here.
    source = emitted.source.replace("        values_of_neurons(", "        # values_of_neurons(")

    function = build(source, signature=signature_of(emitted.tables), functions={})

    assert source != emitted.source
    assembly = "".join(function.inspect_asm().values())  # type: ignore[attr-defined]
    features = get_host_cpu_features()
    widest = next((WIDEST[name] for name in WIDEST if features.get(name)), "")
    assert assembly.count(f"%{widest}") > 100
    assert re.findall(r"\bv?p?(?:scatter|gather)\w*", assembly) == []
