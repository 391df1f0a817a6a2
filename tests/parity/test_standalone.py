"""Fits in C++ standalone: the numbers of run time, however fitters and calls alternate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import brian2
import numpy as np
import pytest
from brian2 import ms, mV, nS, pF
from brian2.devices.device import reset_device

from brianfit import MSEMetric, OnlineTraceFitter, SpikeFitter, TraceFitter
from tests.parity.leaky import (
    BOUNDS,
    DT,
    EL,
    PASSIVE,
    current,
    membrane,
    spike_fitter,
    trace_fitter,
)
from tests.parity.scripted_optimizer import ScriptedOptimizer

pytestmark = [pytest.mark.slow, pytest.mark.needs_compiler]

ROWS = [[0.5, 0.5], [0.3, 0.6]]
START: dict[str, Any] = {"gl": 9 * nS, "C": 110 * pF}
UNOPTIMISED = ["-w", "-O0", "-std=c++11"]  # compiles in a third of the time


@pytest.fixture
def standalone(tmp_path: Path) -> Iterator[Path]:
    """Make C++ standalone the device, as scripts of users do; compile without optimisation."""
    name = "codegen.cpp.extra_compile_args_gcc"
    usual = brian2.prefs[name]
    brian2.prefs[name] = UNOPTIMISED
    brian2.set_device("cpp_standalone", directory=str(tmp_path), build_on_run=False)
    yield tmp_path
    brian2.device.reinit()
    reset_device()
    brian2.prefs[name] = usual


def _trace_fitter() -> TraceFitter:
    return trace_fitter(engine=None, method="exponential_euler", n_samples=2)


def _spike_fitter() -> SpikeFitter:
    return spike_fitter(engine=None, n_samples=2)


def _online_fitter() -> OnlineTraceFitter:
    return OnlineTraceFitter(
        model=PASSIVE,
        input_var="I",
        input=current(),
        output_var="v",
        output=membrane() + 2 * mV,
        dt=DT,
        n_samples=2,
        method="exponential_euler",
        param_init={"v": EL},
        t_start=5 * ms,
        namespace={"EL": EL},
    )


def _at_run_time(work: Callable[[], Any]) -> Any:
    """Return what `work` returns on the runtime device."""
    brian2.set_device("runtime")
    brian2.prefs["codegen.target"] = "numpy"
    try:
        return work()
    finally:
        reset_device()


def _compiled_programs(directory: Path) -> int:
    return len(list(directory.glob("*/main")))


def test_fits_in_turn_equal_those_at_run_time(standalone: Path) -> None:
    def work() -> list[np.ndarray]:
        fitters = [_trace_fitter(), _spike_fitter(), _online_fitter()]
        optimizers = [ScriptedOptimizer(ROWS) for _ in fitters]
        for optimizer, fitter in zip(optimizers, fitters, strict=True):
            fitter.fit(optimizer, n_rounds=2, callback=None, **BOUNDS)
        for fitter in fitters:  # each goes on after the others have used the device
            fitter.fit(n_rounds=1, callback=None)
        return [fitter.result.history.errors for fitter in fitters]

    compiled = work()
    expected = _at_run_time(work)

    for errors, numbers in zip(compiled, expected, strict=True):
        assert errors.shape == (6,)
        np.testing.assert_allclose(errors, numbers, rtol=1e-9, atol=1e-18)
    # One program for each fitter: further rounds run the same one with other values.
    assert _compiled_programs(standalone) == 3


def test_traces_and_spikes_generated_between_rounds_equal_those_at_run_time(
    standalone: Path,
) -> None:
    def work() -> tuple[np.ndarray, np.ndarray, float]:
        fitter, spikes = _trace_fitter(), _spike_fitter()
        optimizer = ScriptedOptimizer(ROWS)
        fitter.fit(optimizer, callback=None, **BOUNDS)
        traces = np.asarray(fitter.generate_traces())
        train = np.asarray(spikes.generate_spikes({"gl": 10 * nS, "C": 100 * pF})[1])
        fitter.fit(optimizer, callback=None)
        return traces, train, float(fitter.best_error)

    compiled = work()
    expected = _at_run_time(work)

    for found, number in zip(compiled, expected, strict=True):
        np.testing.assert_allclose(found, number, rtol=1e-9, atol=1e-18)
    assert expected[1].size > 0


@pytest.mark.parametrize("calc_gradient", [False, True])
def test_refinement_equals_that_at_run_time(standalone: Path, calc_gradient: bool) -> None:
    def work() -> tuple[float, float]:
        params, result = _trace_fitter().refine(
            START, MSEMetric(), callback=None, calc_gradient=calc_gradient, max_nfev=4, **BOUNDS
        )
        return float(params["gl"] / nS), float(result.cost)

    compiled = work()
    expected = _at_run_time(work)

    # Four steps of the same search; differences of the last digit grow with every step.
    assert compiled[0] == pytest.approx(expected[0], rel=1e-6)
    assert abs(compiled[0] - 10) < abs(9 - 10)
    assert compiled[1] == pytest.approx(expected[1], rel=1e-3, abs=1e-15)
