"""Recordings on the time grid of a simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brianfit.data import on_simulation_grid, padded, without_gaps

NAN = np.nan


def test_a_recording_on_the_grid_stays_as_it_is() -> None:
    values = np.array([1.0, NAN, 3.0])

    found = on_simulation_grid(values, recorded_dt=1e-4, dt=1e-4, n_steps=3)

    np.testing.assert_array_equal(found, values)


def test_steps_after_the_end_were_not_measured() -> None:
    found = on_simulation_grid(np.array([1.0, 2.0]), recorded_dt=1e-4, dt=1e-4, n_steps=4)

    np.testing.assert_array_equal(found, [1, 2, NAN, NAN])


def test_a_slower_recording_is_compared_at_its_own_times_only() -> None:
    found = on_simulation_grid(np.array([1.0, 2.0]), recorded_dt=4e-4, dt=1e-4, n_steps=8)

    np.testing.assert_array_equal(found, [1, NAN, NAN, NAN, 2, NAN, NAN, NAN])


def test_a_faster_recording_is_read_at_the_steps() -> None:
    values = np.arange(9.0)

    found = on_simulation_grid(values, recorded_dt=0.25e-4, dt=1e-4, n_steps=3)

    np.testing.assert_array_equal(found, [0, 4, 8])


def test_between_recorded_values_the_nearest_step_is_interpolated() -> None:
    # recorded at 0, 2.5, 5 steps: step 2 and step 3 both lie half a step from 2.5
    found = on_simulation_grid(np.array([0.0, 10.0, 20.0]), recorded_dt=2.5e-4, dt=1e-4, n_steps=6)

    np.testing.assert_allclose(found, [0, NAN, 8, 12, NAN, 20])


def test_a_faster_recording_off_the_grid_is_interpolated_everywhere() -> None:
    times = np.arange(200) * 0.3e-4

    found = on_simulation_grid(2 * times, recorded_dt=0.3e-4, dt=1e-4, n_steps=59)

    np.testing.assert_allclose(found, 2e-4 * np.arange(59), atol=1e-15)


def test_next_to_a_gap_nothing_is_interpolated() -> None:
    found = on_simulation_grid(
        np.array([0.0, NAN, 20.0, 30.0]), recorded_dt=0.75e-4, dt=1e-4, n_steps=3
    )

    # positions 0, 1.33, 2.67 of the recording
    np.testing.assert_allclose(found, [0, NAN, 20 + 10 * 2 / 3])


@pytest.mark.parametrize("n_steps", [1_000_001])
def test_long_recordings_meet_the_grid_to_the_last_step(n_steps: int) -> None:
    values = np.zeros(n_steps)
    values[-1] = 7.0

    found = on_simulation_grid(values, recorded_dt=1e-4 / 3, dt=1e-4 / 3, n_steps=n_steps)

    assert found[-1] == 7.0
    assert not np.any(np.isnan(found))


@given(
    values=st.lists(st.floats(-1, 1), min_size=1, max_size=20),
    ratio=st.sampled_from([0.1, 0.25, 0.3, 0.5, 1.0, 1.5, 2.0, 2.5, 7.0]),
    n_steps=st.integers(1, 60),
)
def test_no_value_lies_outside_of_what_was_recorded(
    values: list[float], ratio: float, n_steps: int
) -> None:
    found = on_simulation_grid(np.array(values), recorded_dt=ratio * 1e-4, dt=1e-4, n_steps=n_steps)

    measured = found[~np.isnan(found)]
    assert found.shape == (n_steps,)
    assert found[0] == values[0]
    assert np.all(measured >= min(values) - 1e-12)
    assert np.all(measured <= max(values) + 1e-12)


def test_shorter_rows_are_filled_up_with_their_last_value() -> None:
    found = padded([np.array([1.0, 2.0, 3.0]), np.array([4.0])])

    np.testing.assert_array_equal(found, [[1, 2, 3], [4, 4, 4]])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0, NAN, 3.0], [1, 2, 3]),
        ([NAN, 2.0, NAN, NAN], [2, 2, 2, 2]),
        ([NAN, NAN], [0, 0]),
        ([1.0, 5.0], [1, 5]),
    ],
)
def test_gaps_are_filled_from_their_neighbours(values: list[float], expected: list[float]) -> None:
    np.testing.assert_array_equal(without_gaps(np.array(values)), expected)
