"""ISI- and SPIKE-distance by their formulas, moment by moment; slow, and only that.

Written from Kreuz et al. (2007, 2013) with the edges of Mulansky & Kreuz (2016). On the pairs of
`train_pairs` it was found to agree with PySpike 0.9.0 to 1e-15.
"""

from __future__ import annotations

import numpy as np


def isi_distance_by_formula(first: np.ndarray, second: np.ndarray, end: float) -> float:
    def profile(time: float) -> float:
        x, y = (_interval(train, time, end) for train in _trains(first, second, end))
        return abs(x - y) / max(x, y)

    return _mean(profile, first, second, end)


def spike_distance_by_formula(first: np.ndarray, second: np.ndarray, end: float) -> float:
    one, two = _trains(first, second, end)

    def profile(time: float) -> float:
        x, y = _interval(one, time, end), _interval(two, time, end)
        s_x, s_y = _local(one, two, time, end), _local(two, one, time, end)
        return (s_x * y + s_y * x) / (0.5 * (x + y) ** 2)

    return _mean(profile, first, second, end)


def _mean(profile, first, second, end):  # type: ignore[no-untyped-def]
    """Integrate a profile that is linear between events."""
    events = np.unique(np.concatenate([[0.0, end], first, second]))
    middles = (events[1:] + events[:-1]) / 2
    return float(sum(np.diff(events) * [profile(time) for time in middles]) / end)


def _trains(first: np.ndarray, second: np.ndarray, end: float) -> list[np.ndarray]:
    edges = np.array([0.0, end])
    trains = [np.unique(first), np.unique(second)]
    return [edges if train.size == 0 or np.all(train == 0) else train for train in trains]


def _interval(train: np.ndarray, time: float, end: float) -> float:
    before, after = train[train <= time], train[train > time]
    if before.size and after.size:
        return float(after[0] - before[-1])
    to_edge = after[0] if after.size else end - before[-1]
    neighbours = np.diff(train)
    if not neighbours.size:
        return float(to_edge)
    return float(max(to_edge, neighbours[0] if after.size else neighbours[-1]))


def _local(train: np.ndarray, other: np.ndarray, time: float, end: float) -> float:
    before, after = train[train <= time], train[train > time]
    if not before.size:
        return _to_nearest(after[0], other, end)
    if not after.size:
        return _to_nearest(before[-1], other, end)
    left, right = before[-1], after[0]
    gaps = [_to_nearest(left, other, end), _to_nearest(right, other, end)]
    return float((gaps[0] * (right - time) + gaps[1] * (time - left)) / (right - left))


def _to_nearest(spike: float, other: np.ndarray, end: float) -> float:
    steps = np.diff(other)
    head = min(0.0, other[0] - steps[0]) if steps.size else 0.0
    tail = max(end, other[-1] + steps[-1]) if steps.size else end
    return float(np.min(np.abs(spike - np.concatenate([[head], other, [tail]]))))
