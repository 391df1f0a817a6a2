"""The reference engine gives the numbers of a script written with Brian alone."""

from __future__ import annotations

import brian2
import numpy as np
import pytest

from brianfit.engines import ReferenceEngine
from brianfit.testing.engine_examples import SAMPLES as SPIKING_SAMPLES
from brianfit.testing.engine_examples import spiking_task, squared_distance
from tests.unit.engines.agreement import assert_agrees
from tests.unit.engines.plain_brian import SAMPLES, run_plain_brian, task


@pytest.mark.parametrize("iteration", [0, 40])
def test_agrees_with_a_plain_script(iteration: int) -> None:
    plain = run_plain_brian(iteration)

    result = ReferenceEngine().prepare(task()).run(SAMPLES, iteration=iteration, seed=1)

    assert_agrees(result, plain, 1e-12)


@pytest.mark.slow
@pytest.mark.cython
@pytest.mark.needs_compiler
def test_cython_agrees_with_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    flags = "codegen.cpp.extra_compile_args_gcc"
    monkeypatch.setitem(brian2.prefs, flags, ["-w", "-O0", "-std=c++11"])
    wanted = {"recorded": ("v", "squared"), "accumulators": (squared_distance(),)}
    simulation = ReferenceEngine().prepare(spiking_task(**wanted))

    with monkeypatch.context() as numpy_only:
        numpy_only.setitem(brian2.prefs, "codegen.target", "numpy")
        expected = simulation.run(SPIKING_SAMPLES, iteration=0, seed=1)
    result = (
        ReferenceEngine().prepare(spiking_task(**wanted)).run(SPIKING_SAMPLES, iteration=0, seed=1)
    )

    for name, traces in expected.traces.items():
        np.testing.assert_allclose(result.traces[name], traces, rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(result.sums["error"], expected.sums["error"], rtol=1e-12)
