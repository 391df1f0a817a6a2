"""Where rounding decides, and where integers end, the fused engine does what Brian 2 does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from brian2 import Equations

from brianfit._foundation.errors import UnsupportedByFusedEngine
from brianfit.engines import ReferenceEngine, SimulationTask
from brianfit.engines.fused import FusedEngine
from brianfit.model import Model

ROUNDED = [
    "int(t/dt) % 7",
    "int(t/(0.3*ms))",
    "int(t/period)",
    "int((t - 1*ms)/(0.7*ms))*2",
    "floor(t/(0.3*ms))",
    "ceil(t/period)",
    "(t/ms) // 0.3",
    "(t/ms) % 0.3",
    "t % period/ms",
    "int(t % (2*ms) < 0.6*ms)",
    "int(t >= 5*ms + 3*period)",
    "int(t*3 < 0.9*ms*step)",
    "int(0.1*step + 0.2*step >= 0.3*step)",
    "int(x/0.1)",
    "floor(x*10/third)",
    "int(phase) + int(phase + 0.3)",
    "sign(t/(0.3*ms) - step/3)",
    "int(abs(t - 5*ms) < 0.3*ms + 1e-18*second)",
    "int(-t/(0.7*ms))",
    "timestep(t, 0.3*ms)",
    "clip(t/ms, 3, 2) + clip(t/ms, 1, 2)",
    "(x - x) + third/third + 0*zero/zero + zero*step/zero",
]
WHOLE = [
    "k*1103515245 + 12345",
    "(k*1103515245 + 12345) % 7",
    "(k*1103515245 + 12345)/3.0",
    "k*k",
    "k*k/2",
    "k**3",
    "-k*k*k",
    "k + k + 2000000000",
    "k // 7 - k % 7",
    "k // j + k % j",
    "int(1e9*step)*3",
    "int(-1e12*third)",
    "int(step/zero)",
    "int(step > 5)*2147483647 + step",
    "abs(k)*4",
]


def _task(expressions: list[str]) -> SimulationTask:
    outputs = "\n".join(f"o{n} = {text} : 1" for n, text in enumerate(expressions))
    equations = f"""
    dy/dt = (1 - y)/ms : 1
    {outputs.replace(chr(10), chr(10) + "    ")}
    phase = t/(0.7*ms) : 1
    x : 1
    step : 1
    k : integer
    j : integer
    third : 1 (constant)
    zero : 1 (constant)
    period : second (constant)
    """
    return SimulationTask(
        model=Model(
            equations=Equations(equations),
            threshold="y > -1",
            reset="x += 0.1; step += 1; k = k*69069 + 1; j = k % 3",
            method="euler",
        ),
        parameter_names=("third", "period", "k"),
        inputs={},
        n_traces=1,
        n_steps=400,
        dt=1e-4,
        recorded=("k", *(f"o{n}" for n in range(len(expressions)))),
    )


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_what_is_rounded_to_whole_numbers_is_that_of_brian(precision: str) -> None:
    expressions = [*ROUNDED, *WHOLE]
    task = _task(expressions)
    samples = np.array([[1 / 3, 3e-4, 7.0], [0.1, 7e-4, 123456789.0]])
    expected = ReferenceEngine().prepare(task).run(samples, iteration=0, seed=1).traces

    found = FusedEngine(precision=precision).prepare(task).run(samples, iteration=0, seed=1).traces

    for n, text in enumerate(expressions):
        if precision == "float32" and text in IN_FLOAT64:
            continue
        rtol = 1e-12 if precision == "float64" else 1e-6
        np.testing.assert_allclose(
            found[f"o{n}"], expected[f"o{n}"], rtol=rtol, atol=rtol, err_msg=text
        )
    np.testing.assert_array_equal(found["k"], expected["k"])


IN_FLOAT64 = [text for text in (*ROUNDED, *WHOLE) if any(it in text for it in ("x", "third", "ph"))]
"""What reads variables that float32 itself has rounded already."""


@pytest.mark.parametrize("expression", ["2**j", "k*4294967296", "k**(-2)"])
def test_what_brian_has_several_answers_to_is_left_to_it(expression: str) -> None:
    with pytest.raises(UnsupportedByFusedEngine, match="depends on the language"):
        FusedEngine().prepare(_task([expression]))


def test_a_root_of_a_negative_number_stays_nan_where_it_is_multiplied_by_zero() -> None:
    task = replace(_task(["int(step > 5)*sqrt(step - 8)"]), n_steps=20)
    samples = np.array([[1.0, 1e-4, 1.0]])
    expected = ReferenceEngine().prepare(task).run(samples, iteration=0, seed=1).traces["o0"]

    found = FusedEngine().prepare(task).run(samples, iteration=0, seed=1).traces["o0"]

    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert np.isnan(expected[0, 0, 3])
