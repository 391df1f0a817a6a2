"""A small fit, quick enough to be killed and begun again many times."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from brian2 import ms

from brianfit.fitting import TraceFitter
from brianfit.optimizers import CMAESOptimizer
from brianfit.results import FitResult

N_ROUNDS = 12


def settings() -> dict[str, Any]:
    """Return the optimizer, a new one, and the bounds."""
    return {"optimizer": CMAESOptimizer(), "x": [0.1, 10.0], "y": [0.5, 5.0]}


def make_fitter(*, scale: float = 1.0, n_samples: int = 10) -> TraceFitter:
    """Return a fitter of two traces; `scale` multiplies what was recorded."""
    return TraceFitter(
        "dv/dt = (I*x - v)/(y*ms) : 1\nx : 1 (constant)\ny : 1 (constant)",
        input={"I": np.array([[1.0], [2.0]]).repeat(20, axis=1)},
        output={"v": scale * np.array([[1.0], [2.5]]).repeat(20, axis=1)},
        dt=0.1 * ms,
        n_samples=n_samples,
        method="exponential_euler",
    )


def fit(
    store: Path | None = None,
    *,
    n_rounds: int = N_ROUNDS,
    callback: Callable[..., Any] | None = None,
    **arguments: Any,
) -> FitResult:
    """Fit with a fixed seed; return the result."""
    fitter = make_fitter()
    chosen = {"seed": 1, **settings(), **arguments}
    fitter.fit(n_rounds=n_rounds, callback=callback, store=store, **chosen)
    return fitter.result


def assert_same_numbers(found: FitResult, expected: FitResult) -> None:
    """Check that two fits evaluated the same samples with the same errors."""
    np.testing.assert_array_equal(found.history.values, expected.history.values)
    np.testing.assert_array_equal(found.history.errors, expected.history.errors)
    assert found.best_values == expected.best_values
    assert found.error == expected.error
