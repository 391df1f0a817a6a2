"""Loops that reach LLVM directly yield the same numbers, bit by bit, as by Numba."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from brian2.stateupdaters.base import UnsupportedEquationsException

from brianfit._foundation.errors import BrianfitError
from brianfit.engines import SimulationResult, SimulationTask
from brianfit.engines.fused.build import build
from brianfit.engines.fused.kernel import Kernel, signature_of
from brianfit.engines.fused.sources import emitted_source
from tests.against_reference.corpus import samples_of, task_of
from tests.against_reference.slopes import free_task
from tests.against_reference.test_corpus import DETERMINISTIC, ENTRIES, needs_corpus

N_STEPS = 100

BY_NUMBA = """from numba import njit

@njit(error_model="numpy", fastmath={"contract", "nsz", "arcp"}, forceinline=True)
"""

SAMPLE = {
    "ex_coupled_oscillators": "float64",
    "ex_Tsodyks_Pawelzik_Markram_1998": "float32",
}


def _both(
    task: SimulationTask, samples: np.ndarray, precision: str = "float64"
) -> list[SimulationResult]:
    """Simulate with loops lowered by brianfit, then by Numba."""
    emitted = emitted_source(task, precision)
    plain = emitted.source.replace("\n@straight\n", "\n" + BY_NUMBA)
    assert plain != emitted.source
    found = []
    for source in (emitted.source, plain):
        function = build(
            source,
            signature=signature_of(emitted.tables, stoppable=False),
            functions=emitted.functions,
        )
        kernel = Kernel(
            function, task, emitted.tables, threads=1, common_noise=False,
            n_states=emitted.n_states,
        )  # fmt: skip
        found.append(kernel.run(samples, iteration=0, seed=1, first_sample=0))
    return found


def _assert_identical(results: list[SimulationResult]) -> None:
    first, second = results
    for part in ("traces", "final", "sums", "slopes"):
        expected = getattr(second, part)
        for name, values in getattr(first, part).items():
            np.testing.assert_array_equal(values, expected[name], err_msg=name)
    if first.spikes is not None and second.spikes is not None:
        np.testing.assert_array_equal(first.spikes.times, second.spikes.times)


def _identifier(value: Any) -> str:
    return value["id"] if isinstance(value, dict) else str(value)


nightly = pytest.mark.skipif(
    os.environ.get("BRIANFIT_NIGHTLY") != "1",
    reason="compiles every model twice; BRIANFIT_NIGHTLY=1 runs it",
)


@needs_corpus
@pytest.mark.slow
@pytest.mark.parametrize(
    "entry", [entry for entry in ENTRIES if entry["id"] in SAMPLE], ids=_identifier
)
def test_two_models_are_the_same_by_both_ways(entry: dict[str, Any]) -> None:
    task = task_of(entry, method=entry["method"], n_steps=N_STEPS)

    results = _both(task, samples_of(entry), SAMPLE[entry["id"]])

    _assert_identical(results)


@needs_corpus
@nightly
@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("entry", ENTRIES, ids=_identifier)
def test_every_model_is_the_same_by_both_ways(entry: dict[str, Any], precision: str) -> None:
    task = task_of(entry, method=entry["method"], n_steps=N_STEPS)
    try:
        results = _both(task, samples_of(entry), precision)
    except BrianfitError as reason:
        pytest.skip(f"This model is not compiled: {reason}")

    _assert_identical(results)


@needs_corpus
@nightly
@pytest.mark.parametrize("entry", DETERMINISTIC, ids=_identifier)
def test_derivatives_of_every_model_are_the_same_by_both_ways(entry: dict[str, Any]) -> None:
    task, values = free_task(entry, method=entry["method"], n_steps=N_STEPS)
    if not task.directions:
        pytest.skip("This model has no parameter.")
    task = replace(task, recorded=())
    try:
        results = _both(task, values)
    except (BrianfitError, UnsupportedEquationsException) as reason:
        pytest.skip(f"This model is not compiled: {reason}")

    _assert_identical(results)
