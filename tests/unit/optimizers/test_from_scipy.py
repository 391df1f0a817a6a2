"""The global minimisers of SciPy; what all optimizers must do is in their contract test."""

from __future__ import annotations

import gc
import pickle
import threading

import numpy as np
import pytest
from scipy.optimize import dual_annealing

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit.optimizers import ScipyOptimizer

CENTRE = np.array([0.3, 0.7])


def bowl(samples: np.ndarray) -> np.ndarray:
    """Return the squared distance to the centre."""
    return np.sum((samples - CENTRE) ** 2, axis=1)


def started(optimizer: ScipyOptimizer, n_samples: int = 8) -> int:
    """Start a search for two parameters; return the number of samples per round."""
    optimizer.seed(np.random.default_rng(1))
    return optimizer.initialize(["x", "y"], n_samples, 10, x=(0.0, 1.0), y=(0.0, 1.0))


def rounds(optimizer: ScipyOptimizer, n_rounds: int, n_samples: int) -> np.ndarray:
    """Ask and tell; return all samples."""
    asked = []
    for _ in range(n_rounds):
        samples = optimizer.ask(n_samples)
        optimizer.tell(samples, bowl(samples))
        asked.append(samples)
    return np.concatenate(asked)


def test_annealing_asks_for_what_scipy_evaluates() -> None:
    evaluated: list[np.ndarray] = []
    optimizer = ScipyOptimizer("dual_annealing", no_local_search=True)
    n_samples = started(optimizer)
    asked = rounds(optimizer, 30, n_samples)

    dual_annealing(
        lambda x: (evaluated.append(x.copy()), float(bowl(x[np.newaxis])[0]))[1],
        [(0.0, 1.0)] * 2,
        x0=asked[0],
        seed=optimizer._scipy_seed,
        no_local_search=True,
        maxiter=8,
    )

    assert n_samples == 1
    np.testing.assert_allclose(asked, np.array(evaluated)[:30], rtol=0, atol=1e-15)


def test_shgo_starts_again_with_more_samples_when_it_has_ended() -> None:
    optimizer = ScipyOptimizer("shgo", n=8)

    samples = rounds(optimizer, 60, started(optimizer))

    assert len(np.unique(samples, axis=0)) > 16
    assert bowl(optimizer.recommend()[np.newaxis])[0] < 1e-8


def test_shgo_goes_on_when_it_is_unpickled() -> None:
    original = ScipyOptimizer("shgo", n=8)
    n_samples = started(original)
    rounds(original, 12, n_samples)
    copied = pickle.loads(pickle.dumps(original))  # noqa: S301

    np.testing.assert_array_equal(rounds(copied, 20, n_samples), rounds(original, 20, n_samples))


def test_shgo_refuses_boxes_of_many_dimensions() -> None:
    bounds = {f"p{k}": (0.0, 1.0) for k in range(8)}

    with pytest.raises(InvalidValueError, match="up to 7 parameters, but there are 8"):
        ScipyOptimizer("shgo").initialize(list(bounds), 10, 1, **bounds)


def test_errors_of_scipy_reach_the_user() -> None:
    optimizer = ScipyOptimizer(strategy="uphill")
    n_samples = started(optimizer)

    with pytest.raises(ValueError, match="mutation strategy"):
        optimizer.ask(n_samples)


def test_a_forgotten_search_ends_its_thread() -> None:
    before = threading.active_count()
    optimizer = ScipyOptimizer()
    rounds(optimizer, 2, started(optimizer))
    running = [thread for thread in threading.enumerate() if "_run" in thread.name]

    del optimizer
    gc.collect()
    for thread in running:
        thread.join(10)

    assert threading.active_count() <= before


def test_unknown_options_are_named() -> None:
    with pytest.raises(InvalidTypeError, match="popsize"):
        ScipyOptimizer("differential_evolution", popsize=3)
