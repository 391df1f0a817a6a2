"""Passes change how something is computed, not what."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import pytest
from brian2 import Equations

from brianfit.engines import SimulationTask
from brianfit.engines.fused.analysis import analyse
from brianfit.engines.fused.ir import Node, Rate, rate_of, reachable
from brianfit.engines.fused.loop_program import LoopProgram
from brianfit.engines.fused.passes import optimise
from brianfit.engines.fused.passes.constants import fold_constants
from brianfit.model import Model
from tests.unit.engines.fused.interpreter import computed

RATES = """
dx/dt = (0.1*(25 - x)/(exp((25 - x)/10) - 1)*(1 - y) - 4*exp(-x/18)*y)*Hz : 1
dy/dt = (0.07*exp(-x/20)*(1 - y) - y/(exp((30 - x)/10) + 1))*Hz : 1
p : 1 (constant)
"""
TERMS = """
dx/dt = (x/(y + 2) + 3*y/(y + 2) - p/(y + 2))*Hz : 1
dy/dt = int(x > p)*exp(-y)*Hz : 1
p : 1
"""
PRODUCTS = """
dx/dt = (sin(x)**2*y + sin(x)*sin(x)*2)*Hz : 1
dy/dt = sqrt(abs(x*y))/(x*x + 1)*Hz : 1
p : 1
"""
MODELS = [
    RATES,
    "dx/dt = (p*(p + 1)*x/2/p - 3*(x - y)/p + 2*x/p)*Hz : 1\ndy/dt = -y*x**3*x/p*Hz : 1\np : 1",
    TERMS,
    PRODUCTS,
]


def _program(equations: str, method: str) -> LoopProgram:
    task = SimulationTask(
        model=Model(equations=Equations(equations), method=method),
        parameter_names=("p",),
        inputs={},
        n_traces=1,
        n_steps=10,
        dt=0.01,
        final=("x", "y"),
    )
    return analyse(task)


def _after_one_step(program: LoopProgram, at: Mapping[str, float]) -> dict[str, float]:
    """Compute one state update in Python."""
    values = computed(program.update.values(), at)
    return {name: float(values[node]) for name, node in program.update.items()}


def _count(program: LoopProgram, is_counted: Callable[[Node], bool]) -> int:
    return sum(is_counted(node) for node in reachable(iter(program.update.values())))


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("method", ["euler", "rk4", "exponential_euler"])
@pytest.mark.parametrize("equations", MODELS)
def test_a_step_ends_where_it_ended_before_the_passes(
    equations: str, method: str, precision: str
) -> None:
    if method == "exponential_euler" and equations != RATES:
        method = "rk2"  # the others are not conditionally linear
    before = _program(equations, method)

    after = optimise(before, precision)

    for x, y, p in np.random.default_rng(5).uniform(0.1, 20.0, (20, 3)):
        at = {"x": x, "y": y, "p": p}
        old, new = _after_one_step(before, at), _after_one_step(after, at)
        # powers of up to 120 multiply a rounding error of 1e-16; sums may lose two digits more
        np.testing.assert_allclose(list(new.values()), list(old.values()), rtol=1e-11)


def test_exponentials_of_one_variable_become_powers_of_one() -> None:
    program = fold_constants(_program(RATES, "euler"))

    optimised = optimise(program, "float64")

    assert _count(program, lambda node: node.value == "exp") == 4
    assert _count(optimised, lambda node: node.value == "exp") == 1


def test_divisors_of_known_size_share_a_division() -> None:
    equations = RATES.replace("- 1)", "+ 2)")
    program = fold_constants(_program(equations, "euler"))

    optimised = optimise(program, "float64")

    assert _count(program, lambda node: node.op == "div") == 2
    assert _count(optimised, lambda node: node.op == "div") == 1


def test_a_function_of_two_constants_of_a_neuron_is_not_computed_in_every_step() -> None:
    equations = "dx/dt = exp(-p*int(x > 3)/2)*sin(p + int(x > 3))*Hz : 1\ndy/dt = -y*Hz : 1\np : 1"
    program = optimise(_program(equations, "euler"), "float64")

    in_every_step = _count(
        program, lambda node: node.op == "call" and rate_of(node) is Rate.NEURON_STEP
    )

    assert in_every_step == 0
    for x in (2.0, 4.0):
        after = _after_one_step(program, {"x": x, "y": 0.0, "p": 0.5})
        is_above = x > 3
        slope = math.exp(-0.25 * is_above) * math.sin(0.5 + is_above)
        assert after["x"] == pytest.approx(x + 0.01 * slope, rel=1e-14)


def test_zero_over_zero_stays_nan() -> None:
    program = optimise(_program(RATES, "euler"), "float64")

    after = _after_one_step(program, {"x": 25.0, "y": 0.3, "p": 1.0})

    assert math.isnan(after["x"])


def test_a_power_that_would_overflow_leaves_the_rates_finite() -> None:
    program = optimise(_program(RATES, "euler"), "float64")

    # exp(-x/10) is beyond the largest number; Brian's own 1/(exp(...) + 1) is 0 there
    after = _after_one_step(program, {"x": -8000.0, "y": 0.0, "p": 1.0})

    assert math.isfinite(after["x"])
