"""The mean squared error of traces."""

from __future__ import annotations

from typing import ClassVar, final

import numpy as np

from brianfit._foundation.arguments import check_shape
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Bool, Float
from brianfit.metrics._base import AbstractTraceMetric, check_trace_shapes, first_step
from brianfit.model import Accumulator


@final
class MSEMetric(AbstractTraceMetric):
    r"""Mean squared difference of output and recording [unit of the output, squared].

    The feature of trace :math:`j` is the weighted mean over its measured steps

    .. math:: \frac{\sum_k w_k (x_{jk} - y_{jk})^2}{\sum_k w_k}

    where :math:`w_k` is `t_weights`, or 1 from `t_start` on and 0 before; a step that was not
    measured (nan in the recording) has weight 0. The error is the mean over the traces.

    A trace that has no measured step with a weight is left out of the mean: its feature is 0, and
    the other features are larger by the factor (all traces) / (traces that count), so that their
    plain mean is the mean over the traces that count.

    A model value that is nan makes the error nan, even at a step without weight: the sample
    diverged.

    Parameters
    ----------
    t_start, t_weights, normalization
        As in `AbstractTraceMetric`. `normalization` divides the traces, thus the error by its
        square.
    """

    lowest_error = 0.0
    output_power: ClassVar[int] = 2
    normalization_power: ClassVar[int] = 2

    def get_features(
        self,
        model: Float[np.ndarray, "n_samples n_traces n_steps"],
        data: Float[np.ndarray, "n_traces n_steps"],
        dt: float,
    ) -> Float[np.ndarray, "n_samples n_traces"]:
        """Return the mean squared difference on every trace."""
        check_trace_shapes(model, data)
        measured = ~np.isnan(data)
        weights = self._relative_weights(measured, first=0)
        # A sample that diverges is large, not an error of arithmetic.
        with np.errstate(over="ignore", invalid="ignore"):
            difference = model - np.where(measured, data, 0.0)
            np.multiply(difference, difference, out=difference)
            sums: np.ndarray = np.einsum("ijk,jk->ij", difference, weights)
        return sums

    def get_errors(
        self, features: Float[np.ndarray, "n_samples n_traces"]
    ) -> Float[np.ndarray, " n_samples"]:
        """Return the mean over the traces."""
        return np.asarray(features.mean(axis=1))

    def check_data(self, data: Float[np.ndarray, "n_traces n_steps"], dt: float) -> None:
        """Check that there is something to compare.

        Raises
        ------
        InvalidValueError
            If no step counts on any trace, or `t_weights` has another length than the traces.
        """
        self._weights(data, dt)

    def accumulator(
        self, output: str, data: Float[np.ndarray, "n_traces n_steps"], dt: float
    ) -> Accumulator:
        """Return the features of variable `output` as a running sum.

        Raises
        ------
        InvalidValueError
            As in `check_data`.
        """
        weights, target = f"brianfit_w_{output}", f"brianfit_d_{output}"
        return Accumulator(
            name=f"brianfit_sum_{output}",
            expression=f"{weights} * ({output} - {target})**2",
            variables=(output,),
            timed={
                weights: self._weights(data, dt) * self.normalization**2,
                target: np.where(np.isnan(data), 0.0, data),
            },
        )

    def residual_weights(
        self, data: Float[np.ndarray, "n_traces n_steps"], dt: float
    ) -> Float[np.ndarray, "n_traces n_steps"]:
        """Return w such that the error of a sample is ``sum((w * (model - data))**2)``.

        Raises
        ------
        InvalidValueError
            As in `check_data`.
        """
        return self.normalization * np.sqrt(self._weights(data, dt) / len(data))

    def _weights(
        self, data: Float[np.ndarray, "n_traces n_steps"], dt: float
    ) -> Float[np.ndarray, "n_traces n_steps"]:
        return self._relative_weights(~np.isnan(data), first=first_step(self.t_start_, dt))

    def _relative_weights(
        self, measured: Bool[np.ndarray, "n_traces n_steps"], *, first: int
    ) -> Float[np.ndarray, "n_traces n_steps"]:
        """Return weights that sum up to 1 on every trace, if all traces count."""
        n_traces, n_steps = measured.shape
        weights = measured.astype(np.float64)
        weights[:, :first] = 0.0
        if self.t_weights is not None:
            check_shape("t_weights", self.t_weights, (n_steps,), ("n_steps",))
            weights *= self.t_weights
        sums = weights.sum(axis=1)
        counts = sums > 0
        if not counts.any():
            raise InvalidValueError(self._nothing_to_compare(measured, first))
        scale = np.zeros(n_traces)
        scale[counts] = n_traces / counts.sum() / sums[counts]
        return weights * scale[:, np.newaxis]

    def _nothing_to_compare(self, measured: np.ndarray, first: int) -> str:
        n_steps = measured.shape[1]
        if first >= n_steps:
            return (
                f"`t_start` = {self.t_start_} s lies beyond the end of the traces, which have "
                f"{n_steps} steps: nothing is left to compare. Give an earlier `t_start`."
            )
        if not measured.any():
            return (
                "The recording is nan (not measured) at every step of every trace: there is "
                "nothing to compare."
            )
        return (
            "All measured steps lie before `t_start` or where `t_weights` is zero: there is "
            "nothing to compare."
        )
