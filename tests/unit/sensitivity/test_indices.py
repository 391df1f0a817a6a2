"""Sobol's indices and elementary effects of functions whose own are known."""

from __future__ import annotations

import numpy as np
import pytest

from brianfit._foundation.errors import InvalidValueError
from brianfit.sensitivity import morris_effects, sobol_design, sobol_indices

NAMES = ("x", "y", "z")
A, B = 7.0, 0.1

# Of the function of Ishigami & Homma (1990), by integrals that can be done by hand.
VARIANCE = A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18 + 0.5
FIRST = np.array([0.5 * (1 + B * np.pi**4 / 5) ** 2, A**2 / 8, 0.0]) / VARIANCE
TOGETHER = 8 * B**2 * np.pi**8 / 225 / VARIANCE
TOTAL = FIRST + np.array([TOGETHER, 0.0, TOGETHER])


def ishigami(points: np.ndarray) -> np.ndarray:
    """Return the function for coordinates in [0, 1]."""
    x, y, z = np.moveaxis(np.pi * (2 * points - 1), -1, 0)
    return (np.sin(x) + A * np.sin(y) ** 2 + B * z**4 * np.sin(x))[..., np.newaxis]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_indices_of_a_known_function_are_within_two_percent(seed: int) -> None:
    design = sobol_design(4096, 3, seed=seed)

    found = sobol_indices(ishigami(design), NAMES, ("f",), seed=seed)

    np.testing.assert_allclose(found.first[:, 0], FIRST, atol=0.02)
    np.testing.assert_allclose(found.total[:, 0], TOTAL, atol=0.02)
    assert (found.first_interval[0, :, 0] <= FIRST).all()
    assert (found.first_interval[1, :, 0] >= FIRST).all()
    assert "y" in str(found)
    assert found.table.shape == (3, 8)


def test_points_where_the_model_fails_are_left_out_and_told() -> None:
    design = sobol_design(1024, 3, seed=1)
    values = ishigami(design)
    values[2, 5] = np.nan

    found = sobol_indices(values, NAMES, ("f",), seed=1)

    assert (found.n_points, found.n_failed) == (1023, 1)
    np.testing.assert_allclose(found.total[:, 0], TOTAL, atol=0.1)
    assert "1 points left out" in str(found)


def test_what_never_varies_has_no_indices() -> None:
    design = sobol_design(8, 3, seed=1)

    found = sobol_indices(np.ones((*design.shape[:2], 1)), NAMES, ("f",), seed=1)

    assert np.isnan(found.first).all()
    assert np.isnan(found.total).all()


def test_a_balanced_design_needs_a_power_of_two() -> None:
    with pytest.raises(InvalidValueError, match="a power of two"):
        sobol_design(1000, 3, seed=1)


def test_effects_of_a_sum_are_its_slopes() -> None:
    slopes = np.array([1.0, -5.0, 0.0])

    found = morris_effects(
        lambda points: (points @ slopes)[:, np.newaxis], NAMES, ("f",), n_paths=6, seed=2
    )

    np.testing.assert_allclose(found.size[:, 0], np.abs(slopes), atol=1e-12)
    np.testing.assert_allclose(found.spread[:, 0], 0.0, atol=1e-12)
    assert found.table.parameter.tolist() == ["x", "y", "z"]


def test_paths_stay_in_the_box_and_move_every_parameter_once() -> None:
    seen = []

    def function(points: np.ndarray) -> np.ndarray:
        seen.append(points)
        values = points[:, :1] * points[:, 1:2]
        values[0] = np.nan
        return values

    found = morris_effects(function, NAMES, ("f",), n_paths=5, seed=3)

    points = seen[0].reshape(5, 4, 3)
    assert points.min() >= 0
    assert points.max() <= 1
    moved = np.abs(np.diff(points, axis=1)) > 1e-9
    np.testing.assert_array_equal(moved.sum(axis=1), 1)
    assert (found.n_paths, found.n_failed) == (4, 1)
    assert found.spread[0, 0] > 0  # a product: the effect of x depends on y
