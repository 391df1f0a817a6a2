"""Differences of spike count and firing rate."""

from __future__ import annotations

from typing import ClassVar, final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit._foundation.spike_trains import SpikeTrains
from brianfit._foundation.types import QuantityLike, TimeLike
from brianfit._foundation.units import SECOND, Dimension
from brianfit.metrics._base import AbstractSpikeMetric
from brianfit.metrics._train_kinds import AbstractPairMetric, Columns
from brianfit.metrics._trains.compared_time import AbstractTimed, read_time


@final
class SpikeCount(AbstractPairMetric):
    """Absolute difference of the numbers of spikes, from `t_start` on [spikes].

    The error of a sample is the mean over the traces.

    Parameters
    ----------
    t_start, normalization
        As in `AbstractSpikeMetric`.

    Raises
    ------
    InvalidValueError
        If a train is not sorted.
    """

    lowest_error = 0.0

    def pair_errors(
        self, model: SpikeTrains, columns: Columns, data: SpikeTrains, dt: float
    ) -> Float[np.ndarray, "n_samples n_pairs"]:
        """Return the difference of every pair."""
        return _count_differences(model, columns, data, self.t_start_)


@final
class SpikeRate(AbstractTimed, AbstractPairMetric):
    """Absolute difference of the firing rates, spikes per time from `t_start` to the end [Hz].

    The error of a sample is the mean over the traces.

    Parameters
    ----------
    time
        How long the traces are [s], counted from their start: one value, or one per trace. None:
        a fitter fills in the durations of its traces.
    t_start, normalization
        As in `AbstractSpikeMetric`; a `normalization` of ``1*Hz`` makes the error a plain number.

    Raises
    ------
    InvalidValueError
        If `time` ends before `t_start`; when trains are seen, if one is not sorted or `time` is not
        known.
    """

    lowest_error = 0.0
    own_dimensions: ClassVar[Dimension] = SECOND**-1

    def __init__(
        self,
        time: TimeLike | None = None,
        t_start: TimeLike = 0.0,
        normalization: QuantityLike = 1.0,
    ) -> None:
        AbstractSpikeMetric.__init__(self, t_start=t_start, normalization=normalization)
        self.time = read_time(time, self.t_start_)

    def pair_errors(
        self, model: SpikeTrains, columns: Columns, data: SpikeTrains, dt: float
    ) -> Float[np.ndarray, "n_samples n_pairs"]:
        """Return the difference of every pair."""
        differences = _count_differences(model, columns, data, self.t_start_)
        return differences / (self.ends(columns.size) - self.t_start_)


def _count_differences(
    model: SpikeTrains, columns: Columns, data: SpikeTrains, start: float
) -> Float[np.ndarray, "n_samples n_pairs"]:
    # Numba is loaded when spikes are first compared, not when metrics are imported.
    from brianfit.metrics._trains.counted import counts_and_firsts

    counts, _ = counts_and_firsts(model.times, model.offsets, start)
    counts = counts.reshape(model.n_samples, model.n_traces)[:, columns]
    return np.asarray(np.abs(counts - data.counts()[0]))
