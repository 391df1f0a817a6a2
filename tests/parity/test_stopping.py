"""When a fit ends, what it says about it, and what is left after an interruption."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from brian2 import DimensionMismatchError, ms, mV, nS, second, volt

from brianfit import (
    CMAESOptimizer,
    MaxEvaluations,
    MSEMetric,
    Parameter,
    Stagnation,
    TargetError,
    TraceMetric,
    WallClock,
)
from brianfit._foundation.errors import InvalidValueError, UserCodeError
from brianfit.optimizers import RandomSearch
from tests.parity.leaky import BOUNDS, membrane, trace_fitter
from tests.parity.scripted_optimizer import ScriptedOptimizer

TRUTH = [0.5, 0.5]
FAR = [0.2, 0.8]


class Approaching(ScriptedOptimizer):
    """Propose the far point, and the true one from the third round on."""

    def ask(self, n_samples: int) -> np.ndarray:
        return np.array([TRUTH if len(self.told) >= 2 else FAR])


def test_all_rounds_done_is_a_reason() -> None:
    fitter = trace_fitter()

    fitter.fit(ScriptedOptimizer([FAR]), n_rounds=3, callback=None, **BOUNDS)

    assert fitter.result.stop_reason == "the rounds asked for were done"
    assert fitter.result.history.n_rounds == 3


def test_stops_in_the_round_that_reaches_the_target() -> None:
    fitter = trace_fitter()

    fitter.fit(
        Approaching([FAR]), n_rounds=9, stop=TargetError(1e-6 * mV**2), callback=None, **BOUNDS
    )

    assert fitter.result.history.n_rounds == 3
    assert fitter.result.stop_reason == "the error reached the target 1. uV^2"


def test_a_target_in_the_unit_of_a_normalized_error_is_a_number() -> None:
    fitter = trace_fitter()

    fitter.fit(
        Approaching([FAR]),
        MSEMetric(normalization=1 * mV),
        n_rounds=9,
        stop=TargetError(1e-6),
        callback=None,
        **BOUNDS,
    )

    assert fitter.result.history.n_rounds == 3


def test_a_target_in_another_unit_than_the_error_is_refused_before_the_first_round() -> None:
    fitter = trace_fitter()

    with pytest.raises(DimensionMismatchError, match="target error must have the unit V"):
        fitter.fit(stop=TargetError(1 * mV), callback=None, **BOUNDS)

    assert fitter.best_params is None


def test_stops_when_the_error_stands_still() -> None:
    fitter = trace_fitter()

    fitter.fit(
        Approaching([FAR]), n_rounds=20, stop=Stagnation(n_rounds=4), callback=None, **BOUNDS
    )

    # Better in round 3, then nothing for four rounds.
    assert fitter.result.history.n_rounds == 7
    assert "improved by less than 0.1 % in the last 4 rounds" in fitter.result.stop_reason


def test_stops_when_no_sample_could_be_scored_for_long() -> None:
    class Blind(TraceMetric):
        def get_features(self, model, data, dt):
            return np.full(model.shape[:2], np.nan)

        def get_errors(self, features):
            return features.mean(axis=1)

    fitter = trace_fitter()

    found = fitter.fit(
        ScriptedOptimizer([FAR]), Blind(), n_rounds=9, stop=Stagnation(2), callback=None, **BOUNDS
    )

    assert found == (None, None)
    assert fitter.result.stop_reason == "no sample could be scored for 2 rounds"


def test_stops_after_the_round_that_uses_up_the_time() -> None:
    fitter = trace_fitter()

    fitter.fit(
        ScriptedOptimizer([FAR]), n_rounds=9, stop=WallClock(1e-9 * second), callback=None, **BOUNDS
    )

    assert fitter.result.history.n_rounds == 1
    assert "time limit of 1. ns was used up" in fitter.result.stop_reason


@pytest.mark.parametrize(
    ("limit", "n_done", "reason"),
    [
        (4, 4, "the limit of 4 evaluations was reached"),
        (5, 4, "another round of 2 evaluations after 4 would exceed the limit of 5"),
    ],
)
def test_makes_no_more_evaluations_than_allowed(limit: int, n_done: int, reason: str) -> None:
    fitter = trace_fitter()

    fitter.fit(
        ScriptedOptimizer([FAR, [0.3, 0.3]]),
        n_rounds=9,
        stop=MaxEvaluations(limit),
        callback=None,
        **BOUNDS,
    )

    assert fitter.result.history.n_evaluations == n_done
    assert fitter.result.stop_reason == reason


@pytest.mark.parametrize("starts", [{}, {"gl": Parameter(1 * nS, 30 * nS, value=[4, 9] * nS)}])
@pytest.mark.parametrize("n_samples", [30, 12])
@pytest.mark.parametrize("make", [None, RandomSearch])
def test_starts_and_finite_differences_count_as_evaluations(make, n_samples, starts) -> None:
    fitter = trace_fitter(n_samples=n_samples)
    optimizer = None if make is None else make()

    fitter.fit(
        optimizer,
        n_rounds=9,
        stop=MaxEvaluations(50),
        callback=None,
        seed=1,
        **{**BOUNDS, **starts},
    )

    assert 0 < fitter.result.history.n_evaluations <= 50


def test_a_fit_that_was_stopped_before_a_round_goes_on_with_this_round() -> None:
    whole, stopped = trace_fitter(n_samples=4), trace_fitter(n_samples=4)
    whole.fit(CMAESOptimizer(), n_rounds=3, callback=None, seed=1, **BOUNDS)

    stopped.fit(
        CMAESOptimizer(), n_rounds=3, stop=MaxEvaluations(9), callback=None, seed=1, **BOUNDS
    )
    stopped.fit(callback=None)

    assert stopped.result.history.values.tolist() == whole.result.history.values.tolist()


def test_a_limit_below_the_first_round_is_refused() -> None:
    fitter = trace_fitter(n_samples=10)

    with pytest.raises(InvalidValueError, match="a round takes 10 evaluations, but the limit is 9"):
        fitter.fit(RandomSearch(), stop=MaxEvaluations(9), callback=None, **BOUNDS)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(True, "the stop rule of the user said so"), ("it is late", "it is late")],
)
def test_a_function_of_the_history_is_a_stop_rule(answer: Any, reason: str) -> None:
    fitter = trace_fitter()

    fitter.fit(
        ScriptedOptimizer([FAR]),
        n_rounds=9,
        stop=lambda history: answer if history.n_rounds == 2 else None,
        callback=None,
        **BOUNDS,
    )

    assert fitter.result.history.n_rounds == 2
    assert fitter.result.stop_reason == reason


def test_the_first_of_several_rules_ends_the_fit() -> None:
    fitter = trace_fitter()
    rules = [TargetError(0 * volt**2), WallClock(600 * second), MaxEvaluations(3), lambda h: False]

    fitter.fit(ScriptedOptimizer([FAR]), n_rounds=9, stop=rules, callback=None, **BOUNDS)

    assert fitter.result.history.n_rounds == 3
    assert "3 evaluations" in fitter.result.stop_reason


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Stagnation(0), "`n_rounds` must be at least 1"),
        (lambda: Stagnation(relative=1.5), "`relative` must be in"),
        (lambda: WallClock(0 * second), "`limit` must be a time above zero"),
        (lambda: MaxEvaluations(0), "`n_evaluations` must be at least 1"),
    ],
)
def test_wrong_numbers_of_a_rule_are_named(make, message) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


def test_a_rule_holds_for_the_call_it_was_given_to() -> None:
    fitter = trace_fitter()
    optimizer = ScriptedOptimizer([FAR])

    fitter.fit(optimizer, n_rounds=9, stop=MaxEvaluations(2), callback=None, **BOUNDS)
    fitter.fit(optimizer, n_rounds=3, callback=None)

    assert fitter.result.history.n_rounds == 5
    assert fitter.result.stop_reason == "the rounds asked for were done"


# Interruptions ----------------------------------------------------------------------------


class Interruption:
    """A callback that raises in its third round."""

    def __init__(self, problem: BaseException) -> None:
        self.problem = problem

    def __call__(self, params, errors, best_params, best_error, index, additional_info) -> None:
        if index == 2:
            raise self.problem


@pytest.mark.parametrize(
    ("problem", "raised"),
    [
        (KeyboardInterrupt("by hand"), KeyboardInterrupt),
        (ZeroDivisionError("a bug of one's own"), UserCodeError),
    ],
)
def test_an_interruption_in_a_callback_leaves_the_rounds_done(
    problem: BaseException, raised: type[BaseException]
) -> None:
    fitter = trace_fitter()

    with pytest.raises(raised, match=str(problem)) as found:
        fitter.fit(
            ScriptedOptimizer([FAR, TRUTH]), n_rounds=9, callback=Interruption(problem), **BOUNDS
        )

    assert fitter.result.history.n_rounds == 3
    assert fitter.best_error < 1e-20 * volt**2
    assert fitter.result.stop_reason == f"it was interrupted by {type(problem).__name__}"
    assert problem in {found.value, found.value.__cause__}


@pytest.mark.parametrize("optimizer", [None, CMAESOptimizer()])
def test_a_fit_goes_on_after_an_interruption_as_if_there_was_none(optimizer) -> None:
    broken, whole = trace_fitter(), trace_fitter()
    with pytest.raises(KeyboardInterrupt, match="by hand"):
        broken.fit(
            optimizer,
            n_rounds=9,
            callback=Interruption(KeyboardInterrupt("by hand")),
            seed=4,
            **BOUNDS,
        )

    broken.fit(n_rounds=2, callback=None)
    whole.fit(optimizer and CMAESOptimizer(), n_rounds=5, callback=None, seed=4, **BOUNDS)

    np.testing.assert_array_equal(broken.result.history.values, whole.result.history.values)
    assert broken.result.stop_reason == "the rounds asked for were done"


def test_an_interruption_in_the_middle_of_a_round_loses_this_round_only() -> None:
    class Impatient(TraceMetric):
        n_calls = 0

        def get_features(self, model, data, dt):
            self.n_calls += 1
            if self.n_calls == 3:
                raise KeyboardInterrupt("by hand")
            return ((model - data) ** 2).mean(axis=2)

        def get_errors(self, features):
            return features.mean(axis=1)

    fitter = trace_fitter()
    with pytest.raises(KeyboardInterrupt, match="by hand"):
        fitter.fit(
            CMAESOptimizer(), metric=Impatient(), n_rounds=9, callback=None, seed=4, **BOUNDS
        )
    after = (fitter.result.history.n_rounds, fitter.iteration)

    fitter.fit(n_rounds=2, callback=None)

    assert after == (2, 2)
    assert fitter.result.history.n_rounds == 4
    assert fitter.iteration == 4


def test_an_interrupted_refinement_leaves_the_fit_as_it_was() -> None:
    fitter = trace_fitter(output={"v": membrane() + 1 * mV})
    fitter.fit(ScriptedOptimizer([FAR]), callback=None, **BOUNDS)
    before = fitter.best_params

    with pytest.raises(KeyboardInterrupt, match="by hand"):
        fitter.refine(callback=Interruption(KeyboardInterrupt("by hand")))

    assert fitter.best_params == before
    assert fitter.result.refinement == ""


def test_time_counts_simulation_and_search() -> None:
    fitter = trace_fitter()

    fitter.fit(ScriptedOptimizer([FAR]), n_rounds=2, callback=None, **BOUNDS)

    rounds = fitter.result.history.rounds
    assert all(round_.seconds > 0 for round_ in rounds)
    assert fitter.result.history.seconds == sum(round_.seconds for round_ in rounds)
    assert fitter.duration == 20 * ms
