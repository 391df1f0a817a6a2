"""Arguments of a fit as nobody should give them, and some that are all right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from brian2 import TimedArray, amp, kHz, ms, mV, nA, nS, second, siemens, volt
from hypothesis import strategies as st

from brianfit.executors import ProcessExecutor
from brianfit.fitting import MaxEvaluations, Stagnation, TargetError, WallClock
from brianfit.metrics import GammaFactor, MSEMetric
from brianfit.model import Parameter
from brianfit.optimizers import CMAESOptimizer, RandomSearch

Strategy = st.SearchStrategy[Any]

EQUATIONS = "dv/dt = (g*(-70*mV - v) + I)/(100*pF) : volt\ng : siemens (constant)"

ODD_NUMBERS = (0, -1, 1, 2.5, 1e300, -1e-300, np.nan, np.inf, -np.inf, True, None, "3", "", [], {})
ODD_OBJECTS = (None, 3, "text", "", [], {}, object(), Ellipsis, b"bytes", int, len, {1, 2}, (1,))

WORDS = (
    *("v", "g", "I", "dt", "t", "xi", "exp", "sin", "rand", "mV", "volt", "siemens", "constant"),
    *("/", "*", "+", "-", "(", ")", ":", "=", ",", "1", "0.5", "#", "\n"),
)

equation_text = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
any_text = st.text(max_size=12)

models: Strategy = st.one_of(
    st.sampled_from([
        EQUATIONS,
        EQUATIONS + "\nw = 2*v : volt",
        EQUATIONS.replace("volt", "amp"),
        EQUATIONS.replace(": volt", ""),
        EQUATIONS.replace("(constant)", "(konstant)"),
        EQUATIONS.replace("100*pF", "100*ms"),
        EQUATIONS.replace("100*pF", "unknown"),
        EQUATIONS.replace("v)", "nothing(v))"),
        EQUATIONS.replace("- v", "- v + xi*mV"),
        EQUATIONS + "\ng : siemens",
        EQUATIONS + "\ndt : second",
        EQUATIONS + "\nt : second",
        EQUATIONS + "\nh : siemens (constant)",
        EQUATIONS + "\n_x : 1",
        EQUATIONS + "\nlambda : 1",
        EQUATIONS + "\nn : integer (constant)",
        EQUATIONS + "\nb : boolean (constant)",
        EQUATIONS + "\na = b2 : 1\nb2 = a : 1",
        "g : siemens (constant)",
        "dv/dt = 0*volt/second : volt\ng : siemens",
        "dv/dt = g*I/(siemens*second*amp)*volt : volt\ng : siemens (constant, shared)",
    ]),
    st.sampled_from(ODD_OBJECTS),
    equation_text,
    any_text,
)  # fmt: skip

shapes = st.lists(st.integers(0, 6), max_size=4).map(tuple)
units = st.sampled_from([1, nA, mV, volt, amp, second, nS])
numbers = st.sampled_from([0.0, 1.0, -1.0, 1e300, np.nan, np.inf, 1e-320])


@st.composite
def arrays(draw: st.DrawFn) -> Any:
    """Arrays of any shape, unit and content."""
    array = np.full(draw(shapes), draw(numbers))
    if array.size and draw(st.booleans()):
        array.flat[0] = 0.5
    return array * draw(units)


traces: Strategy = st.one_of(
    arrays(),
    st.lists(arrays(), max_size=3),
    st.sampled_from(ODD_OBJECTS),
    st.sampled_from([
        np.zeros((1, 20)) * nA,
        np.full((1, 20), -70) * mV,
        np.zeros((2, 20)) * nA,
        [[1, 2], [3]],
        ["a", "b"],
        np.array(["a"]),
        np.zeros((1, 20), complex),
        np.zeros((1, 20), object),
        TimedArray(np.zeros(20) * nA, dt=0.1 * ms),
    ]),
)  # fmt: skip

named_traces: Strategy = st.one_of(
    traces,
    st.dictionaries(st.sampled_from(["I", "v", "g", "spikes", "t", "", "x y", "é"]), traces),
    st.dictionaries(st.sampled_from([1, None, ("v",)]), traces, max_size=1),
)

steps: Strategy = st.one_of(
    # No step much longer than the others: what was recorded so slowly would be simulated for hours.
    st.sampled_from([0 * ms, -1 * ms, np.nan * ms, np.inf * ms, 1e-30 * ms, 20 * ms]),
    st.sampled_from([0.1 * mV, [0.1] * ms, [0.1, 0.2] * ms, 0.05 * ms, 0.3 * ms, 1 / kHz]),
    st.sampled_from(ODD_NUMBERS),
)

bounds: Strategy = st.one_of(
    st.tuples(st.sampled_from(ODD_NUMBERS), st.sampled_from(ODD_NUMBERS)).map(list),
    st.tuples(numbers, numbers).map(lambda pair: list(pair) * nS),
    st.sampled_from([
        [1, 2] * nS,
        [1 * nS, 2],
        [2 * nS, 1 * nS],
        [1 * nS, 1 * nS],
        [1 * mV, 2 * mV],
        [1 * nS],
        [1 * nS, 2 * nS, 3 * nS],
        [-1 * nS, 1 * nS],
        [0 * nS, 1 * nS],
        "1 nS",
        None,
        3 * nS,
        np.zeros((2, 2)) * nS,
        Parameter(1 * nS, 2 * nS, value=5 * nS),
        Parameter(-1 * nS, 2 * nS, scale="log"),
        Parameter(fixed=1 * mV),
        Parameter(fixed=np.nan * siemens),
        Parameter(tied="2*g"),
        Parameter(tied="import os"),
        Parameter(tied="__import__('os').getcwd()"),
        Parameter(tied="().__class__"),
        Parameter(tied="1*nS"),
        Parameter(tied=""),
    ]),
)  # fmt: skip

options: Mapping[str, Strategy] = {
    "n_samples": st.sampled_from([*ODD_NUMBERS, 1, 2, 3, np.int64(3)]),
    "method": st.sampled_from([*ODD_OBJECTS, "euler", "heun", "linear", "milstein", "rk9"]),
    "threshold": st.one_of(equation_text, st.sampled_from([*ODD_OBJECTS, "v > 0*mV", "v"])),
    "reset": st.one_of(equation_text, st.sampled_from([*ODD_OBJECTS, "v = -70*mV", "x = 1"])),
    "refractory": st.one_of(steps, equation_text, st.sampled_from(ODD_OBJECTS)),
    "param_init": st.one_of(
        st.sampled_from(ODD_OBJECTS),
        st.dictionaries(
            st.sampled_from(["v", "g", "I", "x", "", "dt"]),
            st.one_of(equation_text, st.sampled_from([*ODD_NUMBERS, -70 * mV, 1 * nS])),
            max_size=2,
        ),
    ),
    "penalty": st.sampled_from([*ODD_OBJECTS, "v", "g", "x"]),
    "recording_dt": steps,
    "memory_limit": st.sampled_from(ODD_NUMBERS),
    "engine": st.sampled_from(ODD_OBJECTS[1:]),
    "namespace": st.sampled_from([*ODD_OBJECTS, {"pF": 3}, {"I": 1}, {1: 2}, {"g": 3}]),
}
"""Arguments of a fitter besides model, input, output and dt."""

fit_options: Mapping[str, Strategy] = {
    "n_rounds": st.sampled_from([-1, 0, 1, 1.5, True, None, "1", np.nan, [1]]),
    "seed": st.sampled_from([*ODD_NUMBERS, 2**70]),
    "optimizer": st.sampled_from([*ODD_OBJECTS, CMAESOptimizer, RandomSearch()]),
    "metric": st.sampled_from([
        *ODD_OBJECTS,
        MSEMetric,
        MSEMetric(t_start=1 * second),
        MSEMetric(t_weights=np.ones(3)),
        MSEMetric(normalization=3 * nA),
        GammaFactor(delta=1 * ms),
        {"v": MSEMetric()},
        {"w": MSEMetric()},
        [MSEMetric(), MSEMetric()],
    ]),
    "callback": st.sampled_from([None, "text", "nothing", 3, [], lambda *arguments: None]),
    "stop": st.sampled_from([
        *ODD_OBJECTS,
        TargetError(1 * nA),
        TargetError(0),
        Stagnation(1),
        WallClock(1),
        MaxEvaluations(1),
        [MaxEvaluations(1), 3],
    ]),
    "weights": st.sampled_from([*ODD_OBJECTS, {"v": -1}, {"v": 2}, {"x": 1}, {"v": "a"}]),
    "start_iteration": st.sampled_from(ODD_NUMBERS),
    "restart": st.sampled_from([True, False, None, "yes"]),
    "params": st.sampled_from([*ODD_OBJECTS, {"g": [1, 2] * nS}, {"h": [1, 2]}, {1: 2}]),
    "executor": st.sampled_from([*ODD_OBJECTS, ProcessExecutor]),
    "store": st.sampled_from([3, "", [], "a\0b", "no/such/folder/cell.fit", ".", object()]),
    "level": st.sampled_from([0, 1, 99, -1, None, "0"]),
}  # fmt: skip
"""Arguments of `fit` besides bounds."""
