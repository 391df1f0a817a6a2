"""What the fused engine promises beyond the contract of engines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from brian2 import Equations
from brian2.devices.device import get_device, reset_device, set_device

from brianfit._foundation.errors import UnsupportedByFusedEngine
from brianfit.engines import SimulationTask
from brianfit.engines.fused import FusedEngine
from brianfit.model import Accumulator, Model

NOISY = "dv/dt = (a - v)/(10*ms) + 0.3*xi/ms**0.5 : 1\na : 1 (constant)"
SAMPLES = np.linspace(0.5, 2.0, 45)[:, np.newaxis]


def _task(equations: str = NOISY, *, n_steps: int = 150, **changes: object) -> SimulationTask:
    model = Model(equations=Equations(equations), method="euler", **changes)  # type: ignore[arg-type]
    return SimulationTask(
        model=model,
        parameter_names=model.parameter_names,
        inputs={},
        n_traces=2,
        n_steps=n_steps,
        dt=1e-4,
        final=("v",),
    )


def _spiking_task() -> SimulationTask:
    """Return a noisy model in which every neuron fires in most steps."""
    task = _task(threshold="v > -10", reset="v -= 0.001", initial_values={"v": "a"})
    return replace(task, record_spikes=True)


@pytest.fixture(scope="module")
def whole() -> tuple[np.ndarray, np.ndarray]:
    """Return final values and spike counts of one round, simulated at once by one thread."""
    result = FusedEngine(threads=1).prepare(_spiking_task()).run(SAMPLES, iteration=3, seed=7)
    assert result.spikes is not None
    return result.final["v"], result.spikes.counts()


def test_results_do_not_depend_on_the_number_of_threads(
    whole: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("brianfit.engines.fused.kernel.SMALL_RUN", 0)

    result = FusedEngine(threads=3).prepare(_spiking_task()).run(SAMPLES, iteration=3, seed=7)

    np.testing.assert_array_equal(result.final["v"], whole[0])


def test_results_do_not_depend_on_the_parts_of_a_round(
    whole: tuple[np.ndarray, np.ndarray],
) -> None:
    simulation = FusedEngine(threads=1).prepare(_spiking_task())

    parts = [
        simulation.run(SAMPLES[first:last], iteration=3, seed=7, first_sample=first).final["v"]
        for first, last in ((0, 7), (7, 30), (30, 45))
    ]

    np.testing.assert_array_equal(np.concatenate(parts), whole[0])


def test_no_spike_is_lost_however_many_there_are(whole: tuple[np.ndarray, np.ndarray]) -> None:
    np.testing.assert_array_equal(whole[1], np.full((45, 2), 150))


def test_common_noise_is_the_same_for_all_samples_but_not_for_all_traces() -> None:
    simulation = FusedEngine(common_noise=True).prepare(_task())

    final = simulation.run(np.full((40, 1), 1.5), iteration=0, seed=1).final["v"]

    np.testing.assert_array_equal(final, np.tile(final[0], (40, 1)))
    assert final[0, 0] != final[0, 1]


def test_a_sample_that_diverges_disturbs_no_other() -> None:
    squared = Accumulator(name="squared", expression="v**2", variables=("v",), timed={})
    task = _task("dv/dt = a*v**3/ms : 1\na : 1", initial_values={"v": 1.0})
    task = replace(task, recorded=("v",), accumulators=(squared,))
    samples = np.array([[-1.0], [50.0], [-2.0]])

    result = FusedEngine().prepare(task).run(samples, iteration=0, seed=1)
    alone = FusedEngine().prepare(task).run(samples[[0, 2]], iteration=0, seed=1)

    assert not np.isfinite(result.final["v"][1]).any()
    assert not np.isfinite(result.sums["squared"][1]).any()
    assert not np.isfinite(result.traces["v"][1, :, -1]).any()
    np.testing.assert_array_equal(result.sums["squared"][[0, 2]], alone.sums["squared"])


@pytest.mark.slow
def test_float32_differs_by_its_rounding_errors_only() -> None:
    task = _task("dv/dt = (a - v + 0.1*sin(2*pi*t/(5*ms)))/(10*ms) : 1\na : 1")

    double = FusedEngine().prepare(task).run(SAMPLES, iteration=0, seed=1).final["v"]
    single = FusedEngine(precision="float32").prepare(task).run(SAMPLES, iteration=0, seed=1)

    # 150 steps of two or three roundings of 6e-8 each
    np.testing.assert_allclose(single.final["v"], double, rtol=3e-5)
    assert (single.final["v"] != double).any()


def test_the_refractory_time_is_exact_in_float32() -> None:
    task = _task(
        "dv/dt = 1/(1*ms) : 1 (unless refractory)\na : 1",
        n_steps=3000,
        threshold="v > 0.05",
        reset="v = 0",
        refractory="2.0*ms",
    )
    task = replace(task, record_spikes=True)

    spikes = FusedEngine(precision="float32").prepare(task).run(SAMPLES[:1], iteration=0, seed=1)

    assert spikes.spikes is not None
    # one step to pass the threshold, in which 20 of 20 refractory steps are over
    np.testing.assert_allclose(np.diff(spikes.spikes.train(0, 0)), 2e-3, rtol=1e-9)


def test_methods_with_steps_of_their_own_are_left_to_brian() -> None:
    task = _task("dv/dt = (a - v)/(10*ms) : 1\na : 1")
    task = replace(task, model=replace(task.model, method="gsl"))

    with pytest.raises(UnsupportedByFusedEngine, match="GNU Scientific Library"):
        FusedEngine().prepare(task)


def test_a_model_can_be_prepared_while_another_device_is_chosen() -> None:
    set_device("cpp_standalone", build_on_run=False)
    chosen = get_device()
    try:
        task = _task("dv/dt = (a - v)/(11*ms) : 1\na : 1")
        final = FusedEngine().prepare(task).run(SAMPLES, iteration=0, seed=1).final["v"]
        still_chosen = get_device()
    finally:
        reset_device()

    assert still_chosen is chosen
    expected = SAMPLES * (1 - (1 - 1e-4 / 11e-3) ** 150)
    np.testing.assert_allclose(final, np.tile(expected, 2), rtol=1e-12)


def test_the_source_speaks_of_the_model() -> None:
    source = FusedEngine().prepare(_spiking_task()).source

    assert "threshold: v > -10" in source
    assert "v = v_of[lane]" in source
    assert "# state update (v), conditions (spike)" in source
