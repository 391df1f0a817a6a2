"""Every model of the corpus runs fused as it runs in Brian 2: same traces, same spikes."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from brianfit._foundation.errors import BrianfitError, UnsupportedByFusedEngine
from brianfit.engines import ReferenceEngine, SimulationResult
from brianfit.engines.fused import FusedEngine
from tests.against_reference.corpus import FILE, entries, samples_of, step_of, task_of

METHODS = (
    "exact",
    "independent",
    "euler",
    "heun",
    "milstein",
    "rk2",
    "rk4",
    "exponential_euler",
)
N_STEPS = 300
TOLERANCE = 1e-9
"""Of the range of a trace: far above what the order of additions may change (1e-16 a step)."""

ENTRIES = entries()
DETERMINISTIC = [entry for entry in ENTRIES if not entry["stochastic"]]
STOCHASTIC = [entry for entry in ENTRIES if entry["stochastic"]]
NOT_FUSED = frozenset[str]()
"""Models that the fused engine leaves to Brian 2; none."""

SLOWEST = {"tp_pinsky_rinzel", "ex_Stimberg_et_al_2018__example_3_io_synapse", "ex_CUBA"}
"""Models that take a minute each; they are run by night."""

needs_corpus = pytest.mark.skipif(
    not ENTRIES,
    reason=f"There is no corpus in {FILE.parent}; BRIANFIT_SHARED may name it.",
)
EVERY_METHOD = [
    (entry, method) for entry in DETERMINISTIC for method in METHODS if method != entry["method"]
]


def _identifier(value: Any) -> str:
    return value["id"] if isinstance(value, dict) else str(value)


@lru_cache(maxsize=4)
def _both(number: int, method: str | None) -> tuple[SimulationResult, SimulationResult]:
    """Simulate an entry with both engines.

    Raises
    ------
    BrianfitError
        If the reference engine cannot run it with this method.
    UnsupportedByFusedEngine
        If only the fused engine cannot.
    """
    entry = DETERMINISTIC[number]
    task = task_of(entry, method=method, n_steps=N_STEPS)
    samples = samples_of(entry)
    reference = ReferenceEngine().prepare(task).run(samples, iteration=0, seed=1)
    fused = FusedEngine(threads=1).prepare(task).run(samples, iteration=0, seed=1)
    return reference, fused


def _assert_same(reference: SimulationResult, fused: SimulationResult, dt: float) -> None:
    """Spikes fall into the same steps; traces are the same up to the first spike."""
    last = N_STEPS
    if reference.spikes is not None and fused.spikes is not None:
        np.testing.assert_array_equal(fused.spikes.offsets, reference.spikes.offsets)
        np.testing.assert_allclose(fused.spikes.times, reference.spikes.times, rtol=1e-12)
        if reference.spikes.times.size:
            last = 1 + round(reference.spikes.times.min() / dt)
    for name, trace in reference.traces.items():
        expected, found = trace[..., :last], fused.traces[name][..., :last]
        usable = np.isfinite(expected)
        scale = float(np.abs(expected[usable]).max(initial=0.0))
        np.testing.assert_allclose(
            found[usable], expected[usable], rtol=0, atol=TOLERANCE * scale, err_msg=name
        )


@needs_corpus
@pytest.mark.parametrize("entry", DETERMINISTIC, ids=_identifier)
def test_agrees_with_brian(entry: dict[str, Any]) -> None:
    if entry["id"] in SLOWEST and os.environ.get("BRIANFIT_NIGHTLY") != "1":
        pytest.skip("takes a minute; BRIANFIT_NIGHTLY=1 runs it")
    try:
        reference, fused = _both(DETERMINISTIC.index(entry), entry["method"])
    except UnsupportedByFusedEngine:
        assert entry["id"] in NOT_FUSED
        return

    _assert_same(reference, fused, step_of(entry))
    assert entry["id"] not in NOT_FUSED


@needs_corpus
@pytest.mark.parametrize("entry", STOCHASTIC, ids=_identifier)
def test_noise_agrees_with_brian_in_mean_and_variance(entry: dict[str, Any]) -> None:
    n_steps, repeats = 100, 200
    task = task_of(entry, method=entry["method"], n_steps=n_steps)
    samples = np.tile(samples_of(entry), (repeats, 1))

    reference = ReferenceEngine().prepare(task).run(samples, iteration=0, seed=1)
    fused = FusedEngine(threads=1).prepare(task).run(samples, iteration=0, seed=1)

    for name, trace in reference.traces.items():
        for step in (1, n_steps // 2, n_steps - 1):
            expected, found = trace[:, 0, step], fused.traces[name][:, 0, step]
            np.testing.assert_array_equal(np.isfinite(found).all(), np.isfinite(expected).all())
            scale = float(np.nanmax(np.abs(trace)))
            _assert_same_moments(expected, found, scale, f"{name} at step {step}")


def _assert_same_moments(first: np.ndarray, second: np.ndarray, scale: float, what: str) -> None:
    """Compare means and variances with their standard errors.

    Five standard errors: some 150 comparisons of true equals then fail once in 10,000 runs. What
    does not vary may differ by rounding, a tiny fraction of the `scale` of the variable.
    """
    deviations = [(values - values.mean()) ** 2 for values in (first, second)]
    for (a, b), floor in (((first, second), scale), (deviations, scale**2)):
        error = np.sqrt(a.var() / a.size + b.var() / b.size)
        assert abs(a.mean() - b.mean()) <= 5 * error + TOLERANCE * floor, what


@needs_corpus
@pytest.mark.skipif(
    os.environ.get("BRIANFIT_NIGHTLY") != "1",
    reason="every model with every method takes half an hour; BRIANFIT_NIGHTLY=1 runs them",
)
@pytest.mark.parametrize(("entry", "method"), EVERY_METHOD, ids=_identifier)
def test_agrees_with_brian_by_every_method(entry: dict[str, Any], method: str) -> None:
    try:
        reference, fused = _both(DETERMINISTIC.index(entry), method)
    except UnsupportedByFusedEngine:
        raise
    except BrianfitError as reason:
        pytest.skip(f"Brian does not run this model so: {reason}")

    _assert_same(reference, fused, step_of(entry))
