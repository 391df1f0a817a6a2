"""Parameters, and the box in which they are searched."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import nS
from hypothesis import given
from hypothesis import strategies as st

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit._foundation.units import DIMENSIONLESS
from brianfit.model import Parameter, ParameterSpace
from brianfit.model.parameters import parameter_from, uses_log_scale

COORDINATES = st.lists(st.floats(0, 1), min_size=3, max_size=3).map(np.array)


def space(**changes: Any) -> ParameterSpace:
    """Return the box of a linear, a logarithmic and an integer parameter."""
    fields: dict[str, Any] = {
        "names": ("e", "g", "n"),
        "dimensions": (DIMENSIONLESS,) * 3,
        "low": np.array([-2.0, 1e-9, 1.0]),
        "high": np.array([6.0, 1e-5, 4.0]),
        "is_log": np.array([False, True, False]),
        "is_integer": np.array([False, False, True]),
        "starts": np.empty((0, 3)),
    }
    return ParameterSpace(**{**fields, **changes})


class TestParameter:
    @pytest.mark.parametrize(
        "given",
        [
            {},
            {"low": 1, "high": 2, "fixed": 3},
            {"fixed": 3, "tied": "2*g"},
            {"low": 1, "tied": "g"},
        ],
    )
    def test_needs_exactly_one_of_bounds_value_and_tie(self, given: dict[str, Any]) -> None:
        with pytest.raises(InvalidValueError, match="exactly one of: bounds"):
            Parameter(**given)

    @pytest.mark.parametrize("given", [{"low": 1 * nS}, {"high": 1 * nS}])
    def test_needs_both_bounds(self, given: dict[str, Any]) -> None:
        with pytest.raises(InvalidValueError, match="both `low` and `high`"):
            Parameter(**given)

    def test_knows_three_scales(self) -> None:
        with pytest.raises(InvalidValueError, match="Did you mean 'log'"):
            Parameter(1, 2, scale="logs")

    def test_is_free_with_bounds_alone(self) -> None:
        assert Parameter(1, 2).is_free
        assert not Parameter(fixed=0).is_free
        assert not Parameter(tied="g").is_free


class TestReading:
    def test_a_pair_of_any_kind_is_a_pair_of_bounds(self) -> None:
        assert parameter_from("g", [1, 2]) == Parameter(1, 2)
        assert parameter_from("g", (1, 2)) == Parameter(1, 2)
        assert parameter_from("g", np.array([1.0, 2.0])) == Parameter(1.0, 2.0)
        pair = parameter_from("g", [1, 2] * nS)
        assert (pair.low, pair.high) == (1 * nS, 2 * nS)

    def test_a_parameter_stands_as_it_is(self) -> None:
        given = Parameter(fixed=3)

        assert parameter_from("g", given) is given

    @pytest.mark.parametrize("given", [3, "12", None, 3 * nS, np.array(2.0), {1, 2}])
    def test_what_is_no_pair_is_refused(self, given: object) -> None:
        with pytest.raises(InvalidTypeError, match="bounds of parameter 'g' must be a pair"):
            parameter_from("g", given)

    def test_three_bounds_are_refused(self) -> None:
        with pytest.raises(InvalidTypeError, match="but 3 values were given"):
            parameter_from("g", [1, 2, 3])


@pytest.mark.parametrize(
    ("scale", "low", "high", "expected"),
    [
        ("auto", 1.0, 100.0, True),
        ("auto", 1e-9, 1e-7, True),  # two decades, whatever the rounding of the quotient
        ("auto", 1.0, 99.0, False),
        ("auto", 0.0, 100.0, False),
        ("auto", -1.0, 100.0, False),
        ("linear", 1.0, 1e9, False),
        ("log", 1.0, 2.0, True),
    ],
)
def test_positive_bounds_of_two_decades_are_searched_in_logs(
    scale: str, low: float, high: float, *, expected: bool
) -> None:
    assert uses_log_scale(scale, low, high) is expected


class TestSpace:
    def test_maps_the_edges_to_the_bounds(self) -> None:
        np.testing.assert_allclose(space().to_values(np.zeros((1, 3)))[0], space().low, rtol=1e-14)
        np.testing.assert_allclose(space().to_values(np.ones((1, 3)))[0], space().high, rtol=1e-14)

    def test_maps_the_middle_to_the_arithmetic_or_geometric_mean(self) -> None:
        found = space().to_values(np.full((1, 3), 0.5))[0]

        np.testing.assert_allclose(found[:2], [2.0, 1e-7])
        assert found[2] == 2.0  # 2.5, rounded to the even neighbour

    @given(COORDINATES)
    def test_maps_coordinates_to_values_and_back(self, coordinates: np.ndarray) -> None:
        values = space().to_values(coordinates[np.newaxis])
        again = space().to_coordinates(values)

        np.testing.assert_allclose(again[0, :2], coordinates[:2], atol=1e-14)
        assert abs(again[0, 2] - coordinates[2]) <= 0.5 / 3 + 1e-14
        np.testing.assert_allclose(space().to_values(again), values, rtol=1e-13)

    @given(st.lists(st.floats(-5, 5), min_size=3, max_size=3).map(np.array))
    def test_never_leaves_its_bounds(self, coordinates: np.ndarray) -> None:
        values = space().to_values(coordinates[np.newaxis])[0]

        assert np.all(values >= space().low)
        assert np.all(values <= space().high)
        assert values[2] == round(values[2])

    @given(COORDINATES.map(lambda x: 0.01 + 0.98 * x))
    def test_knows_its_derivative(self, coordinates: np.ndarray) -> None:
        continuous = space(is_integer=np.zeros(3, dtype=bool))
        step = 1e-5
        up = continuous.to_values(coordinates[np.newaxis] + step)[0]
        down = continuous.to_values(coordinates[np.newaxis] - step)[0]

        found = continuous.derivative(continuous.to_values(coordinates[np.newaxis])[0])

        # central differences: (step*log(1e4))**2/6 = 1e-9 of the derivative, rounding 1e-16/step
        np.testing.assert_allclose(found, (up - down) / (2 * step), rtol=2e-9)

    def test_starts_nowhere_without_a_start_value(self) -> None:
        assert len(space().start_coordinates()) == 0

    def test_starts_in_the_middle_where_no_value_is_given(self) -> None:
        found = space(starts=np.array([[np.nan, 1e-6, np.nan]])).start_coordinates()

        np.testing.assert_allclose(found, [[0.5, 0.75, 0.5]])

    def test_tells_which_values_lie_at_a_bound(self) -> None:
        found = space().at_bound(np.array([-1.9999, 0.9999e-5, 2.0]))

        assert found == {"e": "lower", "g": "upper"}
        assert space().at_bound(np.array([0.0, 1e-7, 2.0])) == {}

    def test_may_be_empty(self) -> None:
        empty = np.empty(0)
        none = space(
            names=(),
            dimensions=(),
            low=empty,
            high=empty,
            starts=np.empty((0, 0)),
            is_log=empty.astype(bool),
            is_integer=empty.astype(bool),
        )

        assert len(none) == 0
        assert none.to_values(np.empty((4, 0))).shape == (4, 0)
        assert len(none.start_coordinates()) == 0
