"""Two hundred pairs of spike trains, random and degenerate, on which metrics meet their oracles."""

from __future__ import annotations

import numpy as np

from brianfit._foundation.spike_trains import SpikeTrains, spike_trains_from_nested

DURATION = 1.0
DT = 1e-4

Pair = tuple[np.ndarray, np.ndarray]

_DEGENERATE: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...] = (
    ((), ()),
    ((), (0.5,)),
    ((0.5,), ()),
    ((), (0.2, 0.7)),
    ((0.2, 0.7), ()),
    ((0.5,), (0.5,)),
    ((0.3,), (0.6,)),
    ((0.3,), (0.1, 0.3, 0.9)),
    ((0.1, 0.3, 0.9), (0.1, 0.3, 0.9)),
    ((0.2, 0.2), (0.2,)),
    ((0.2, 0.2), (0.2, 0.2)),
    ((0.2, 0.2, 0.2), (0.4,)),
    ((0.1, 0.1, 0.6, 0.6), (0.1, 0.6, 0.6)),
    ((0.0,), (0.5,)),
    ((0.0, 0.4), (0.0, 0.5)),
    ((0.0,), (0.0,)),
    ((0.3, 0.6), (0.301, 0.599)),
    ((0.9999,), (0.0001,)),
    ((0.05,), (0.95,)),
    ((0.1, 0.2, 0.3, 0.4), (0.9,)),
)


def train_pairs() -> list[Pair]:
    """Return (model, recording), times in [0, 1) s: bursts, rare spikes, shared spikes, grids."""
    generator = np.random.default_rng(20)
    pairs = [(np.array(first), np.array(second)) for first, second in _DEGENERATE]
    while len(pairs) < 200:
        first, second = (
            np.sort(generator.uniform(0, DURATION, generator.integers(0, limit)))
            for limit in (40, generator.integers(1, 60))
        )
        kind = len(pairs) % 4
        if kind == 1:  # some spikes coincide exactly
            second = np.sort(np.concatenate([second, first[::2]]))
        if kind == 2:  # both on a grid of 10 ms: ties within and between the trains
            first, second = np.floor(first * 100) / 100, np.floor(second * 100) / 100
        if kind == 3:  # the same train with jitter
            second = np.sort(np.clip(first + generator.normal(0, 3e-3, first.size), 0, 0.9999))
        pairs.append((first, second))
    return pairs


def as_trains(model: np.ndarray, *, n_traces: int = 1) -> SpikeTrains:
    """Return one sample that has the same train on every trace."""
    return spike_trains_from_nested([[model] * n_traces], n_traces=n_traces)
