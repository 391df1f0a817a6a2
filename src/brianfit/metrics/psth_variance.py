"""The variance of the firing rate over time that a model leaves unexplained."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import final

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.parts import note_changes
from brianfit._foundation.shapes import Float
from brianfit._foundation.spike_trains import SpikeTrains
from brianfit._foundation.types import QuantityLike, TimeLike
from brianfit._foundation.units import SECOND, scalar_si
from brianfit.metrics._base import AbstractSpikeMetric
from brianfit.metrics._train_kinds import ROUNDING, AbstractSetMetric, repeats_of_model
from brianfit.metrics._trains.compared_time import AbstractTimed, read_time
from brianfit.metrics._trains.repeats import check_sorted


@final
class PSTHVariance(AbstractTimed, AbstractSetMetric):
    r"""Unexplained variance of the peristimulus time histogram: 0 for the same, 1 for a flat one.

    The spikes of all repeats are counted in bins from `t_start` to the end of the trace and divided
    by the number of repeats, which gives :math:`d_b` for the recording and :math:`m_b` for the
    model. The error of a trace is one minus the explained variance,

    .. math:: \frac{\sum_b (d_b - m_b)^2}{\sum_b (d_b - \bar d)^2} .

    A deterministic model has one train, hence bins of whole numbers; a stochastic model has as many
    trains as repeats were simulated. The recorded rate carries the noise of its few repeats: even
    the true model leaves about the share of variance that `reliability` shows. Where the recorded
    rate does not vary, the variance of a single spike of one repeat stands in for it.

    The error of a sample is the mean over the traces.

    Parameters
    ----------
    width
        Of the bins [s].
    time
        How long the traces are [s], counted from their start: one value, or one per trace. None:
        a fitter fills in the durations of its traces.
    t_start, normalization
        As in `AbstractSpikeMetric`.

    Raises
    ------
    InvalidValueError
        If `width` is not positive, or `time` ends before `t_start`; when trains are seen, if one is
        not sorted, `time` is not known, or there are fewer than two bins.
    """

    lowest_error = 0.0

    def __init__(
        self,
        width: TimeLike,
        time: TimeLike | None = None,
        t_start: TimeLike = 0.0,
        normalization: QuantityLike = 1.0,
    ) -> None:
        AbstractSpikeMetric.__init__(self, t_start=t_start, normalization=normalization)
        self.time = read_time(time, self.t_start_)
        self.width = scalar_si("width", width, SECOND)
        if not (np.isfinite(self.width) and self.width > 0):
            raise InvalidValueError(f"`width` must be a positive time, but is {width}.")

    def features_of_trains(
        self, model: SpikeTrains, data: Sequence[Sequence[np.ndarray]], dt: float
    ) -> Float[np.ndarray, "n_samples n_traces"]:
        """Return the error of every sample on every trace."""
        # Numba is loaded when spikes are first compared, not when metrics are imported.
        from brianfit.metrics._trains.counted import histogram_differences

        sizes = self._numbers_of_bins(len(data), dt)
        recorded = [
            self._histogram(repeats, n_bins, dt)
            for repeats, n_bins in zip(data, sizes, strict=True)
        ]
        differences = histogram_differences(
            model.times,
            model.offsets,
            model.n_samples,
            repeats_of_model(model, len(data)),
            np.concatenate(recorded),
            np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            (self.t_start_, self.width, ROUNDING * dt),
        )
        variances = [
            _variance(counts, len(repeats)) for counts, repeats in zip(recorded, data, strict=True)
        ]
        return np.asarray(differences / np.array(variances))

    def similarity(self) -> PSTHVariance:
        """Return the metric without normalization: its error is 1 - the explained variance."""
        changed = copy(self)
        changed.normalization = 1.0
        note_changes(changed, normalization=1.0)
        return changed

    def _numbers_of_bins(self, n_traces: int, dt: float) -> list[int]:
        spans = self.ends(n_traces) - self.t_start_
        sizes = np.ceil((spans - ROUNDING * dt) / self.width).astype(np.int64)
        if np.any(sizes < 2):
            raise InvalidValueError(
                f"`width` = {self.width:g} s leaves less than two bins in a trace of "
                f"{spans.min():g} s: a rate over time needs narrower bins."
            )
        return [int(size) for size in sizes]

    def _histogram(
        self, repeats: Sequence[np.ndarray], n_bins: int, dt: float
    ) -> Float[np.ndarray, " n_bins"]:
        from brianfit.metrics._trains.counted import add_to_histogram

        check_sorted("data", repeats)
        counts = np.zeros(n_bins)
        for train in repeats:
            add_to_histogram(train, counts, self.t_start_, self.width, ROUNDING * dt)
        return counts / len(repeats)


def _variance(counts: Float[np.ndarray, " n_bins"], n_repeats: int) -> float:
    """Return the sum of squared deviations from the mean, of a single spike if there are none."""
    deviations = float(np.sum((counts - counts.mean()) ** 2))
    return deviations if deviations > 0 else (1.0 - 1.0 / counts.size) / n_repeats**2
