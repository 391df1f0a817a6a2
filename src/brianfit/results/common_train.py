"""The single spike train that agrees best with a set of trains."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from brianfit._foundation.shapes import Float

_FEWEST = 0.02
"""A spike that so small a share of trials has is not part of the common train."""

_APART = 1.5
"""Spikes of the common train are so many windows apart, or more."""


def common_train(
    trains: Sequence[Float[np.ndarray, " _"]], *, duration: float, delta: float, dt: float
) -> Float[np.ndarray, " n_spikes"]:
    """Return the train with the highest expected Gamma when compared with one of the trains.

    The moments within `delta` of which most trains have a spike are taken one after the other. The
    coincidences that Gamma expects are added up on the way, less those by chance; the train
    ends where they, over the mean number of spikes of both trains, are highest.
    """
    share = _share_nearby(trains, duration=duration, delta=delta, dt=dt)
    rate = float(np.mean([train.size for train in trains])) / duration
    chosen, gains = [], []
    apart = max(1, round(_APART * delta / dt))
    while True:
        place = int(share.argmax())
        if share[place] <= _FEWEST:
            break
        last = place
        while last + 1 < share.size and share[last + 1] == share[place]:
            last += 1
        place = (place + last) // 2
        chosen.append(place)
        gains.append(share[place] - 2.0 * rate * delta)
        share[max(0, place - apart) : place + apart + 1] = 0.0
    if not chosen:
        return np.empty(0)
    counts = np.arange(1, len(chosen) + 1)
    expected = np.cumsum(gains) / (0.5 * (counts + rate * duration))
    return np.sort(np.array(chosen[: int(expected.argmax()) + 1])) * dt


def _share_nearby(
    trains: Sequence[Float[np.ndarray, " _"]], *, duration: float, delta: float, dt: float
) -> Float[np.ndarray, " n_steps"]:
    """Return which share of the trains has a spike within `delta` of every step."""
    n_steps, reach = round(duration / dt), round(delta / dt)
    share = np.zeros(n_steps)
    for train in trains:
        steps = np.round(train / dt).astype(np.int64)
        edges = np.zeros(n_steps + 1)
        np.add.at(edges, np.clip(steps - reach, 0, n_steps), 1.0)
        np.add.at(edges, np.clip(steps + reach + 1, 0, n_steps), -1.0)
        share += np.cumsum(edges)[:n_steps] > 0.5
    return share / max(len(trains), 1)


__all__ = ["common_train"]
