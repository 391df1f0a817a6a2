"""The adapter of scikit-optimize: surrogates, initial points, diverged samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit.optimizers import SkoptOptimizer

pytestmark = pytest.mark.needs_package("skopt")

BOUNDS = {"a": (0.0, 2.0), "b": (-1.0, 1.0)}


def searched(optimizer: SkoptOptimizer, n_rounds: int, popsize: int = 5) -> np.ndarray:
    """Return the samples asked for; errors are squared distances from (0.6, 0.4)."""
    optimizer.seed(np.random.default_rng(1))
    optimizer.initialize(list(BOUNDS), popsize, n_rounds, **BOUNDS)
    samples = []
    for _ in range(n_rounds):
        asked = np.asarray(optimizer.ask(popsize))
        optimizer.tell(asked, np.sum((asked - [0.6, 0.4]) ** 2, axis=1))
        samples.append(asked)
    return np.concatenate(samples)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["GP", "rf", "ET", "GBRT"])
def test_learns_where_the_error_is_low(method: str) -> None:
    samples = searched(SkoptOptimizer(method), n_rounds=5)

    distance = np.linalg.norm(samples - [0.6, 0.4], axis=1)
    assert np.median(distance[10:]) < 0.5 * np.median(distance[:10])


def test_takes_a_regressor() -> None:
    from sklearn.gaussian_process import GaussianProcessRegressor

    samples = searched(SkoptOptimizer(GaussianProcessRegressor()), n_rounds=4)

    assert samples.shape == (20, 2)


def test_refuses_a_regressor_that_does_not_know_its_uncertainty() -> None:
    from sklearn.neighbors import KNeighborsRegressor

    with pytest.raises(InvalidTypeError, match="whose `predict` takes `return_std`"):
        SkoptOptimizer(KNeighborsRegressor())


@pytest.mark.parametrize("method", ["gauss", ""])
def test_refuses_an_unknown_name(method: str) -> None:
    with pytest.raises(InvalidValueError, match="`method` must be one of 'GP', 'RF', 'ET', 'GBRT'"):
        SkoptOptimizer(method)


def test_refuses_an_unknown_option() -> None:
    with pytest.raises(InvalidTypeError, match="'acq_fun'. Did you mean 'acq_func'"):
        SkoptOptimizer(acq_fun="EI")


@pytest.mark.parametrize(("options", "n_initial"), [({}, 10), ({"n_initial_points": 15}, 15)])
def test_fills_the_box_before_it_fits_a_surrogate(options: Any, n_initial: int) -> None:
    optimizer = SkoptOptimizer("ET", **options)

    searched(optimizer, n_rounds=n_initial // 5 - 1)
    had_model = bool(optimizer._optimizer.models)
    optimizer.tell(samples := optimizer.ask(5), np.arange(len(samples)))

    assert not had_model
    assert optimizer._optimizer.models


def test_passes_options_on() -> None:
    optimizer = SkoptOptimizer("ET", acq_func="LCB")

    searched(optimizer, n_rounds=1)

    assert optimizer._optimizer.acq_func == "LCB"


def test_a_diverged_sample_never_looks_better_than_the_worst() -> None:
    optimizer = SkoptOptimizer("ET")
    optimizer.seed(np.random.default_rng(1))
    optimizer.initialize(list(BOUNDS), 3, 3, **BOUNDS)

    for errors in ([np.inf, 1.0, 2.0], [5.0, np.inf, 1.0]):
        optimizer.tell(optimizer.ask(3), errors)

    assert optimizer._optimizer.yi == [5.0, 1.0, 2.0, 5.0, 5.0, 1.0]
