"""CMA-ES: how rounds are filled, when runs restart, what its options do."""

from __future__ import annotations

import numpy as np
import pytest

from brianfit._foundation.errors import InvalidValueError
from brianfit.optimizers import CMAESOptimizer
from brianfit.optimizers._cma_run import FLAT_GENERATIONS, folded
from brianfit.optimizers.cma_es import populations


def started(optimizer: CMAESOptimizer, popsize: int, n_parameters: int = 2) -> CMAESOptimizer:
    bounds = {f"p{index}": (0.0, 1.0) for index in range(n_parameters)}
    optimizer.seed(np.random.default_rng(1))
    optimizer.initialize(list(bounds), popsize, 10, **bounds)
    return optimizer


@pytest.mark.parametrize(
    ("n_samples", "n_parameters", "wanted", "expected"),
    [
        (40, 4, None, [40]),  # one run takes the whole round
        (8, 4, None, [8]),  # 4 + floor(3 ln 4) = 8
        (3, 4, None, [9]),  # the multiple of 3 that is nearest to 8
        (1, 4, None, [8]),
        (1, 1, None, [4]),
        (10, 12, None, [10]),  # 4 + floor(3 ln 12) = 11
        (40, 4, 20, [20, 20]),
        (50, 4, 20, [25, 25]),  # round(2.5) = 2 runs
        (41, 4, 20, [21, 20]),
        (200, 4, 30, [29, 29, 29, 29, 28, 28, 28]),  # round(6.67) = 7 runs
        (30, 9, 4, [5, 5, 4, 4, 4, 4, 4]),  # round(7.5) = 8 runs would have less than 4 samples
        (10, 4, 40, [40]),  # a generation of four rounds
        (3, 1, 4, [6]),  # one round would be too small for an update
    ],
)
def test_populations_fill_rounds_exactly(
    n_samples: int, n_parameters: int, wanted: int | None, expected: list[int]
) -> None:
    assert populations(n_samples, n_parameters, wanted) == expected


@pytest.mark.parametrize(("point", "inside"), [(-0.25, 0.25), (1.25, 0.75), (2.5, 0.5), (0.3, 0.3)])
def test_folds_points_at_the_walls(point: float, inside: float) -> None:
    np.testing.assert_allclose(folded(np.array([[point]])), [[inside]], atol=1e-12)


def test_restarts_when_samples_have_come_together() -> None:
    optimizer = started(CMAESOptimizer(tolerance=0.01), popsize=20)

    for _ in range(60):
        samples = np.asarray(optimizer.ask(20))
        optimizer.tell(samples, np.sum((samples - 0.4) ** 2, axis=1))
        if optimizer.n_restarts:
            break

    assert optimizer.n_restarts == 1
    assert np.all(samples.std(axis=0) < 0.01)
    assert np.asarray(optimizer.ask(20)).std(axis=0).min() > 0.05


def test_a_smaller_tolerance_lets_a_run_go_on() -> None:
    restarts = []
    for tolerance in (1e-2, 1e-9):
        optimizer = started(CMAESOptimizer(tolerance=tolerance), popsize=20)
        for _ in range(30):
            samples = np.asarray(optimizer.ask(20))
            optimizer.tell(samples, np.sum((samples - 0.4) ** 2, axis=1))
        restarts.append(optimizer.n_restarts)

    assert restarts[0] > 0
    assert restarts[1] == 0


def test_restarts_elsewhere_when_all_errors_are_equal() -> None:
    optimizer = started(CMAESOptimizer(), popsize=10)

    for _ in range(FLAT_GENERATIONS):
        optimizer.tell(optimizer.ask(10), np.full(10, np.inf))

    assert optimizer.n_restarts == 1


def test_restarts_when_errors_have_levelled_off() -> None:
    # Errors that are equal but for their last digits, in a valley that has no end.
    optimizer = started(CMAESOptimizer(tolerance=1e-15), popsize=20)
    random = np.random.default_rng(2)

    for _ in range(10 + 3):  # 10 + 30 * 2 / 20 generations
        optimizer.tell(optimizer.ask(20), 1.0 + 1e-15 * random.random(20))

    assert optimizer.n_restarts == 1


def test_runs_stand_side_by_side_at_different_places() -> None:
    optimizer = started(CMAESOptimizer(population=10, sigma=0.01), popsize=30)

    samples = np.asarray(optimizer.ask(30)).reshape(3, 10, 2)

    assert np.all(samples.std(axis=1) < 0.05)
    np.testing.assert_allclose(samples[0].mean(axis=0), 0.5, atol=0.02)
    assert np.linalg.norm(samples[1].mean(axis=0) - samples[2].mean(axis=0)) > 0.1


def test_sigma_sets_the_width_of_the_first_samples() -> None:
    # 200 normal numbers: their deviation is within 20 % (4 standard errors of 1/sqrt(2*200)).
    for sigma in (0.02, 0.1):
        samples = np.asarray(started(CMAESOptimizer(sigma=sigma), popsize=200).ask(200))

        np.testing.assert_allclose(samples.std(axis=0), sigma, rtol=0.2)


def test_learns_only_from_full_generations() -> None:
    optimizer = started(CMAESOptimizer(population=40, sigma=0.01), popsize=10)
    centres = []
    for _ in range(5):
        samples = np.asarray(optimizer.ask(10))
        optimizer.tell(samples, samples[:, 0])
        centres.append(samples[:, 0].mean())

    # Means of ten samples scatter by 0.01 / sqrt(10); four rounds make a generation.
    np.testing.assert_allclose(centres[:4], 0.5, atol=4 * 0.01 / np.sqrt(10))
    assert centres[4] < 0.5 - 0.005


@pytest.mark.parametrize("name", ["sigma", "tolerance"])
@pytest.mark.parametrize("value", [0.0, -1.0, 1.0, np.nan])
def test_refuses_widths_outside_of_the_box(name: str, value: float) -> None:
    with pytest.raises(InvalidValueError, match=f"`{name}` must lie between 0 and 1"):
        CMAESOptimizer(**{name: value})


def test_refuses_a_population_too_small_for_an_update() -> None:
    with pytest.raises(InvalidValueError, match="`population` must be at least 4"):
        CMAESOptimizer(population=3)
