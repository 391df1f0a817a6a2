"""The history as a list, a dictionary or a table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import nS, volt

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.units import dimensions_of
from brianfit.results import results_table
from tests.unit.results.finished import TWO_OUTPUTS, dimensions, history, round_of

VALUES = [[1e-9, 2.0], [3e-9, 4.0]]


def table(format_: str, *, n_outputs: int = 1, use_units: bool = True) -> Any:
    outputs = TWO_OUTPUTS[:n_outputs]
    errors = round_of(VALUES, [0.5, np.inf], n_outputs=n_outputs)
    made = history(errors, output_names=outputs)
    return results_table(made, dimensions(*outputs), format_, use_units=use_units)


def test_a_list_has_a_dictionary_for_every_evaluation() -> None:
    found = table("list")

    assert found[0] == {"g": 1 * nS, "x": 2.0, "error": 0.5}
    assert found[1]["error"] == np.inf
    assert len(found) == 2


def test_units_are_left_out_on_request() -> None:
    assert table("list", use_units=False)[0] == {"g": 1e-9, "x": 2.0, "error": 0.5}


def test_a_dictionary_has_an_array_for_every_name() -> None:
    found = table("dict")

    np.testing.assert_allclose(found["g"] / nS, [1, 3])
    np.testing.assert_array_equal(found["error"], [0.5, np.inf])


def test_several_outputs_have_their_own_errors() -> None:
    first = table("list", n_outputs=2)[0]
    arrays = table("dict", n_outputs=2)

    assert first["objective_errors"] == {"v": 5 * volt**2, "w": 10 * volt**2}
    assert first["objective_errors_normalized"] == {"v": 0.5, "w": 1.0}
    assert dimensions_of(arrays["objective_errors"]["w"]) is volt.dim**2
    np.testing.assert_array_equal(arrays["objective_errors_normalized"]["w"], [1.0, np.inf])


def test_a_table_has_plain_numbers_and_a_column_for_every_name() -> None:
    one = table("dataframe")
    two = table("dataframe", n_outputs=2)

    assert list(one.columns) == ["g", "x", "error"]
    assert one["g"].tolist() == [1e-9, 3e-9]
    assert list(two.columns) == [
        *("g", "x", "error"),
        *("error_v", "error_w"),
        *("normalized_error_v", "normalized_error_w"),
    ]


def test_an_empty_history_gives_empty_tables() -> None:
    empty = history()

    assert results_table(empty, dimensions("v"), "list", use_units=True) == []
    assert len(results_table(empty, dimensions("v"), "dataframe", use_units=True)) == 0


def test_an_unknown_format_gets_the_nearest_one_proposed() -> None:
    with pytest.raises(InvalidValueError, match="Did you mean 'dataframe'"):
        table("data frame")
