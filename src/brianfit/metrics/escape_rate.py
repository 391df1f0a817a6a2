"""The likelihood of recorded spikes under a model's momentary rate of spikes."""

from __future__ import annotations

from typing import ClassVar, final

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Bool, Float
from brianfit._foundation.types import QuantityLike, TimeLike
from brianfit.metrics._base import AbstractTraceMetric, check_trace_shapes, first_step
from brianfit.model import Accumulator

# Hazards outside of these [Hz] count as these: the logarithm of zero would make one spike decide.
_LOWEST, _HIGHEST = 1e-30, 1e30


@final
class EscapeRateLikelihood(AbstractTraceMetric):
    r"""Minus the log-likelihood of the recorded spikes under a hazard, per spike [nats].

    The output is a variable of the model, its hazard :math:`\lambda(t)` [Hz], the rate at which
    it fires at every moment; the recording is the rate of recorded spikes in every step,
    :math:`n_k / dt`, as `with_spike_rate` makes it. The log-likelihood of the spikes as a Poisson
    process with this rate [1]_, [2]_ is

    .. math:: \log L = \sum_k (n_k \log(\lambda_k dt) - \lambda_k dt),

    where :math:`\lambda_k` is the hazard at the start of step k. The error of a trace is
    :math:`(\log L_0 - \log L) / \sum_k n_k`, where :math:`L_0` is the likelihood under a constant
    rate, that of the recording. It is 0 for a model that knows no more than the mean rate, and
    -1 for one that gains one nat per spike over it. A trace without spikes counts as one with one.

    For this to be the likelihood of a model with reset or adaptation, the model must have the
    recorded spikes, not its own: give it the threshold ``'hazard_target*dt > 0.5'``. The error then
    is a smooth function of the parameters without any noise in it, and it is summed up while the
    model is simulated.

    The error of a sample is the mean over the traces.

    Parameters
    ----------
    t_start
        As in `AbstractTraceMetric`.
    normalization
        Divides the error.

    Raises
    ------
    InvalidValueError
        When the recording is seen: if it holds negative rates, or nothing was measured.

    References
    ----------
    .. [1] Paninski, Pillow & Simoncelli (2004), Neural Computation 16:2533-2561.
    .. [2] Mensi, Naud, Pozzorini, Avermann, Petersen & Gerstner (2012), Journal of
       Neurophysiology 107:1756-1775.
    """

    whole_traces: ClassVar[bool] = True

    def __init__(self, t_start: TimeLike = 0.0, normalization: QuantityLike = 1.0) -> None:
        AbstractTraceMetric.__init__(self, t_start=t_start, normalization=normalization)

    def get_features(
        self,
        model: Float[np.ndarray, "n_samples n_traces n_steps"],
        data: Float[np.ndarray, "n_traces n_steps"],
        dt: float,
    ) -> Float[np.ndarray, "n_samples n_traces"]:
        """Return the error of every sample on every trace."""
        check_trace_shapes(model, data)
        per_time, per_log, constant = self._weights(data, dt)
        hazard = np.where(np.isfinite(model), np.clip(model, _LOWEST, _HIGHEST), np.nan)
        return np.asarray(np.sum(per_time * hazard - per_log * np.log(hazard) + constant, axis=2))

    def get_errors(
        self, features: Float[np.ndarray, "n_samples n_traces"]
    ) -> Float[np.ndarray, " n_samples"]:
        """Return the mean over the traces."""
        return np.asarray(features.mean(axis=1))

    def check_data(self, data: Float[np.ndarray, "n_traces n_steps"], dt: float) -> None:
        """Check that the recording holds rates of spikes.

        Raises
        ------
        InvalidValueError
            If it does not.
        """
        measured = data[:, first_step(self.t_start_, dt) :]
        if np.any(measured < 0):
            raise InvalidValueError(
                "The recording of a hazard must hold the rate of recorded spikes in every step, "
                f"but has values down to {np.nanmin(measured):g} Hz. with_spike_rate(recordings, "
                "dt) makes it from spike times."
            )
        if np.all(np.isnan(measured)):
            raise InvalidValueError("Nothing was measured after `t_start`: nothing to compare.")

    def accumulator(
        self, output: str, data: Float[np.ndarray, "n_traces n_steps"], dt: float
    ) -> Accumulator:
        """Return the features of variable `output` as a running sum."""
        names = [f"brianfit_{what}_{output}" for what in ("time", "log", "constant")]
        hazard = f"clip({output}, {_LOWEST!r}, {_HIGHEST!r})"
        return Accumulator(
            name=f"brianfit_sum_{output}",
            expression=f"{names[0]}*{hazard} - {names[1]}*log({hazard}) + {names[2]}",
            variables=(output,),
            timed=dict(zip(names, self._weights(data, dt), strict=True)),
        )

    def compared_steps(
        self, data: Float[np.ndarray, "n_traces n_steps"], dt: float
    ) -> Bool[np.ndarray, "n_traces n_steps"]:
        """Return the steps that count: measured, and not before `t_start`."""
        measured = ~np.isnan(data)
        measured[:, : first_step(self.t_start_, dt)] = False
        return np.asarray(measured)

    def _weights(
        self, data: Float[np.ndarray, "n_traces n_steps"], dt: float
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return what is multiplied by the hazard, by minus its logarithm, and added, per step."""
        measured = self.compared_steps(data, dt)
        spikes = np.where(measured, np.nan_to_num(data) * dt, 0.0)
        total = spikes.sum(axis=1, keepdims=True)
        time = dt * measured.sum(axis=1, keepdims=True)
        mean_rate = np.divide(total, time, out=np.ones_like(total), where=total > 0)
        scale = self.normalization / np.maximum(total, 1.0)
        constant = scale * spikes * (np.log(mean_rate) - 1.0)
        return scale * dt * measured, scale * spikes, constant
