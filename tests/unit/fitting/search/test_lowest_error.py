"""A fit ends when no error can be lower."""

from __future__ import annotations

from typing import Any, final

import numpy as np
import pytest

from brianfit import MSEMetric, Parameter, TraceMetric
from brianfit.metrics import lowest_error_of
from brianfit.optimizers import RandomSearch
from tests.unit.fitting.line_fits import TRUTH, fit

AT_THE_TRUTH = {
    name: Parameter(0, high, value=true)
    for name, high, true in zip("ab", (10, 3), TRUTH[0], strict=True)
}


@final
class Shifted(TraceMetric):
    """Squares, less one: an error of 0 is nothing special."""

    def get_features(self, model: Any, data: Any, dt: float) -> np.ndarray:
        return np.mean((model - data) ** 2, axis=2)

    def get_errors(self, features: Any) -> np.ndarray:
        return features.mean(axis=1) - 1.0


def test_ends_after_the_round_in_which_the_error_is_zero() -> None:
    result = fit(RandomSearch(), **AT_THE_TRUTH).result

    assert result.error == 0.0
    assert result.history.n_rounds == 1
    assert "its error is 0, and none can be lower" in result.stop_reason


@pytest.mark.parametrize("changes", [{"metric": Shifted()}, {"with_penalty": "a"}])
def test_goes_on_where_a_lower_error_is_possible(changes: dict[str, Any]) -> None:
    result = fit(RandomSearch(), n_rounds=2, **AT_THE_TRUTH, **changes).result

    assert result.history.n_rounds == 2


def test_a_subclass_that_writes_errors_anew_has_to_say_its_lowest_anew() -> None:
    new: dict[str, Any] = {"get_errors": lambda self, features: -features.sum(axis=1)}

    silent = type("Silent", (MSEMetric,), new)()
    saying = type("Saying", (MSEMetric,), {**new, "lowest_error": -5.0})()

    assert lowest_error_of(MSEMetric()) == 0.0
    assert lowest_error_of(silent) is None
    assert lowest_error_of(saying) == -5.0
