"""The latency of the first spike."""

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
class FirstSpikeLatency(AbstractTimed, AbstractPairMetric):
    """Absolute difference of the latencies, the times from `t_start` to the first spike [s].

    A train without spikes has the latency of the whole trace: it fires at the end at the earliest.
    The error of a sample is the mean over the traces.

    Parameters
    ----------
    time
        How long the traces are [s], counted from their start: one value, or one per trace. None:
        a fitter fills in the durations of its traces.
    t_start
        Onset of the stimulus [s]; earlier spikes do not count.
    normalization
        As in `AbstractSpikeMetric`; a `normalization` of ``1*ms`` makes the error a plain number.

    Raises
    ------
    InvalidValueError
        If `time` ends before `t_start`; when trains are seen, if one is not sorted or `time` is not
        known.
    """

    lowest_error = 0.0
    own_dimensions: ClassVar[Dimension] = SECOND

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
        # Numba is loaded when spikes are first compared, not when metrics are imported.
        from brianfit.metrics._trains.counted import counts_and_firsts

        ends = self.ends(columns.size)
        _, simulated = counts_and_firsts(model.times, model.offsets, self.t_start_)
        _, recorded = counts_and_firsts(data.times, data.offsets, self.t_start_)
        firsts = simulated.reshape(model.n_samples, model.n_traces)[:, columns]
        return np.asarray(np.abs(_or_end(firsts, ends) - _or_end(recorded, ends)))


def _or_end(firsts: np.ndarray, ends: Float[np.ndarray, " n_pairs"]) -> np.ndarray:
    return np.where(np.isnan(firsts), ends, firsts)
