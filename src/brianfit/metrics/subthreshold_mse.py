"""The mean squared error between spikes."""

from __future__ import annotations

from typing import ClassVar, final

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.spike_trains import SpikeTrains
from brianfit._foundation.types import QuantityLike, TimeLike
from brianfit._foundation.units import SECOND, scalar_si, si_scalar_any
from brianfit.metrics._base import AbstractTraceMetric, check_trace_shapes
from brianfit.metrics._voltages.hidden_spikes import cost_of_spikes
from brianfit.metrics.mean_squared_error import MSEMetric
from brianfit.model import Accumulator

SPIKE_WIDTH = 1e-3
"""So long [s] a spike that the voltage does not show is taken to be."""


@final
class SubthresholdMSE(AbstractTraceMetric):
    """Mean squared difference from a recording, its spikes cut out [unit of output, squared].

    A spike is an upward crossing of a level; what lies within a window around a spike of the
    recording does not count. What is left is the subthreshold voltage, which a model can follow
    even if the shape of its spikes is not that of the cell.

    The recording alone says what is compared: a sample cannot avoid the comparison by firing. What
    the voltage of the model does there counts, its own spikes included. A model that is reset
    shows no spikes in its voltage; a fit knows when it fired, and takes the voltage for
    `threshold`, during a millisecond after each such spike, in addition. Where spikes come at other
    times than the recorded ones for reasons that no model repeats, as late in a long step of
    current, use `StepResponse`.

    The error of a sample is the mean over the traces that have something to compare; one that
    diverged cannot be scored.

    Parameters
    ----------
    threshold
        The level that recorded spikes cross, in the unit of the output.
    before, after
        The window around a spike: from `before` it to `after` it [s].
    t_start, t_weights, normalization
        As in `AbstractTraceMetric`; `normalization` divides the error by its square.

    Raises
    ------
    InvalidValueError
        If `before` or `after` is negative; when the recording is seen, if nothing is left of it.
    """

    lowest_error = 0.0
    output_power: ClassVar[int] = 2
    normalization_power: ClassVar[int] = 2
    whole_traces: ClassVar[bool] = True

    def __init__(
        self,
        threshold: QuantityLike,
        *,
        before: TimeLike = 2e-3,
        after: TimeLike = 5e-3,
        t_start: TimeLike = 0.0,
        t_weights: QuantityLike | None = None,
        normalization: QuantityLike = 1.0,
    ) -> None:
        AbstractTraceMetric.__init__(
            self, t_start=t_start, t_weights=t_weights, normalization=normalization
        )
        self.threshold, self.level_dimensions = si_scalar_any("threshold", threshold)
        self.before = scalar_si("before", before, SECOND)
        self.after = scalar_si("after", after, SECOND)
        if not (self.before >= 0 and self.after >= 0 and np.isfinite(self.before + self.after)):
            raise InvalidValueError(
                f"`before` and `after` must be times of 0 s or more, but are {before} and {after}."
            )
        self._squares = MSEMetric(t_start=t_start, t_weights=t_weights, normalization=normalization)

    def get_features(
        self,
        model: Float[np.ndarray, "n_samples n_traces n_steps"],
        data: Float[np.ndarray, "n_traces n_steps"],
        dt: float,
    ) -> Float[np.ndarray, "n_samples n_traces"]:
        """Return the mean squared difference on every trace; 0 where nothing was measured."""
        check_trace_shapes(model, data)
        between, factor = self._between_spikes(data, dt), self.normalization
        # The weights know `t_start`, so that a window which reaches beyond it is cut out as well.
        weights = self._squares.residual_weights(between, dt) / factor
        with np.errstate(over="ignore", invalid="ignore"):
            difference = (model - np.nan_to_num(between)) * (weights * factor)
            return np.asarray(np.sum(difference**2, axis=2) * len(data))

    def get_errors(
        self, features: Float[np.ndarray, "n_samples n_traces"]
    ) -> Float[np.ndarray, " n_samples"]:
        """Return the mean over the traces."""
        return np.asarray(features.mean(axis=1))

    def check_data(self, data: Float[np.ndarray, "n_traces n_steps"], dt: float) -> None:
        """Check that something of the recording is left.

        Raises
        ------
        InvalidValueError
            If nothing is, or `t_weights` has another length than the traces.
        """
        self._squares.check_data(data, dt)
        if np.isnan(self._between_spikes(data, dt)).all():
            raise InvalidValueError(
                "Nothing of the recording is left to compare: with the spikes cut out, no step was "
                "measured. Narrow the window, or check `threshold`."
            )
        self._squares.check_data(self._between_spikes(data, dt), dt)

    def accumulator(
        self, output: str, data: Float[np.ndarray, "n_traces n_steps"], dt: float
    ) -> Accumulator:
        """Return the features of variable `output` as a running sum."""
        return self._squares.accumulator(output, self._between_spikes(data, dt), dt)

    def residual_weights(
        self, data: Float[np.ndarray, "n_traces n_steps"], dt: float
    ) -> Float[np.ndarray, "n_traces n_steps"]:
        """Return w such that the error of a sample is ``sum((w * (model - data))**2)``."""
        return self._squares.residual_weights(self._between_spikes(data, dt), dt)

    def cost_of_spikes(
        self, spikes: SpikeTrains, data: Float[np.ndarray, "n_traces n_steps"], dt: float
    ) -> Float[np.ndarray, "n_samples n_traces"]:
        """Return what the model's own spikes in compared time add to the features."""
        weights = self.residual_weights(data, dt)
        costs = (weights * (self.threshold - np.nan_to_num(data))) ** 2 * len(data)
        return cost_of_spikes(spikes, costs, dt=dt, width=SPIKE_WIDTH)

    def _between_spikes(
        self, data: Float[np.ndarray, "n_traces n_steps"], dt: float
    ) -> Float[np.ndarray, "n_traces n_steps"]:
        # Numba is loaded when traces are first compared, not when metrics are imported.
        from brianfit.metrics._voltages.spikes_cut_out import cut_out_spikes

        left = np.array(data, dtype=np.float64)
        window = round(self.before / dt), round(self.after / dt)
        for values, kept in zip(np.ascontiguousarray(data), left, strict=True):
            cut_out_spikes(values, kept, self.threshold, window)
        return left
