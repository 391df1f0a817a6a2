"""Gamma factors of several windows together: an error that sees spikes that nearly coincide."""

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
from brianfit._foundation.units import SECOND, si_array
from brianfit.metrics._base import AbstractSpikeMetric
from brianfit.metrics._train_kinds import AbstractPairMetric, Columns
from brianfit.metrics.gamma_factor import GammaFactor

DEFAULT_WINDOWS = (0.002, 0.004, 0.008, 0.016)


@final
class MultiWindowGamma(AbstractPairMetric):
    """The mean of the `GammaFactor` errors for several windows; 0 for the same train.

    A single narrow window rewards a sample only when a spike falls into it, so the error is rough,
    and the sample that comes out best has partly been lucky. Wide windows show the way to the
    narrow ones. Fit with this, and tell the Gamma factor of one window for recordings that were
    left out.

    Parameters
    ----------
    deltas
        Largest distances of coincident spikes [s].
    time, t_start, normalization, rate_correction
        As in `GammaFactor`.

    Raises
    ------
    UnitMismatchError, InvalidValueError
        As in `GammaFactor`, and if `deltas` is empty.
    """

    lowest_error = 0.0

    def __init__(
        self,
        deltas: TimeLike = DEFAULT_WINDOWS,
        time: TimeLike | None = None,
        t_start: TimeLike = 0.0,
        normalization: QuantityLike = 1.0,
        rate_correction: bool = True,
    ) -> None:
        AbstractSpikeMetric.__init__(self, t_start=t_start, normalization=normalization)
        self.deltas = si_array("deltas", deltas, SECOND).reshape(-1)
        if self.deltas.size == 0:
            raise InvalidValueError("`deltas` must hold at least one window, but is empty.")
        self._parts = tuple(
            GammaFactor(float(delta), time=time, t_start=t_start, rate_correction=rate_correction)
            for delta in self.deltas
        )

    def pair_errors(
        self, model: SpikeTrains, columns: Columns, data: SpikeTrains, dt: float
    ) -> Float[np.ndarray, "n_samples n_pairs"]:
        """Return the error of every sample for every pair."""
        parts = [part.pair_errors(model, columns, data, dt) for part in self._parts]
        return np.asarray(np.mean(parts, axis=0))

    def check_data(self, data: Sequence[np.ndarray], dt: float) -> None:
        """Check that windows and `time` fit the recorded trains.

        Raises
        ------
        InvalidValueError
            As in `GammaFactor.check_data`, for any of the windows.
        """
        for part in self._parts:
            part.check_data(data, dt)

    def with_durations(self, durations: Float[np.ndarray, " n_traces"]) -> MultiWindowGamma:
        """Return the metric for traces that end at `durations` [s]; a given `time` stands."""
        return self._with_parts(tuple(part.with_durations(durations) for part in self._parts))

    def similarity(self) -> MultiWindowGamma:
        """Return the metric whose error is 1 minus the mean Gamma: no rate correction."""
        changed = self._with_parts(tuple(part.similarity() for part in self._parts))
        changed.normalization = 1.0
        note_changes(changed, normalization=1.0, rate_correction=False)
        return changed

    def select_traces(self, traces: Sequence[int]) -> MultiWindowGamma:
        """Return the metric for `traces` only, in that order."""
        return self._with_parts(tuple(part.select_traces(traces) for part in self._parts))

    def _with_parts(self, parts: tuple[GammaFactor, ...]) -> MultiWindowGamma:
        changed = copy(self)
        changed._parts = parts  # noqa: SLF001 - a copy of this very object
        note_changes(changed, time=parts[0].time)
        return changed


__all__ = ["DEFAULT_WINDOWS", "MultiWindowGamma"]
