"""From free parameters to everything that the simulation is given."""

from __future__ import annotations

import numpy as np

from brianfit.model.parameter_columns import ParameterColumns


def columns() -> ParameterColumns:
    return ParameterColumns(
        free=("a", "b"),
        fixed={"c": 5.0},
        tied={"d": lambda known: known["a"] + known["c"], "e": lambda known: 2 * known["d"]},
    )


def test_come_in_the_order_free_fixed_tied() -> None:
    assert columns().names == ("a", "b", "c", "d", "e")


def test_of_tied_parameters_may_use_those_before_them() -> None:
    found = columns().expand(np.array([[1.0, 2.0], [3.0, 4.0]]))

    np.testing.assert_array_equal(found, [[1, 2, 5, 6, 12], [3, 4, 5, 8, 16]])


def test_of_a_tie_without_free_parameters_are_constant() -> None:
    constant = ParameterColumns(free=("a",), fixed={}, tied={"d": lambda known: 7.0})

    found = constant.expand(np.array([[1.0], [2.0]]))

    np.testing.assert_array_equal(found, [[1, 7], [2, 7]])


def test_may_be_none_at_all() -> None:
    none = ParameterColumns(free=(), fixed={}, tied={})

    assert none.expand(np.empty((3, 0))).shape == (3, 0)


def test_may_all_be_fixed() -> None:
    fixed = ParameterColumns(free=(), fixed={"c": 5.0}, tied={})

    np.testing.assert_array_equal(fixed.expand(np.empty((2, 0))), [[5], [5]])
