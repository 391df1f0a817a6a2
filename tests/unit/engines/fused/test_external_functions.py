"""Functions of the user inside a kernel."""

from __future__ import annotations

import brian2
import numpy as np
import pytest
from brian2 import Equations, Function, check_units, exp, mV, volt

from brianfit.engines import ReferenceEngine, SimulationTask
from brianfit.engines.fused import FusedEngine
from brianfit.engines.fused.runtime.external_functions import with_plain_numpy
from brianfit.model import Model

np_of_brian = brian2.np
SCALE = 3 * mV


@check_units(x=volt, result=volt)
def shrunk(x):
    return 0.5 * x * exp(-abs(x) / SCALE)


@check_units(x=1, result=1)
def folded(x):
    return np_of_brian.sin(x) + 0.1 * x


@check_units(x=1, result=1)
def nested(x):
    return folded(folded(x))


def _task(expression: str, unit: str, function: object) -> SimulationTask:
    equations = f"dv/dt = ({expression})/tau : {unit}\ntau : second (constant)"
    return SimulationTask(
        model=Model(
            equations=Equations(equations), method="euler", namespace={"function": function}
        ),
        parameter_names=("tau",),
        inputs={},
        n_traces=1,
        n_steps=50,
        dt=1e-4,
        recorded=("v",),
    )


@pytest.mark.parametrize(
    ("expression", "unit", "function"),
    [
        ("function(v) - v + 10*mV", "volt", shrunk),
        ("function(v) - v + 1", "1", folded),
        ("function(v) - v + 1", "1", nested),
    ],
)
def test_functions_with_units_written_with_brians_names_are_compiled(
    expression, unit, function
) -> None:
    task = _task(expression, unit, function)
    samples = np.array([[5e-3], [1e-2]])

    fused = FusedEngine(threads=1).prepare(task).run(samples, iteration=0, seed=1)
    reference = ReferenceEngine().prepare(task).run(samples, iteration=0, seed=1)

    np.testing.assert_allclose(fused.traces["v"], reference.traces["v"], rtol=1e-12)


def test_a_function_declared_stateful_is_refused() -> None:
    function = Function(lambda x: x, arg_units=[1], return_unit=1, stateless=False)

    with pytest.raises(NotImplementedError, match="has a state of its own"):
        FusedEngine(threads=1).prepare(_task("function(v) - v", "1", function))


def test_a_function_that_cannot_be_compiled_is_refused_by_name() -> None:
    @check_units(x=1, result=1)
    def opened(x):
        return float(str(x))

    with pytest.raises(NotImplementedError, match="'function'"):
        FusedEngine(threads=1).prepare(_task("function(v) - v", "1", opened))


def test_the_users_function_itself_is_not_changed() -> None:
    def plain(x):
        return brian2.exp(x)

    copy = with_plain_numpy(plain)

    assert copy is not plain
    assert copy(0.0) == 1.0
    assert plain.__globals__["brian2"] is brian2
