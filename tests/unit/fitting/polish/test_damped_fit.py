"""Damped steps, many at once."""

from __future__ import annotations

import numpy as np
import pytest

from brianfit.fitting.polish.damped_fit import Limits, LinearModel, Point, damped_fit

LIMITS = Limits(max_nfev=1000, ftol=1e-9, xtol=1e-9)


def _valley(x: np.ndarray) -> list[Point]:
    """Rosenbrock's function, its minimum of zero at (0.6, 0.6), as a sum of squares."""
    found = []
    for row in x:
        a, b = (row - 0.6) * 5 + 1
        residuals = np.array([10 * (b - a**2), 1 - a])
        slopes = 5 * np.array([[-20 * a, 10.0], [-1.0, 0.0]])
        model = LinearModel(gradient=slopes.T @ residuals, matrix=slopes.T @ slopes)
        found.append(Point(x=row, error=float(np.sum(residuals**2)), models=(model,)))
    return found


def test_a_curved_valley_is_followed_to_its_end() -> None:
    found = damped_fit(
        _valley, np.array([0.1, 0.9]), progress=lambda _point, _number: False, limits=LIMITS
    )

    np.testing.assert_allclose(found.best.x, 0.6, atol=1e-6)
    assert found.message.startswith("converged")


def test_a_minimum_outside_is_sought_at_the_bound() -> None:
    def tilted(x: np.ndarray) -> list[Point]:
        model = [LinearModel(gradient=row - [1.5, 0.4], matrix=np.eye(2)) for row in x]
        errors = [float(np.sum((row - [1.5, 0.4]) ** 2)) for row in x]
        return [
            Point(x=row, error=error, models=(m,))
            for row, error, m in zip(x, errors, model, strict=True)
        ]

    found = damped_fit(
        tilted, np.array([0.5, 0.9]), progress=lambda _point, _number: False, limits=LIMITS
    )

    np.testing.assert_allclose(found.best.x, [1.0, 0.4], atol=1e-6)


def test_the_error_never_grows_even_where_derivatives_are_wrong() -> None:
    def misled(x: np.ndarray) -> list[Point]:
        points = _valley(x)
        wrong = [LinearModel(gradient=-p.models[0].gradient, matrix=np.eye(2)) for p in points]
        return [
            Point(x=p.x, error=p.error, models=(m,)) for p, m in zip(points, wrong, strict=True)
        ]

    found = damped_fit(
        misled, np.array([0.5, 0.5]), progress=lambda _point, _number: False, limits=LIMITS
    )

    assert found.best.error <= found.start.error
    assert found.message.startswith("converged")


@pytest.mark.parametrize(("last", "n_rounds"), [(0, 0), (2, 2)])
def test_a_callback_ends_the_search(last: int, n_rounds: int) -> None:
    found = damped_fit(
        _valley, np.array([0.1, 0.9]), progress=lambda _point, number: number == last, limits=LIMITS
    )

    assert found.n_rounds == n_rounds
    assert found.message == "the callback asked to stop"


def test_the_limit_of_evaluations_is_named() -> None:
    limits = Limits(max_nfev=7, ftol=1e-9, xtol=1e-9)

    found = damped_fit(
        _valley, np.array([0.1, 0.9]), progress=lambda _point, _number: False, limits=limits
    )

    assert "limit" in found.message
    assert found.n_evaluations == 7  # the start and a round of six
