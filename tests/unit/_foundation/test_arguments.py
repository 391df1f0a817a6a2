"""Messages of argument checks say what was expected, what was found, and what to do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brianfit._foundation.arguments import (
    check_choice,
    check_instance,
    check_no_surplus,
    check_positive_integer,
    check_shape,
    checked,
    suggestion,
)
from brianfit._foundation.errors import InvalidTypeError, InvalidValueError

SHAPE = (5, 2000)
DIMENSIONS = ("n_traces", "n_steps")


def test_the_expected_shape_is_accepted() -> None:
    check_shape("recorded", np.empty(SHAPE), SHAPE, DIMENSIONS)


def test_a_transposed_array_is_recognised() -> None:
    expected = (
        r"Expected `recorded` to have shape \(n_traces, n_steps\) = \(5, 2000\) but it has shape "
        r"\(2000, 5\)\. Did you mean `recorded\.T`\?"
    )

    with pytest.raises(InvalidValueError, match=expected):
        check_shape("recorded", np.empty((2000, 5)), SHAPE, DIMENSIONS)


def test_another_shape_is_no_transposed_one() -> None:
    with pytest.raises(InvalidValueError, match=r"it has shape \(5, 1999\)\.$"):
        check_shape("recorded", np.empty((5, 1999)), SHAPE, DIMENSIONS)


def test_a_choice_is_accepted_and_another_word_gets_the_nearest_one_proposed() -> None:
    check_choice("scale", "log", ("linear", "log"))
    with pytest.raises(InvalidValueError, match="one of 'linear', 'log'.*Did you mean 'linear'?"):
        check_choice("scale", "liner", ("linear", "log"))


def test_an_instance_is_accepted_and_another_object_named_with_its_type() -> None:
    check_instance("metric", 3, int, "a number")
    with pytest.raises(
        InvalidTypeError, match=r"`metric` must be a Metric, but is 'mse' \(of type"
    ):
        check_instance("metric", "mse", int, "a Metric")


def test_a_long_object_is_shortened_in_the_message() -> None:
    with pytest.raises(InvalidTypeError, match=r"is '1{50,60}\.\.\. \(of type str\)\.$"):
        check_instance("metric", "1" * 500, int, "a Metric")


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3)])
def test_whole_numbers_are_returned_as_plain_integers(value: Any) -> None:
    found = check_positive_integer("n_rounds", value)

    assert found == 3
    assert type(found) is int


@pytest.mark.parametrize("value", [3.0, "3", True, None])
def test_what_is_no_whole_number_is_refused(value: Any) -> None:
    with pytest.raises(InvalidTypeError, match="`n_rounds` must be a whole number"):
        check_positive_integer("n_rounds", value)


def test_the_least_number_can_be_chosen() -> None:
    assert check_positive_integer("n_rounds", 0, minimum=0) == 0
    with pytest.raises(InvalidValueError, match="`n_rounds` must be at least 1, but is 0"):
        check_positive_integer("n_rounds", 0)


def test_all_unknown_keywords_are_listed_with_proposals() -> None:
    check_no_surplus("fit()", {"metric": 1}, ("metric", "optimizer"))
    expected = r"does not know the argument 'metrc', 'zzz'\. Did you mean 'metric'\?$"
    with pytest.raises(InvalidTypeError, match=expected):
        check_no_surplus("fit()", {"metrc": 1, "zzz": 2}, ("metric", "optimizer"))


def test_nothing_is_proposed_for_a_word_unlike_all_others() -> None:
    assert suggestion("zzz", ["metric"]) == ""


def test_a_method_is_checked_without_its_self() -> None:
    class Counter:
        @checked
        def named(self, name: str) -> str:
            return name

    assert Counter().named("spikes") == "spikes"
    with pytest.raises(InvalidTypeError, match="`name` must be a text"):
        Counter().named(1)  # type: ignore[arg-type]
