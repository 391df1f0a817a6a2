"""Derivatives of spike times against how far simulated spikes move.

Simulated spikes are reset at the ends of steps, so their times as functions of a parameter have
small jumps. Over a range in which a spike moves by many steps a polynomial averages over them.
"""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import Equations, mV

from brianfit.engines import SimulationTask
from brianfit.engines.fused import FusedEngine
from brianfit.model import Model

N_SPIKES = 4
N_POINTS = 201
DEGREE = 3

ADAPTIVE = """
dv/dt = (gL*(EL - v) + gL*DT*exp((v - VT)/DT) + I - w)/C : volt
dw/dt = (4*nS*(v - EL) - w)/(144*ms) : amp
C : farad (constant)
gL : siemens (constant)
EL : volt (constant)
VT : volt (constant)
DT : volt (constant)
I : amp (constant)
b : amp (constant)
limit : volt (constant)
"""
"""Brette and Gerstner (2005), doi 10.1152/jn.00686.2005, with its parameters below."""

CELL = {
    "C": 281e-12,
    "gL": 30e-9,
    "EL": -70.6e-3,
    "VT": -50.4e-3,
    "DT": 2e-3,
    "I": 1.2e-9,
    "b": 80.5e-12,
    "limit": -30e-3,
}

HODGKIN_HUXLEY = """
dv/dt = (gl*(-65*mV - v) - g_na*m**3*h*(v - 50*mV) - g_kd*n**4*(v + 90*mV) + I)/C : volt
dm/dt = (1.28*(1 - m)/exprel((-50*mV - v)/(4*mV)) - 1.4*m/exprel((v + 23*mV)/(5*mV)))/ms : 1
dn/dt = (0.16*(1 - n)/exprel((-48*mV - v)/(5*mV)) - 0.5*n*exp((-53*mV - v)/(40*mV)))/ms : 1
dh/dt = (0.128*(1 - h)*exp((-46*mV - v)/(18*mV)) - 4*h/(1 + exp((-23*mV - v)/(5*mV))))/ms : 1
g_na : siemens (constant)
g_kd : siemens (constant)
gl : siemens (constant)
C : farad (constant)
I : amp (constant)
"""
MEMBRANE = {"g_na": 20e-6, "g_kd": 6e-6, "gl": 10e-9, "C": 200e-12, "I": 0.6e-9}


def _adaptive_task(dt: float) -> SimulationTask:
    model = Model(
        equations=Equations(ADAPTIVE),
        threshold="v > limit",
        reset="v = -70.6*mV; w += b",
        method="euler",
        initial_values={"v": -70.6 * mV},
    )
    return SimulationTask(
        model=model, parameter_names=tuple(CELL), inputs={}, n_traces=1, n_steps=round(0.06 / dt),
        dt=dt, record_spikes=True, directions=("C", "gL", "EL", "VT", "DT", "I", "b"),
    )  # fmt: skip


def _hodgkin_huxley_task(dt: float) -> SimulationTask:
    model = Model(
        equations=Equations(HODGKIN_HUXLEY),
        threshold="v > -20*mV",
        refractory="v > -40*mV",
        method="exponential_euler",
        initial_values={"v": -65 * mV, "h": 1.0},
    )
    return SimulationTask(
        model=model, parameter_names=tuple(MEMBRANE), inputs={}, n_traces=1,
        n_steps=round(0.06 / dt), dt=dt, record_spikes=True, directions=tuple(MEMBRANE),
    )  # fmt: skip


def _differences(task: SimulationTask, values: np.ndarray, reach: float) -> np.ndarray:
    """Return by how much derivatives differ from how far spikes move, relative to the latter.

    The shape is (n_directions, N_SPIKES). A parameter changes such that the spike that moves most
    moves by `reach` [s]; what moves none of the spikes by a fifth of it is nan.
    """
    slopes = _simulated(task, values[np.newaxis])[1][0]
    found = np.full((len(task.directions), N_SPIKES), np.nan)
    x = np.linspace(-1.0, 1.0, N_POINTS)
    for number, name in enumerate(task.directions):
        column = task.parameter_names.index(name)
        width = min(reach / np.abs(slopes[:, number]).max(), 0.2 * abs(values[column]))
        samples = np.tile(values, (N_POINTS, 1))
        samples[:, column] += width * x
        times = _simulated(task, samples)[0]
        moved = np.polynomial.polynomial.polyfit(x, times, DEGREE)[1] / width
        is_far = np.abs(moved) * width > reach / 5
        found[number, is_far] = slopes[is_far, number] / moved[is_far] - 1
    return found


def _simulated(task: SimulationTask, samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the first spike times of every sample, and their derivatives."""
    found = FusedEngine(threads=1).prepare(task).run(samples, iteration=0, seed=1)
    assert found.spike_slopes is not None
    assert found.spikes is not None
    assert found.spikes.counts().min() >= N_SPIKES
    first = found.spikes.offsets[:-1, np.newaxis] + np.arange(N_SPIKES)
    return found.spike_slopes.times[first], found.spike_slopes.derivatives[first]


@pytest.mark.slow
@pytest.mark.parametrize("limit", [-40e-3, -30e-3, 0.0, 20e-3])
def test_spikes_of_an_adaptive_exponential_neuron_move_as_their_derivatives_say(
    limit: float,
) -> None:
    values = np.array([*(CELL | {"limit": limit}).values()])

    found = _differences(_adaptive_task(1e-5), values, reach=2e-3)

    # Spikes move by 200 steps; of their jumps by a step the fit leaves 1/(200*sqrt(201)) or so.
    assert np.isfinite(found).sum() >= 20
    assert np.nanmax(np.abs(found)) < 0.01


@pytest.mark.slow
def test_spikes_of_an_adaptive_exponential_neuron_move_so_where_steps_are_coarse() -> None:
    values = np.array([*CELL.values()])

    found = _differences(_adaptive_task(1e-4), values, reach=3e-3)

    # The last step before a spike goes from -45 mV to far above 0 mV. Spikes move by 30 steps.
    assert np.isfinite(found).sum() >= 20
    assert np.nanmax(np.abs(found)) < 0.06
    assert np.nanmedian(np.abs(found)) < 0.01


@pytest.mark.slow
def test_spikes_of_a_hodgkin_huxley_neuron_move_as_their_derivatives_say() -> None:
    values = np.array([*MEMBRANE.values()])

    found = _differences(_hodgkin_huxley_task(1e-5), values, reach=2e-4)

    assert np.isfinite(found).sum() >= 10
    assert np.nanmax(np.abs(found)) < 0.01
