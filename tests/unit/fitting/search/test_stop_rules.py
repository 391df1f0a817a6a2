"""When a fit ends before its rounds are used up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import ms, mV, second, volt

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError, UnitMismatchError
from brianfit._foundation.units import DIMENSIONLESS
from brianfit.fitting.search.stop_rules import (
    MaxEvaluations,
    Stagnation,
    TargetError,
    WallClock,
    stop_rules_from,
)
from brianfit.results import History, Round


def history(*lowest: float, n_samples: int = 2, seconds: float = 1.0) -> History:
    """Return a history with the given lowest error in each round."""
    found = History(parameter_names=("g",), output_names=("v",))
    for error in lowest:
        errors = np.full(n_samples, max(error, 100.0))
        errors[0] = error
        column = errors[:, np.newaxis]
        added = Round(
            iteration=0,
            values=column,
            errors=errors,
            output_errors=column,
            raw_output_errors=column,
            seconds=seconds,
        )
        found = found.with_round(added)
    return found


class TestTargetError:
    def test_is_reached_by_the_lowest_error(self) -> None:
        rule = TargetError(0.5)

        assert rule.reason_to_stop(history(3.0, 0.6)) is None
        assert rule.reason_to_stop(history(3.0, 0.5)) == "the error reached the target 0.5"

    def test_is_read_with_its_unit(self) -> None:
        rule = TargetError(4 * mV**2)

        assert rule.reason_to_stop(history(4.1e-6)) is None
        assert rule.reason_to_stop(history(3.9e-6)) is not None

    def test_must_have_the_unit_of_the_error(self) -> None:
        TargetError(4 * mV**2).check(volt.dim**2)
        TargetError(0).check(volt.dim**2)
        with pytest.raises(UnitMismatchError, match="must have the unit V"):
            TargetError(4 * mV).check(volt.dim**2)
        with pytest.raises(UnitMismatchError, match="must have the unit 1"):
            TargetError(4 * mV).check(DIMENSIONLESS)

    @pytest.mark.parametrize("target", ["low", None])
    def test_must_be_a_number(self, target: Any) -> None:
        with pytest.raises(InvalidTypeError, match=r"number"):
            TargetError(target)


class TestStagnation:
    def test_waits_for_its_number_of_rounds(self) -> None:
        rule = Stagnation(n_rounds=3)

        assert rule.reason_to_stop(history(1.0, 1.0, 1.0)) is None
        assert "improved by less than 0.1 % in the last 3 rounds" in str(
            rule.reason_to_stop(history(1.0, 1.0, 1.0, 1.0))
        )

    def test_goes_on_while_the_error_improves(self) -> None:
        rule = Stagnation(n_rounds=2, relative=0.1)

        assert rule.reason_to_stop(history(1.0, 1.0, 0.89)) is None
        assert rule.reason_to_stop(history(1.0, 1.0, 0.91)) is not None

    def test_a_worse_round_does_not_reset_it(self) -> None:
        assert Stagnation(n_rounds=2).reason_to_stop(history(1.0, 5.0, 5.0)) is not None

    def test_sees_improvements_of_negative_errors(self) -> None:
        rule = Stagnation(n_rounds=2, relative=0.1)

        assert rule.reason_to_stop(history(-1.0, -1.0, -1.2)) is None
        assert rule.reason_to_stop(history(-1.0, -1.0, -1.05)) is not None
        assert rule.reason_to_stop(history(-1.0, -1.0, -1.0)) is not None

    def test_an_error_of_zero_cannot_improve(self) -> None:
        assert Stagnation(n_rounds=1).reason_to_stop(history(0.0, 0.0)) is not None

    def test_the_first_sample_that_can_be_scored_is_an_improvement(self) -> None:
        rule = Stagnation(n_rounds=2)

        assert rule.reason_to_stop(history(np.inf, np.inf, 5.0)) is None
        assert rule.reason_to_stop(history(np.inf, np.inf, np.inf)) == (
            "no sample could be scored for 2 rounds"
        )

    @pytest.mark.parametrize("relative", [-0.1, 1.0, np.nan])
    def test_needs_a_fraction(self, relative: float) -> None:
        with pytest.raises(InvalidValueError, match="`relative` must be in"):
            Stagnation(relative=relative)


class TestLimits:
    def test_of_time_end_the_round_in_which_they_are_used_up(self) -> None:
        rule = WallClock(2500 * ms)

        assert rule.reason_to_stop(history(1.0, 1.0)) is None
        assert "time limit" in str(rule.reason_to_stop(history(1.0, 1.0, 1.0)))

    def test_of_time_may_be_plain_seconds(self) -> None:
        assert WallClock(1).reason_to_stop(history(1.0)) is not None

    @pytest.mark.parametrize("limit", [0, -1 * second, np.nan])
    def test_of_time_are_above_zero(self, limit: Any) -> None:
        with pytest.raises(InvalidValueError, match="must be a time above zero"):
            WallClock(limit)

    def test_of_time_have_the_unit_of_time(self) -> None:
        with pytest.raises(UnitMismatchError, match="`limit` must have the unit s"):
            WallClock(3 * mV)

    def test_of_evaluations_count_samples(self) -> None:
        rule = MaxEvaluations(5)

        assert rule.reason_to_stop(history(1.0, 1.0, n_samples=2)) is None
        assert "limit of 5 evaluations" in str(
            rule.reason_to_stop(history(1.0, 1.0, 1.0, n_samples=2))
        )

    def test_of_evaluations_are_whole_numbers(self) -> None:
        with pytest.raises(InvalidTypeError, match="`n_evaluations` must be a whole number"):
            MaxEvaluations(True)
        with pytest.raises(InvalidValueError, match="`n_evaluations` must be at least 1"):
            MaxEvaluations(0)


class TestReading:
    def test_nothing_a_rule_or_several_can_be_given(self) -> None:
        rule = MaxEvaluations(3)

        assert stop_rules_from(None) == ()
        assert stop_rules_from(rule) == (rule,)
        assert len(stop_rules_from([rule, Stagnation()])) == 2

    def test_a_function_of_the_history_is_a_rule(self) -> None:
        (rule,) = stop_rules_from(lambda done: done.n_rounds >= 2)

        assert rule.reason_to_stop(history(1.0)) is None
        assert rule.reason_to_stop(history(1.0, 1.0)) == "the stop rule of the user said so"

    def test_a_function_may_give_the_reason_itself(self) -> None:
        (rule,) = stop_rules_from([lambda done: "it is enough"])

        assert rule.reason_to_stop(history(1.0)) == "it is enough"

    @pytest.mark.parametrize("given", [3, "soon", [MaxEvaluations], {}])
    def test_what_is_no_rule_is_refused(self, given: Any) -> None:
        with pytest.raises(InvalidValueError, match="`stop` must be a stop rule"):
            stop_rules_from(given)
