"""The waveform of an output, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brianfit._foundation.errors import InvalidValueError
from brianfit.data.readers.abf.drawing import waveform
from brianfit.data.readers.abf.protocol import Output, Segment, Source, user_list

N_ROWS = 128  # so that two values come before the first segment


def output(*segments: Segment, **more: Any) -> Output:
    given = {
        "number": 0, "name": "Cmd 0", "unit": "pA", "holding": -10.0, "source": Source.SEGMENTS,
        "is_enabled": True, "segments": segments,
    }  # fmt: skip
    return Output(**(given | more))


def segment(shape: int, level: float, duration: int, **more: Any) -> Segment:
    given = {"number": 0, "duration_step": 0} | more
    given["level_step"] = float(given.get("level_step", 0))
    return Segment(shape=shape, level=float(level), duration=duration, **given)


def drawn(one: Output, sweep: int = 0, *others: Output, alternates: bool = False) -> np.ndarray:
    return waveform((one, *others), one, sweep=sweep, n_rows=N_ROWS, alternates=alternates)


def test_a_sweep_begins_with_a_64th_of_its_length_and_ends_at_the_holding_level() -> None:
    values = drawn(output(segment(1, 50, 10)))

    assert values.tolist() == [-10] * 2 + [50] * 10 + [-10] * 116


def test_levels_and_durations_grow_from_sweep_to_sweep() -> None:
    values = drawn(output(segment(1, 50, 10, level_step=5, duration_step=3)), sweep=2)

    assert values.tolist() == [-10] * 2 + [60] * 16 + [-10] * 110


def test_the_last_level_is_held_until_the_next_sweep_where_the_protocol_says_so() -> None:
    held = output(segment(1, 50, 10, level_step=5), keeps_last_level=True)

    assert drawn(held, sweep=0).tolist() == [-10] * 2 + [50] * 126
    assert drawn(held, sweep=1).tolist() == [50] * 2 + [55] * 126


def test_a_ramp_goes_from_the_level_before_to_its_own() -> None:
    values = drawn(output(segment(1, 20, 5), segment(2, 40, 5, number=1)))

    assert values[2:12].tolist() == [20] * 5 + [20, 25, 30, 35, 40]


def test_pulses_return_to_the_level_before() -> None:
    values = drawn(output(segment(3, 50, 9, period=4, width=2)))

    # The last period has no room for a pulse.
    assert values[2:12].tolist() == [50, 50, -10, -10] * 2 + [-10, -10]


def test_a_last_pulse_is_drawn_if_it_has_room() -> None:
    values = drawn(output(segment(3, 50, 10, period=4, width=2)))

    assert values[2:12].tolist() == [50, 50, -10, -10] * 2 + [50, 50]


def test_biphasic_pulses_go_to_both_sides_of_the_level_before() -> None:
    values = drawn(output(segment(7, 50, 6, period=6, width=4)))

    assert values[2:8].tolist() == [50, 50, -70, -70, -10, -10]


def test_triangles_rise_over_the_width_and_fall_over_the_rest() -> None:
    values = drawn(output(segment(4, 20, 8, period=8, width=4)))

    np.testing.assert_allclose(values[2:10], [-10, 0, 10, 20, 20, 10, 0, -10])


def test_cosines_begin_and_end_at_the_level_before() -> None:
    values = drawn(output(segment(5, 30, 101, period=101)))

    assert values[2] == pytest.approx(-10)
    assert values[52] == pytest.approx(30)
    assert values[102] == pytest.approx(-10)


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        (21, [-10] * 2 + [7] * 10 + [-10] * 116),  # the level of segment A
        (31, [-10] * 2 + [50] * 7 + [-10] * 119),  # its duration
        (7, [-10] * 2 + [50] * 10 + [-10] * 116),  # the time from start to start: nothing is seen
    ],
)
def test_a_list_of_the_user_replaces_one_entry(parameter: int, expected: list[float]) -> None:
    listed = user_list("5, 6, 7", parameter, 10, repeats=False)

    values = drawn(output(segment(1, 50, 10, level_step=99), user_list=listed), sweep=0)
    third = drawn(output(segment(1, 50, 10), user_list=listed), sweep=2)
    later = drawn(output(segment(1, 50, 10), user_list=listed), sweep=9)

    assert third.tolist() == expected
    assert later.tolist() == expected  # the last value holds on
    assert values[2] in {5.0, 50.0}


def test_a_list_may_repeat() -> None:
    listed = user_list("5,6", 21, 10, repeats=True)

    values = [drawn(output(segment(1, 50, 10), user_list=listed), sweep=k)[2] for k in range(4)]

    assert values == [5, 6, 5, 6]


def test_a_list_of_one_output_may_set_the_holding_level_of_the_other() -> None:
    lister = output(number=1, user_list=user_list("1,2,3", 8, 10, repeats=False))

    values = drawn(output(is_enabled=False), 2, lister)

    assert set(values.tolist()) == {3.0}


def test_alternating_outputs_hold_in_every_other_sweep() -> None:
    first, second = output(segment(1, 50, 10)), output(segment(1, 50, 10), number=1)

    highest = [
        [drawn(one, k, first, second, alternates=True).max() for k in range(3)]
        for one in (first, second)
    ]

    assert highest == [[50, -10, 50], [-10, 50, -10]]


def test_after_a_conditioning_train_a_sweep_begins_at_its_level() -> None:
    values = drawn(output(segment(1, 50, 10), post_train_level=-33.0))

    assert values[[0, 1, 2, -1]].tolist() == [-33, -33, 50, -10]


def test_an_output_that_is_not_enabled_holds() -> None:
    assert set(drawn(output(segment(1, 50, 10), is_enabled=False)).tolist()) == {-10.0}


def test_a_form_that_is_not_known_is_an_error() -> None:
    with pytest.raises(InvalidValueError, match="form 6, which is not known.*stimulus"):
        drawn(output(segment(6, 50, 10)))
