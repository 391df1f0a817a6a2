"""What a fit says about itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brianfit.results import FitResult, LocalSearch
from tests.unit.results.finished import dimensions, history, round_of

BOUNDS = {"g": (1e-9, 1e-7), "x": (0.0, 10.0)}


def result(values: np.ndarray, errors: np.ndarray, **changes: Any) -> FitResult:
    """Return a result in which g is searched logarithmically."""
    fields: dict[str, Any] = {
        "best_values": {},
        "error": float(errors.min()),
        "output_errors": {},
        "raw_output_errors": {},
        "trace_errors": {},
        "history": history(round_of(values.tolist(), errors.tolist())),
        "dimensions": dimensions("v"),
        "at_bound": {},
        "bounds": BOUNDS,
        "stop_reason": "it was enough",
        "seed": 1,
        "settings": {"logarithmic parameters": "g"},
        "versions": {},
        "trace_labels": (),
    }
    return FitResult(**{**fields, **changes})


def samples(*, g_decades: float, x: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return 200 near-best samples within these ranges, and 300 bad ones anywhere."""
    random = np.random.default_rng(seed)
    near = np.column_stack(
        [1e-8 * 10 ** (g_decades * random.uniform(-0.5, 0.5, 200)), x * random.random(200)]
    )
    far = np.column_stack([10 ** random.uniform(-9, -7, 300), 10 * random.random(300)])
    errors = np.concatenate([random.uniform(1.0, 1.04, 200), random.uniform(5.0, 9.0, 300)])
    return np.concatenate([near, far]), errors


def search(end: list[float], error: float) -> LocalSearch:
    return LocalSearch(
        start=np.array([1e-9, 1.0]), end=np.array(end), error=error, n_points=9, reason="done"
    )


def test_narrow_near_best_samples_give_no_warning() -> None:
    found = result(*samples(g_decades=0.1, x=0.5)).diagnostics()

    assert found.warnings == ()
    assert len(found.near_best) == 200
    # Nine tenths of 0.1 of two decades, and of 0.5 of 10.
    assert found.spread["g"] == pytest.approx(0.9 * 0.05, rel=0.1)
    assert found.spread["x"] == pytest.approx(0.9 * 0.05, rel=0.1)


def test_a_parameter_about_which_near_best_samples_disagree_is_named() -> None:
    found = result(*samples(g_decades=0.1, x=8.0)).diagnostics()

    assert len(found.warnings) == 1
    assert "'x' is hardly determined" in found.warnings[0]
    assert "spread over 7" in found.warnings[0]


def test_parameters_that_stand_in_for_each_other_are_named() -> None:
    share = np.linspace(0, 1, 50)
    values = np.column_stack([1e-9 * 100**share, 10 * share])

    found = result(values, np.full(50, 2.0)).diagnostics()

    assert found.correlation[0, 1] == pytest.approx(1.0)
    assert any("'g' and 'x' can stand in for each other" in text for text in found.warnings)


def test_few_samples_say_nothing() -> None:
    values, errors = samples(g_decades=2.0, x=9.0)

    found = result(values[195:], errors[195:]).diagnostics()

    assert np.all(np.isnan(found.correlation))
    assert found.warnings == ()


def test_an_error_that_vanishes_still_has_near_best_samples() -> None:
    values, errors = samples(g_decades=0.1, x=0.5)
    errors[:200] = np.geomspace(1e-12, 1e-3, 200)

    found = result(values, errors).diagnostics()

    assert len(found.near_best) == 200


def test_a_parameter_at_its_bound_is_named() -> None:
    found = result(*samples(g_decades=0.1, x=0.5), at_bound={"x": "lower"}).diagnostics()

    assert found.warnings == ("'x' ended at its lower bound: the best value may lie beyond.",)


def test_local_searches_are_grouped_by_where_and_how_low_they_ended() -> None:
    searches = (
        search([1e-8, 5.0], 2.0),
        search([1e-8, 5.01], 1.0),
        search([1.001e-8, 5.0], 1.001),
        search([3e-8, 5.0], 1.0),
        search([1e-8, 5.0], np.inf),
    )

    found = result(*samples(g_decades=0.1, x=0.5), local_searches=searches).diagnostics()

    assert [(len(cluster.searches), cluster.error) for cluster in found.clusters] == [
        (2, 1.0),
        (1, 1.0),
        (1, 2.0),
    ]


def test_a_search_without_a_score_has_diagnostics_too() -> None:
    values = np.array([[1e-8, 5.0]])

    found = result(values, np.array([np.inf])).diagnostics()

    assert len(found.near_best) == 0
    assert str(found) == "Nothing unusual."
