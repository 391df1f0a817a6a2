"""Every model of the library on the fused engine, against Brian itself."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import amp

from brianfit import library
from brianfit._foundation.units import scalar_si
from brianfit.engines import (
    AbstractEngine,
    ReferenceEngine,
    SimulationResult,
    SimulationTask,
)
from brianfit.engines.fused import FusedEngine
from brianfit.library import NeuronModel
from brianfit.model import TimedValues

N_STEPS = 400
# Hodgkin-Huxley kinetics need a finer step than models whose spikes are resets, so more current
# for a spike in as many steps.
DT = {"Hodgkin-Huxley": 25e-6}
AMPLITUDE = {"Hodgkin-Huxley": 4e-9}
CHANCE = {name for name in library.names() if library.get(name).family == "escape noise"}
# Of those with a voltage-dependent threshold the hazard is tested beside their fit.
WITH_VT = sorted(name for name in CHANCE if "VT" in library.get(name).parameters)
WITHOUT_CHANCE = [name for name in library.names() if name not in CHANCE]


def sample_values(model: NeuronModel) -> dict[str, float]:
    """Return the middle of the bounds, and the values of what is fixed [SI]."""
    found = {}
    for name, parameter in model.parameters.items():
        dimensions = model.model.dimensions(name)
        if parameter.is_free:
            low, high = (
                scalar_si(name, bound, dimensions) for bound in (parameter.low, parameter.high)
            )
            is_log = parameter.scale == "log"
            found[name] = float(np.sqrt(low * high)) if is_log else (low + high) / 2
        else:
            found[name] = scalar_si(name, parameter.fixed, dimensions)
    return found


def published_values(model: NeuronModel) -> dict[str, float]:
    """Return the first published set, or the middle of the bounds without one."""
    if not model.published:
        return sample_values(model)
    first = next(iter(model.published.values()))
    return {name: scalar_si(name, first[name], model.model.dimensions(name)) for name in first}


def simulate(model: NeuronModel, engine: AbstractEngine) -> SimulationResult:
    """Run the model on two traces of noise, with three samples that differ in all parameters."""
    values = published_values(model)
    rng = np.random.default_rng(3)
    noise = np.repeat(rng.normal(size=(2, N_STEPS // 20)), 20, axis=1)
    current = AMPLITUDE.get(model.family, 1e-9) * (1 + 0.3 * noise)
    dt = DT.get(model.family, 1e-4)
    task = SimulationTask(
        model=model.model,
        parameter_names=tuple(values),
        inputs={"I": TimedValues(values=current, dt=dt, dimensions=amp.dim)},
        n_traces=2,
        n_steps=N_STEPS,
        dt=dt,
        recorded=("v",),
        record_spikes=True,
    )
    samples = np.array(list(values.values())) * rng.uniform(0.97, 1.03, size=(3, len(values)))
    return engine.prepare(task).run(samples, iteration=0, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("name", WITHOUT_CHANCE)
def test_every_model_spikes_and_the_fused_engine_agrees_with_brian(name: str) -> None:
    model = library.get(name)

    fused = simulate(model, FusedEngine())
    brian = simulate(model, ReferenceEngine())

    assert fused.spikes is not None
    assert brian.spikes is not None
    assert brian.spikes.times.size > 0
    np.testing.assert_array_equal(fused.spikes.offsets, brian.spikes.offsets)
    np.testing.assert_allclose(fused.spikes.times, brian.spikes.times, atol=1e-9)
    # 1e-7 V is a millionth of the 100 mV that a spike spans.
    np.testing.assert_allclose(fused.traces["v"], brian.traces["v"], rtol=1e-6, atol=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_VT)
@pytest.mark.parametrize("engine", [FusedEngine(), ReferenceEngine()])
def test_escape_noise_spikes_as_often_as_the_hazard_says(name: str, engine: AbstractEngine) -> None:
    model = library.get(name)
    values = sample_values(model)
    # At the threshold the hazard is 1/ms. Spikes change nothing: no reset, no after-effects.
    values.update(EL=-0.050, VT=-0.050, V_r=-0.050, t_ref=0.0, R=0.0)
    values.update({key: 0.0 for key in ("b_1", "b_2", "c_1", "c_2") if key in values})
    task = SimulationTask(
        model=model.model,
        parameter_names=tuple(values),
        inputs={"I": TimedValues(values=np.zeros((50, N_STEPS)), dt=1e-4, dimensions=amp.dim)},
        n_traces=50,
        n_steps=N_STEPS,
        dt=1e-4,
        record_spikes=True,
    )

    spikes = engine.prepare(task).run(np.array([list(values.values())]), iteration=0, seed=1).spikes

    # Binomial: 50 x 2000 steps with probability 1 - exp(-0.1) = 0.09516; 5 standard deviations.
    assert spikes is not None
    n_tries, chance = 50 * N_STEPS, 1 - np.exp(-0.1)
    n_spikes = sum(spikes.train(0, trace).size for trace in range(50))
    assert abs(n_spikes - n_tries * chance) < 5 * np.sqrt(n_tries * chance * (1 - chance))
