"""Derivatives written once for all directions are those of each direction written by itself."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brian2 import Equations, mV
from brian2.stateupdaters.base import UnsupportedEquationsException

from brianfit._foundation.errors import BrianfitError
from brianfit.engines import SimulationResult, SimulationTask
from brianfit.engines.fused import FusedEngine
from brianfit.engines.fused.passes.derivatives import tangents
from brianfit.model import Accumulator, Model
from tests.against_reference.slopes import free_task
from tests.against_reference.test_corpus import DETERMINISTIC, needs_corpus

TOLERANCE = 1e-9
"""Of the largest value: sums have another order."""

ADAPTING = """
dv/dt = (E - v + delta*exp((v - VT)/delta) - w)/tau : volt (unless refractory)
dw/dt = (0.1*(v - E) - w)/(30*ms) : volt
delta : volt (constant)
VT : volt (constant)
tau : second (constant)
b : volt (constant)
hold : second (constant)
"""
RANGES = {
    "delta": (1.9e-3, 2.1e-3), "VT": (-0.051, -0.049), "tau": (9e-3, 11e-3),
    "b": (1e-3, 2e-3), "hold": (1e-3, 3e-3),
}  # fmt: skip
"""Five, so that the last of the tiles is not full."""


def _adapting_task(n_steps: int = 600) -> SimulationTask:
    generator = np.random.default_rng(3)
    return SimulationTask(
        model=Model(
            equations=Equations(ADAPTING), threshold="v > -40*mV", reset="v = -60*mV; w += b",
            refractory="hold", method="exponential_euler", initial_values={"v": "VT - 10*mV"},
            namespace={"E": -45 * mV},
        ),
        parameter_names=tuple(RANGES),
        inputs={},
        n_traces=1,
        n_steps=n_steps,
        dt=1e-4,
        record_spikes=True,
        directions=tuple(RANGES),
        sloped=("w",),
        squares=(
            Accumulator(
                name="error", expression="v - goal", variables=("v",),
                timed={"goal": generator.normal(-0.05, 1e-3, size=(1, n_steps))},
            ),
        ),
    )  # fmt: skip


def _both(
    task: SimulationTask,
    samples: np.ndarray,
    precision: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> list[SimulationResult]:
    """Simulate with directions together, then one by one."""
    found = []
    for is_together in (True, False):
        with monkeypatch.context() as patch:
            if not is_together:  # with a folder of its own, since sources are remembered
                patch.setenv("BRIANFIT_CACHE_DIR", str(folder))
                patch.setattr(tangents, "add_together", lambda *given: None)
            simulation = FusedEngine(threads=1, precision=precision).prepare(task)
            assert is_together or "N_TILES" not in simulation.source
            found.append(simulation.run(samples, iteration=0, seed=1))
    return found


def _assert_close(found: np.ndarray, expected: np.ndarray, tolerance: float) -> None:
    scale = float(np.abs(expected).max(initial=0.0))
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance * scale)


nightly = pytest.mark.skipif(
    os.environ.get("BRIANFIT_NIGHTLY") != "1",
    reason="compiles every model twice; BRIANFIT_NIGHTLY=1 runs it",
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("precision", "tolerance"),
    [("float64", TOLERANCE), pytest.param("float32", 1e-2, marks=nightly)],
)
def test_sums_slopes_and_spikes_are_the_same(
    precision: str, tolerance: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    low, high = np.array(list(RANGES.values())).T
    samples = np.random.default_rng(1).uniform(low, high, size=(9, len(RANGES)))

    together, apart = _both(_adapting_task(), samples, precision, tmp_path, monkeypatch)

    assert "N_TILES" in FusedEngine(precision=precision).prepare(_adapting_task()).source
    assert apart.spike_slopes is not None
    assert together.spike_slopes is not None
    assert apart.spike_slopes.times.size > 20
    for part in fields(apart.squares["error"]):
        expected = getattr(apart.squares["error"], part.name)
        _assert_close(getattr(together.squares["error"], part.name), expected, tolerance)
    for k in range(len(RANGES)):
        _assert_close(together.slopes["w"][..., k], apart.slopes["w"][..., k], tolerance)
        _assert_close(
            together.spike_slopes.derivatives[:, k], apart.spike_slopes.derivatives[:, k], tolerance
        )


def _identifier(value: Any) -> str:
    return value["id"] if isinstance(value, dict) else str(value)


@needs_corpus
@nightly
@pytest.mark.parametrize("entry", DETERMINISTIC, ids=_identifier)
def test_slopes_of_every_model_are_the_same(
    entry: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, values = free_task(entry, method=entry["method"], n_steps=100)
    try:
        together, apart = _both(task, values, "float64", tmp_path, monkeypatch)
    except (BrianfitError, UnsupportedEquationsException) as reason:
        pytest.skip(f"This model is not compiled: {reason}")

    for name, expected in apart.slopes.items():
        usable = np.isfinite(expected)
        _assert_close(together.slopes[name][usable], expected[usable], TOLERANCE)
