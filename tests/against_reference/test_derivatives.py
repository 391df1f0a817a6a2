"""Derivatives of the fused engine against finite differences, closed forms, and moved spikes."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest
from brian2 import Equations
from brian2.stateupdaters.base import UnsupportedEquationsException

from brianfit._foundation.errors import BrianfitError, NoDerivativesError
from brianfit.engines import ReferenceEngine, SimulationTask
from brianfit.engines.fused import FusedEngine
from brianfit.model import Model
from tests.against_reference.slopes import by_differences, by_engine, free_task
from tests.against_reference.test_corpus import DETERMINISTIC, METHODS, needs_corpus

TOLERANCE = 1e-6
"""Of the largest derivative of a variable by a parameter, beyond what differences can tell."""

N_STEPS = 200
QUICK = ("ex_Hindmarsh_Rose_1984", "ex_coupled_oscillators", "ex_Tsodyks_Pawelzik_Markram_1998")

MOVED = {"ex_Stimberg_et_al_2018__example_4_rsmean": {"I_bias": -1e-4}}
"""Values by which a start does not lie on a jump of the equations: there, I and I_bias are both
zero, and sign(I - I_bias) makes differences grow without limit as their steps shrink."""

# What else switches a model at certain times, such as its own events, has no derivative that
# differences of a simulation in steps could show.
SMOOTH = [entry for entry in DETERMINISTIC if not entry["events"]]
EVERY_METHOD = [(entry, method) for entry in SMOOTH for method in (*METHODS, "own")]


def _identifier(value: Any) -> str:
    return value["id"] if isinstance(value, dict) else str(value)


def _assert_agrees(entry: dict[str, Any], method: str | None) -> None:
    task, values = free_task(entry, method=method, n_steps=N_STEPS)
    for name, value in MOVED.get(entry["id"], {}).items():
        values[0, task.parameter_names.index(name)] = value
    if not task.directions:
        return
    found = by_engine(task, values)
    expected, smooth = by_differences(task, values)

    for name, (slopes, accuracy) in expected.items():
        scale = np.abs(slopes).max(axis=0)
        difference = np.abs(found[name][:smooth] - slopes).max(axis=0)
        is_good = difference <= TOLERANCE * scale + 3 * accuracy
        assert is_good.all(), f"d {name} / d {np.array(task.directions)[~is_good]}"


@needs_corpus
@pytest.mark.parametrize(
    "entry", [entry for entry in SMOOTH if entry["id"] in QUICK], ids=_identifier
)
def test_derivatives_of_traces_are_those_of_finite_differences(entry: dict[str, Any]) -> None:
    _assert_agrees(entry, entry["method"])


@needs_corpus
@pytest.mark.skipif(
    os.environ.get("BRIANFIT_NIGHTLY") != "1",
    reason="every model with every method takes hours; BRIANFIT_NIGHTLY=1 runs them",
)
@pytest.mark.parametrize(("entry", "method"), EVERY_METHOD, ids=_identifier)
def test_derivatives_of_traces_by_every_method(entry: dict[str, Any], method: str) -> None:
    try:
        _assert_agrees(entry, entry["method"] if method == "own" else method)
    except (BrianfitError, UnsupportedEquationsException) as reason:
        pytest.skip(f"Brian does not run this model so: {reason}")


LEAKY = """
dv/dt = (E - v)/tau : 1 (unless refractory)
tau : second (constant)
E : 1 (constant)
hold : second (constant)
limit : 1 (constant)
start : 1 (constant)
"""
NAMES = ("tau", "E", "hold", "limit", "start")
VALUES = (10e-3, 1.5, 3e-3, 1.0, 0.1)


def _leaky_slopes(dt: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the derivatives of spike times by the engine, and those of their closed form.

    From a start at zero, spike k is at tau*log(E/(E - limit)) + k*(hold + tau*log((E - start)/
    (E - limit))).
    """
    model = Model(
        equations=Equations(LEAKY),
        threshold="v > limit",
        reset="v = start",
        refractory="hold",
        method="exact",
    )
    task = SimulationTask(
        model=model, parameter_names=NAMES, inputs={}, n_traces=1, n_steps=round(0.1 / dt), dt=dt,
        record_spikes=True, directions=NAMES,
    )  # fmt: skip
    result = FusedEngine(threads=1).prepare(task).run(np.array([VALUES]), iteration=0, seed=1)
    assert result.spike_slopes is not None
    tau, drive, _, limit, start = VALUES
    k = np.arange(len(result.spike_slopes.times))
    first, again = np.log(drive / (drive - limit)), np.log((drive - start) / (drive - limit))
    near = 1 / (drive - limit)
    exact = [
        first + k * again,
        tau * (1 / drive - near + k * (1 / (drive - start) - near)),
        k * 1.0,
        tau * near * (1 + k),
        -tau * k / (drive - start),
    ]
    return result.spike_slopes.derivatives, np.array(exact).T


def test_spike_times_of_a_leaky_neuron_move_as_their_closed_form_says() -> None:
    errors = []
    for dt in (1e-4, 1e-5):
        found, exact = _leaky_slopes(dt)
        errors.append(np.max(np.abs(found - exact) / np.maximum(np.abs(exact), 1e-6)))

    assert len(found) == 7
    assert errors[1] < 1e-4  # what is asked for at a step of 0.01 ms; it is 4e-7
    assert errors[1] < errors[0] / 10  # converges faster than the step


def test_the_reference_engine_says_that_it_has_no_derivatives() -> None:
    task = SimulationTask(
        model=Model(equations=Equations("dv/dt = -v/tau : 1\ntau : second (constant)")),
        parameter_names=("tau",), inputs={}, n_traces=1, n_steps=5, dt=1e-4, directions=("tau",),
    )  # fmt: skip

    with pytest.raises(NoDerivativesError, match="finite differences"):
        ReferenceEngine().prepare(task)
