"""The mean squared error between spikes."""

from __future__ import annotations

from typing import Any, ClassVar, final

import numpy as np

from brianfit._foundation.arguments import check_shape
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import SECOND, scalar_si, si_scalar_any
from brianfit.metrics._base import AbstractTraceMetric, check_trace_shapes, first_step


@final
class SubthresholdMSE(AbstractTraceMetric):
    """Mean squared difference of traces, the spikes of both cut out [unit of output, squared].

    A spike is an upward crossing of a level; what lies within a window around a spike of the
    recording or of the model does not count. What is left is the subthreshold voltage, which a
    model can follow even if the shape of its spikes is not that of the cell. Since a sample can
    avoid the comparison by firing, use it together with a metric of the spikes. A trace on which
    nothing is left cannot be scored; one that diverged neither.

    The error of a sample is the mean over the traces that have something to compare.

    Parameters
    ----------
    threshold
        The level that spikes of the recording cross, in the unit of the output.
    before, after
        The window around a spike: from `before` it to `after` it [s].
    model_threshold
        The level for the model, where it is another one. The voltage of an integrate-and-fire model
        is reset before it can be seen above its threshold: take a level just below that.
    t_start, t_weights, normalization
        As in `AbstractTraceMetric`; `normalization` divides the error by its square.

    Raises
    ------
    InvalidValueError
        If `before` or `after` is negative; when the recording is seen, if nothing is left of it.
    """

    output_power: ClassVar[int] = 2
    normalization_power: ClassVar[int] = 2

    def __init__(
        self,
        threshold: Any,
        *,
        before: Any = 2e-3,
        after: Any = 5e-3,
        model_threshold: Any = None,
        t_start: Any = 0.0,
        t_weights: Any = None,
        normalization: Any = 1.0,
    ) -> None:
        AbstractTraceMetric.__init__(
            self, t_start=t_start, t_weights=t_weights, normalization=normalization
        )
        self.threshold, self.level_dimensions = si_scalar_any("threshold", threshold)
        self.model_threshold = self.threshold
        if model_threshold is not None:
            self.model_threshold = scalar_si(
                "model_threshold", model_threshold, self.level_dimensions
            )
        self.before = scalar_si("before", before, SECOND)
        self.after = scalar_si("after", after, SECOND)
        if not (self.before >= 0 and self.after >= 0 and np.isfinite(self.before + self.after)):
            raise InvalidValueError(
                f"`before` and `after` must be times of 0 s or more, but are {before} and {after}."
            )

    def get_features(
        self,
        model: Float[np.ndarray, "n_samples n_traces n_steps"],
        data: Float[np.ndarray, "n_traces n_steps"],
        dt: float,
    ) -> Float[np.ndarray, "n_samples n_traces"]:
        """Return the mean squared difference on every trace; 0 where nothing was measured."""
        # Numba is loaded when traces are first compared, not when metrics are imported.
        from brianfit.metrics._spikes_cut_out import means_between_spikes

        check_trace_shapes(model, data)
        weights = self._weights(data, dt, level=self.threshold * self.normalization)
        compared = weights.any(axis=1)
        means = means_between_spikes(
            np.ascontiguousarray(model, dtype=np.float64),
            np.nan_to_num(np.ascontiguousarray(data)),
            weights,
            self.model_threshold * self.normalization,
            self._window(dt),
        )
        # As for the plain mean squared error: the plain mean is that over the traces that count.
        return np.where(compared, means * (compared.size / max(compared.sum(), 1)), 0.0)

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
        kept = data[:, first_step(self.t_start, dt) :]
        if not self._weights(kept, dt, level=self.threshold).any():
            raise InvalidValueError(
                "Nothing of the recording is left to compare: with the spikes cut out, no step was "
                "measured after `t_start`. Narrow the window, or check `threshold`."
            )

    def _weights(
        self, data: Float[np.ndarray, "n_traces n_steps"], dt: float, *, level: float
    ) -> Float[np.ndarray, "n_traces n_steps"]:
        from brianfit.metrics._spikes_cut_out import cut_out_spikes

        weights = np.where(np.isnan(data), 0.0, 1.0)
        if self.t_weights is not None:
            check_shape("t_weights", self.t_weights, data.shape[1:], ("n_steps",))
            weights *= self.t_weights
        for values, row in zip(np.ascontiguousarray(data), weights, strict=True):
            cut_out_spikes(values, row, level, self._window(dt))
        return weights

    def _window(self, dt: float) -> tuple[int, int]:
        return round(self.before / dt), round(self.after / dt)
