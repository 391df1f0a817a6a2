"""Kernels kept on disk: a second process compiles nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from brianfit.engines.fused import kept_kernels

SCRIPT = """
import logging
logging.basicConfig(level=logging.INFO, format="LOG %(message)s")
import numpy as np
from brian2 import Equations
from numba.core import event
from brianfit.engines import SimulationTask
from brianfit.engines.fused import FusedEngine
from brianfit.model import Model

task = SimulationTask(
    model=Model(equations=Equations("dv/dt = -v/tau : 1\\ntau : second (constant)"),
                method="exact", initial_values={"v": 1.0}),
    parameter_names=("tau",), inputs={}, n_traces=1, n_steps=10, dt=1e-4, final=("v",))
with event.install_recorder("numba:compile") as recorder:
    simulation = FusedEngine(threads=1).prepare(task)
result = simulation.run(np.array([[1e-3]]), iteration=0, seed=1)
print(len(recorder.buffer), result.final["v"][0, 0])
"""


def _run(folder: Path) -> tuple[int, float, str]:
    """Return how many compilations a new process started, what it found, and what it logged."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "BRIANFIT_CACHE_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    count, value = done.stdout.split()
    return int(count), float(value), done.stderr


@pytest.mark.slow
def test_a_second_process_compiles_nothing(tmp_path: Path) -> None:
    first = _run(tmp_path)

    second = _run(tmp_path)

    assert first[0] > 0
    assert second[0] == 0
    assert second[1] == first[1] == pytest.approx(0.36787944117144233)
    assert "cannot be used" not in second[2]


@pytest.mark.slow
def test_damaged_files_are_made_again(tmp_path: Path) -> None:
    first = _run(tmp_path)
    for kept in tmp_path.rglob("*"):
        if kept.is_file():
            kept.write_bytes(b"damaged")

    again = _run(tmp_path)
    third = _run(tmp_path)

    assert again[1] == third[1] == first[1]
    assert third[0] == 0


@pytest.mark.slow
def test_a_kernel_with_a_wrong_bit_is_compiled_again(tmp_path: Path) -> None:
    first = _run(tmp_path)
    (code,) = tmp_path.rglob("*.nbc")
    content = bytearray(code.read_bytes())
    content[len(content) // 2] ^= 1
    code.write_bytes(content)

    again = _run(tmp_path)
    third = _run(tmp_path)

    assert again[0] > 0
    assert "damaged" in again[2]
    assert again[1] == first[1]
    assert third[0] == 0


def test_kernels_beyond_the_limit_are_removed_the_oldest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_kernels, "MOST_BYTES", 250)
    (tmp_path / "__pycache__").mkdir()
    paths = [tmp_path / f"kernel_{name}.py" for name in "abc"]
    for age, path in zip((3, 2, 1), paths, strict=True):
        path.write_text("")
        (tmp_path / "__pycache__" / f"{path.stem}.simulate.nbc").write_bytes(bytes(100))
        kept_kernels.seal(path)
        os.utime(path.with_suffix(".seal"), times=(1000 - age, 1000 - age))
    newest = tmp_path / "kernel_d.py"
    newest.write_text("")
    (tmp_path / "__pycache__" / "kernel_d.simulate.nbc").write_bytes(bytes(100))

    kept_kernels.seal(newest)

    assert sorted(path.name for path in tmp_path.glob("*.py")) == ["kernel_c.py", "kernel_d.py"]
    assert all(map(kept_kernels.is_intact, (paths[2], newest)))
