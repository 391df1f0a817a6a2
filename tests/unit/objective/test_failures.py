"""The one rule for samples that cannot be scored."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from brianfit.objective.failures import checked_errors, without_nan


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=8))
def test_what_is_not_finite_becomes_infinite_and_nothing_else_changes(errors: list[float]) -> None:
    found = without_nan(np.array(errors))

    for before, after in zip(errors, found, strict=True):
        assert after == (before if np.isfinite(before) else np.inf)


def test_integers_and_lists_of_a_metric_are_errors_too() -> None:
    found = checked_errors([1, 2], n_samples=2, metric=object())

    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, [1.0, 2.0])
