"""Users ask a fit under way to stop or to go on; what comes out is exact, and goes on exactly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from brian2 import second, volt

from brianfit import Store, WallClock, load
from brianfit._foundation.errors import InvalidValueError, StoreError, UnitMismatchError
from brianfit.fitting.search.requests import with_more_time
from tests.faults.cell import assert_same_numbers, fit


def asking(number: int, ask: Any) -> Any:
    """Return a callback that asks for something after a round."""

    def callback(*arguments: Any) -> None:
        if arguments[4] == number:
            ask()

    return callback


@pytest.mark.slow
def test_a_stop_ends_the_fit_after_its_round_and_the_fit_goes_on_exactly(tmp_path: Path) -> None:
    store = Store(tmp_path / "cell.fit")

    stopped = fit(store.path, callback=asking(3, store.ask_to_stop))
    resumed = fit(store.path)

    assert stopped.history.n_rounds == 4
    assert stopped.stop_reason == "a user asked for it to stop"
    assert_same_numbers(resumed, fit())
    assert not list(tmp_path.glob("*-requests"))


@pytest.mark.slow
def test_added_rounds_are_done_and_added_again_when_the_fit_is_done_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "cell.fit")

    first = fit(store.path, n_rounds=4, callback=asking(1, lambda: store.ask_for_rounds(3)))
    again = fit(store.path, n_rounds=4)

    assert first.history.n_rounds == 7
    assert_same_numbers(first, fit(n_rounds=7))
    assert_same_numbers(again, first)
    assert load(store.path).result.history.n_rounds == 7


@pytest.mark.slow
def test_added_rounds_are_kept_by_a_fit_that_was_killed_before_it_did_them(tmp_path: Path) -> None:
    store = Store(tmp_path / "cell.fit")

    def ask_and_fall(*arguments: Any) -> None:
        if arguments[4] == 1:
            store.ask_for_rounds(3)
        if arguments[4] == 3:
            raise KeyboardInterrupt("fallen")

    with pytest.raises(KeyboardInterrupt, match="fallen"):
        fit(store.path, n_rounds=4, callback=ask_and_fall)
    resumed = fit(store.path, n_rounds=4)

    assert_same_numbers(resumed, fit(n_rounds=7))


def test_more_time_makes_the_limit_of_time_longer() -> None:
    rules = with_more_time([WallClock(2 * second)], 3.0)

    assert [rule.seconds for rule in rules if isinstance(rule, WallClock)] == [5.0]


def test_without_a_limit_of_time_more_time_is_said_to_mean_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert with_more_time([], 3.0) == ()
    assert "no limit of time" in caplog.text


def test_nobody_can_be_asked_where_no_fit_is_writing(tmp_path: Path) -> None:
    store = Store(tmp_path / "cell.fit")

    with pytest.raises(StoreError, match="No fit is writing .*call fit again"):
        store.ask_to_stop()

    assert not store.is_in_use


def test_odd_requests_are_refused(tmp_path: Path) -> None:
    store = Store(tmp_path / "cell.fit")

    with pytest.raises(InvalidValueError, match="n_rounds"):
        store.ask_for_rounds(0)
    with pytest.raises(UnitMismatchError, match="time"):
        store.ask_for_time(3 * volt)
    with pytest.raises(InvalidValueError, match="time"):
        store.ask_for_time(-1 * second)
