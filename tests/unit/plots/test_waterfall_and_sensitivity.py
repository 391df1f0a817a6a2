"""Ends of local searches, and what parameters do to a trace."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import mV, nS, pF

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit.plots import plot_sensitivities, plot_waterfall
from brianfit.results import LocalSearch
from tests.unit.plots.fitted import result


def _search(g_l: float, capacitance: float, error: float) -> LocalSearch:
    point = np.array([g_l, capacitance])
    return LocalSearch(start=point, end=point, error=error, n_points=3, reason="it converged")


def test_every_place_is_a_step_of_the_waterfall() -> None:
    searches = (_search(5e-8, 1.2e-10, 3.0), _search(1e-8, 2e-10, 1.0), _search(1e-8, 2e-10, 1.001))

    axes = plot_waterfall(result(local_searches=searches))

    best, other = axes.get_lines()
    np.testing.assert_allclose(best.get_xydata(), [[1, 1.0], [2, 1.001]])
    np.testing.assert_allclose(other.get_xydata(), [[3, 3.0]])
    assert axes.get_ylabel() == "error at the end"


def test_refuses_a_fit_without_local_searches() -> None:
    with pytest.raises(InvalidValueError, match="local searches"):
        plot_waterfall(result())


def test_a_sensitivity_is_drawn_as_the_change_by_one_percent() -> None:
    slopes = {"v": {"g_L": np.full((2, 100), -3.0) * mV / nS, "C": np.zeros((2, 100)) * mV / pF}}

    first, second = plot_sensitivities(result(), slopes, trace=1)

    # One percent of 10 nS is 0.1 nS.
    np.testing.assert_allclose(first.get_lines()[1].get_ydata(), -300)
    np.testing.assert_allclose(first.get_lines()[1].get_xdata()[-1], 49.5)
    assert first.get_ylabel() == "Δv [uV]"
    assert second.get_xlabel() == "time [ms]"


@pytest.mark.parametrize(
    ("slopes", "trace", "error", "message"),
    [
        ({"spikes": {}}, 0, InvalidTypeError, "there are none"),
        ({"v": {"g_L": np.zeros((2, 9))}}, 2, InvalidValueError, "0 to 1"),
        ({"v": {"x": np.zeros((2, 9))}}, 0, InvalidValueError, "no parameter 'x'"),
    ],
)
def test_refuses_sensitivities_that_do_not_belong(
    slopes: dict[str, dict[str, np.ndarray]], trace: int, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        plot_sensitivities(result(), slopes, trace=trace)
