"""The reference engine in C++ standalone: the same numbers, and no traces left behind."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import brian2
import numpy as np
import pytest
from brian2 import ms, mV
from brian2.devices.device import reset_device

from brianfit._foundation.errors import SimulationError, UnknownNameError
from brianfit.engines import ReferenceEngine
from brianfit.testing.engine_examples import simple_task
from brianfit.testing.engine_noise import DIFFUSION
from tests.unit.engines.agreement import assert_agrees
from tests.unit.engines.plain_brian import SAMPLES, run_plain_brian, task

GROWTH = "dx/dt = a/ms : 1\na : 1"
UNOPTIMISED = ["-w", "-O0", "-std=c++11"]  # compiles in a third of the time

needs_compilation = [pytest.mark.slow, pytest.mark.needs_compiler]


@pytest.fixture
def quick_compilation() -> Iterator[None]:
    """Compile without optimisation."""
    name = "codegen.cpp.extra_compile_args_gcc"
    usual = brian2.prefs[name]
    brian2.prefs[name] = UNOPTIMISED
    yield
    brian2.prefs[name] = usual


@pytest.fixture
def directory(tmp_path: Path, quick_compilation: None) -> Iterator[Path]:
    """Make C++ standalone the device, with this directory."""
    brian2.set_device("cpp_standalone", directory=str(tmp_path), build_on_run=False)
    yield tmp_path
    brian2.device.reinit()
    reset_device()


def growth_after_ten_steps(simulation, values: list[float]) -> np.ndarray:
    samples = np.array(values)[:, np.newaxis]
    return simulation.run(samples, iteration=0, seed=1).final["x"][:, 0]


class TestCompiled:
    pytestmark = needs_compilation

    def test_agrees_with_a_plain_script_round_after_round(self, directory: Path) -> None:
        brian2.set_device("runtime")
        plain = {number: run_plain_brian(number) for number in (0, 40)}
        reset_device()
        simulation = ReferenceEngine().prepare(task())

        for number in (0, 40, 0):
            result = simulation.run(SAMPLES, iteration=number, seed=1)

            assert_agrees(result, plain[number], 1e-9)

    def test_noise_follows_the_seed_and_the_round(self, directory: Path) -> None:
        simulation = ReferenceEngine().prepare(simple_task(DIFFUSION, final=("x",)))
        samples = np.full((400, 2), [3.0, 2.0])

        first, other, again = (
            simulation.run(samples, iteration=number, seed=5).final["x"][:, 0]
            for number in (1, 2, 1)
        )

        np.testing.assert_array_equal(first, again)
        # five standard errors: of a correlation, of the mean, of the variance
        assert abs(np.corrcoef(first, other)[0, 1]) < 5 / np.sqrt(400)
        assert np.mean(first) == pytest.approx(3.0, abs=5 * 2 / np.sqrt(400))
        assert np.var(first) == pytest.approx(4.0, abs=5 * 4 * np.sqrt(2 / 400))

    def test_simulations_take_turns_without_disturbing_each_other(self, directory: Path) -> None:
        one = ReferenceEngine().prepare(simple_task(GROWTH, final=("x",)))
        model = {"initial_values": {"x": "a"}, "namespace": {"b": 1}}
        other = ReferenceEngine().prepare(simple_task(GROWTH, final=("x",), **model))

        results = [
            growth_after_ten_steps(simulation, values)
            for simulation in (one, other)
            for values in ([1.0, 2.0], [3.0], [4.0, 5.0])
        ]
        back_to_one = growth_after_ten_steps(one, [6.0])

        expected = [[1, 2], [3], [4, 5], [2, 4], [6], [8, 10]]
        for result, numbers in zip(results, expected, strict=True):
            np.testing.assert_allclose(result, numbers, rtol=1e-12)
        np.testing.assert_allclose(back_to_one, [6], rtol=1e-12)

    def test_the_users_own_simulation_on_the_device_stays_readable(self, directory: Path) -> None:
        group = brian2.NeuronGroup(2, "dv/dt = -v/(10*ms) : volt", method="exact")
        group.v = [10, 20] * mV
        brian2.Network(group).run(10 * ms, namespace={})
        brian2.device.build(directory=str(directory / "own"), with_output=False)

        growth_after_ten_steps(ReferenceEngine().prepare(simple_task(GROWTH, final=("x",))), [1.0])

        np.testing.assert_allclose(group.v[:] / mV, [10 / np.e, 20 / np.e], rtol=1e-9)

    def test_leaves_the_user_his_device_and_builds_below_his_directory(
        self, directory: Path
    ) -> None:
        device = brian2.get_device()
        before = dict(vars(device))

        growth_after_ten_steps(ReferenceEngine().prepare(simple_task(GROWTH, final=("x",))), [1.0])

        assert brian2.get_device() is device
        assert vars(device) == before
        assert device.build_options == {"directory": str(directory)}
        assert list(directory.iterdir()) == [path.parent for path in directory.glob("*/main")]

    def test_a_temporary_directory_goes_with_the_simulation(
        self, quick_compilation: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        brian2.set_device("cpp_standalone")
        simulation = ReferenceEngine().prepare(simple_task(GROWTH, final=("x",)))

        growth_after_ten_steps(simulation, [1.0])
        during = list(tmp_path.glob("brianfit_*/main"))
        del simulation
        gc.collect()
        reset_device()

        assert len(during) == 1
        assert list(tmp_path.glob("brianfit_*")) == []

    def test_runs_on_the_device_that_is_active(self, directory: Path) -> None:
        simulation = ReferenceEngine().prepare(simple_task(GROWTH, final=("x",)))
        brian2.set_device("runtime")
        at_run_time = growth_after_ten_steps(simulation, [1.0])
        built = list(directory.iterdir())
        reset_device()

        compiled = growth_after_ten_steps(simulation, [1.0])

        assert built == []
        np.testing.assert_allclose(at_run_time, compiled, rtol=1e-12)

    def test_a_program_that_fails_says_so(
        self, directory: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        simulation = ReferenceEngine().prepare(simple_task(GROWTH, final=("x",)))
        growth_after_ten_steps(simulation, [1.0])
        for program in directory.glob("*/main"):
            program.write_text("#!/bin/sh\necho no space left\nexit 3\n")

        with pytest.raises(SimulationError, match=r"exit status 3.*no space left"):
            growth_after_ten_steps(simulation, [1.0])


def test_a_compiler_that_fails_is_named(directory: Path) -> None:
    simulation = ReferenceEngine().prepare(simple_task(GROWTH, final=("x",)))
    brian2.prefs["devices.cpp_standalone.make_cmd_unix"] = "false"

    with pytest.raises(SimulationError, match="C\\+\\+ compiler"):
        growth_after_ten_steps(simulation, [1.0])

    brian2.prefs["devices.cpp_standalone.make_cmd_unix"] = "make"


def test_errors_of_the_model_show_before_anything_is_compiled(directory: Path) -> None:
    with pytest.raises(UnknownNameError, match='"unknown"'):
        ReferenceEngine().prepare(simple_task("dx/dt = unknown/ms : 1"))

    assert list(directory.iterdir()) == []
