"""Spike trains in two flat arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.spike_trains import (
    SpikeTrains,
    spike_trains_from_events,
    spike_trains_from_nested,
)

TRAIN = st.lists(st.floats(0, 1), max_size=4).map(lambda times: np.array(sorted(times)))
N_TRACES = 3
NESTED = st.lists(st.lists(TRAIN, min_size=N_TRACES, max_size=N_TRACES), max_size=3)


def example() -> SpikeTrains:
    """Return two samples on two traces."""
    nested = [
        [np.array([0.1, 0.2]), np.array([])],
        [np.array([0.3]), np.array([0.1, 0.4, 0.5])],
    ]
    return spike_trains_from_nested(nested, n_traces=2)


@given(NESTED)
def test_nested_trains_come_back_unchanged(nested: list[list[np.ndarray]]) -> None:
    found = spike_trains_from_nested(nested, n_traces=N_TRACES).nested()

    assert len(found) == len(nested)
    for trains, expected in zip(found, nested, strict=True):
        for train, times in zip(trains, expected, strict=True):
            np.testing.assert_array_equal(train, times)


@given(NESTED)
def test_events_in_the_order_of_time_give_the_same_trains(nested: list[list[np.ndarray]]) -> None:
    direct = spike_trains_from_nested(nested, n_traces=N_TRACES)
    flat = [train for trains in nested for train in trains]
    neurons = np.repeat(np.arange(len(flat)), [train.size for train in flat])
    order = np.argsort(direct.times, kind="stable")

    found = spike_trains_from_events(
        neurons[order], direct.times[order], n_samples=len(nested), n_traces=N_TRACES
    )

    np.testing.assert_array_equal(found.times, direct.times)
    np.testing.assert_array_equal(found.offsets, direct.offsets)


def test_a_train_is_found_by_sample_and_trace() -> None:
    np.testing.assert_array_equal(example().train(1, 0), [0.3])
    assert example().train(0, 1).size == 0


def test_spikes_are_counted_by_sample_and_trace() -> None:
    np.testing.assert_array_equal(example().counts(), [[2, 0], [1, 3]])


def test_unwanted_spikes_are_dropped_from_their_own_train() -> None:
    trains = example()

    found = trains.keep(trains.times > 0.15)

    np.testing.assert_array_equal(found.counts(), [[1, 0], [1, 2]])
    np.testing.assert_array_equal(found.train(1, 1), [0.4, 0.5])


def test_a_selected_trace_may_be_repeated() -> None:
    found = example().select_traces([1, 0, 1])

    np.testing.assert_array_equal(found.counts(), [[0, 2, 0], [3, 1, 3]])


def test_spikes_at_the_end_of_their_trace_or_later_are_dropped() -> None:
    found = example().within(np.array([0.2, 0.45]))

    np.testing.assert_array_equal(found.counts(), [[1, 0], [0, 2]])


def test_no_spikes_at_all_are_possible() -> None:
    none = np.empty(0, dtype=np.int64)

    found = spike_trains_from_events(none, np.empty(0), n_samples=2, n_traces=3)

    np.testing.assert_array_equal(found.counts(), np.zeros((2, 3)))


def test_offsets_for_another_number_of_trains_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="`offsets` to have 5 entries"):
        SpikeTrains(n_samples=2, n_traces=2, times=np.empty(0), offsets=np.zeros(4, dtype=np.int64))
