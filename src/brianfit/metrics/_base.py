"""What a metric is: it says how far an output is from its recording; smaller is better.

To write one, derive from `AbstractTraceMetric` (public name `TraceMetric`) or
`AbstractSpikeMetric` (`SpikeMetric`) and write `get_features` and `get_errors`. What a metric can
do beyond that is told by the protocols at the end of this file: a metric offers one by having the
method, and the objective then uses it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.spike_trains import SpikeTrains
from brianfit._foundation.units import (
    DIMENSIONLESS,
    SECOND,
    Dimension,
    scalar_si,
    si_array,
    si_scalar_any,
)
from brianfit.model import Accumulator


class AbstractMetric(ABC):
    """How far an output is from its recording.

    Parameters
    ----------
    t_start
        What happens before this time [s] does not count.
    normalization
        A trace metric divides output and recording by this before it compares them, a spike metric
        divides its error. May carry a unit, which makes errors of different outputs comparable.

    Attributes
    ----------
    t_start : float
        In seconds.
    normalization : float
        One over the argument, in SI units: the factor that is applied.
    output_power : int
        The unit of the error is that of the output to this power (class attribute).
    normalization_power : int
        The error is proportional to the factor `normalization` to this power (class attribute).
    """

    output_power: ClassVar[int] = 0
    normalization_power: ClassVar[int] = 1

    def __init__(self, t_start: Any = 0.0, normalization: Any = 1.0) -> None:
        self.t_start = scalar_si("t_start", t_start, SECOND)
        divisor, self.normalization_dimensions = si_scalar_any("normalization", normalization)
        problems = []
        if not (np.isfinite(self.t_start) and self.t_start >= 0):
            problems.append(f"`t_start` must be a time of 0 s or later, but is {t_start}.")
        if not (np.isfinite(divisor) and divisor > 0):
            problems.append(f"`normalization` must be positive and finite, but is {normalization}.")
        if problems:
            raise InvalidValueError(" ".join(problems))
        self.normalization = 1.0 / divisor

    @abstractmethod
    def get_features(self, model: Any, data: Any, dt: float) -> Any:
        """Return what `get_errors` needs, usually an array of shape (n_samples, n_traces).

        Parameters
        ----------
        model, data
            What the model yields and what was measured; see the derived classes.
        dt
            Simulation step [s].
        """

    @abstractmethod
    def get_errors(self, features: Any) -> Float[np.ndarray, " n_samples"]:
        """Return one error per sample, from the features of all samples."""

    @abstractmethod
    def calc(self, model: Any, data: Any, dt: Any) -> Float[np.ndarray, " n_samples"]:
        """Return one error per sample, `t_start` and `normalization` applied."""

    def get_dimensions(self, output_dim: Dimension) -> Dimension:
        """Return the dimensions of the error without normalization, given those of the output."""
        return output_dim**self.output_power

    def get_normalized_dimensions(self, output_dim: Dimension) -> Dimension:
        """Return the dimensions of the error that is minimised."""
        divisor = self.normalization_dimensions**self.normalization_power
        return self.get_dimensions(output_dim) / divisor

    def revert_normalization(self, error: Any) -> Any:
        """Return the error without normalization, given the one that is minimised (SI)."""
        return error / self.normalization**self.normalization_power


class AbstractTraceMetric(AbstractMetric):
    """A metric of traces.

    Its `get_features` is given ``model``, an array (n_samples, n_traces, n_steps), and ``data``, an
    array (n_traces, n_steps), both in SI units, cut at `t_start` and divided by `normalization`.
    Where nothing was measured, ``data`` is nan.

    Parameters
    ----------
    t_start, normalization
        As in `AbstractMetric`.
    t_weights
        A weight for every step of the simulation, instead of `t_start`; only ratios matter: the
        attribute `t_weights` is divided by its mean.

    Raises
    ------
    InvalidValueError
        If both `t_start` and `t_weights` are given, or weights are negative or all zero.
    """

    def __init__(self, t_start: Any = 0.0, t_weights: Any = None, normalization: Any = 1.0) -> None:
        AbstractMetric.__init__(self, t_start=t_start, normalization=normalization)
        self.t_weights = None if t_weights is None else _checked_weights(t_weights, self.t_start)

    def calc(self, model: Any, data: Any, dt: Any) -> Float[np.ndarray, " n_samples"]:
        """Return one error per sample.

        Parameters
        ----------
        model : array, shape (n_samples, n_traces, n_steps)
        data : array, shape (n_traces, n_steps)
        dt
            Simulation step [s].
        """
        step = scalar_si("dt", dt, SECOND)
        return self.get_errors(self.features_of(np.asarray(model), np.asarray(data), step))

    def features_of(
        self,
        model: Float[np.ndarray, "n_samples n_traces n_steps"],
        data: Float[np.ndarray, "n_traces n_steps"],
        dt: float,
    ) -> Any:
        """Apply `t_start` and `normalization`, then return the features."""
        first = first_step(self.t_start, dt)
        factor = self.normalization
        return self.get_features(model[..., first:] * factor, data[..., first:] * factor, dt)


class AbstractSpikeMetric(AbstractMetric):
    """A metric of spike trains.

    Its `get_features` is given ``model``, spike times as ``[sample][trace] -> array``, and
    ``data``, a list with one array per trace, all in seconds, without the spikes before `t_start`
    (times still count from the start of the trace). What `get_errors` returns is then divided by
    `normalization`.
    """

    def calc(self, model: Any, data: Any, dt: Any) -> Float[np.ndarray, " n_samples"]:
        """Return one error per sample.

        Parameters
        ----------
        model : sequence of sequences of arrays, ``[sample][trace]``
            Spike times [s].
        data : sequence of arrays, one per trace
            Spike times [s].
        dt
            Simulation step [s].
        """
        step = scalar_si("dt", dt, SECOND)
        trains = [[si_array("model", train, SECOND) for train in sample] for sample in model]
        recorded = [si_array("data", train, SECOND) for train in data]
        return self.errors_of(self.features_of(trains, recorded, step))

    def features_of(
        self,
        model: Sequence[Sequence[np.ndarray]],
        data: Sequence[np.ndarray],
        dt: float,
    ) -> Any:
        """Apply `t_start`, then return the features."""
        start = self.t_start
        kept = [[train[train >= start] for train in sample] for sample in model]
        return self.get_features(kept, [train[train >= start] for train in data], dt)

    def errors_of(self, features: Any) -> Float[np.ndarray, " n_samples"]:
        """Return one error per sample, `normalization` applied."""
        return np.asarray(self.get_errors(features)) * self.normalization


@runtime_checkable
class SupportsAccumulator(Protocol):
    """A trace metric whose features are running sums: no trace needs to be kept."""

    def accumulator(
        self, output: str, data: Float[np.ndarray, "n_traces n_steps"], dt: float
    ) -> Accumulator:
        """Return the sum that equals the features (n_samples, n_traces) of variable `output`."""


@runtime_checkable
class SupportsResiduals(Protocol):
    """A metric that is a mean of squares: usable by least-squares algorithms."""

    def residual_weights(
        self, data: Float[np.ndarray, "n_traces n_steps"], dt: float
    ) -> Float[np.ndarray, "n_traces n_steps"]:
        """Return w such that the error of a sample is ``sum((w * (model - data))**2)``.

        Where nothing was measured, w is zero. `normalization` is contained.
        """


@runtime_checkable
class SupportsTraceErrors(Protocol):
    """A metric that can tell the error of every trace although its features are not those."""

    def get_trace_errors(self, features: Any) -> Float[np.ndarray, "n_samples n_traces"]:
        """Return one error per sample and trace."""


@runtime_checkable
class SupportsSpikeTrains(Protocol):
    """A spike metric that works on all trains at once."""

    def features_of_trains(
        self, model: SpikeTrains, data: Sequence[np.ndarray], dt: float
    ) -> Float[np.ndarray, "n_samples n_traces"]:
        """Return the features, `t_start` applied."""


def first_step(t_start: float, dt: float) -> int:
    """Return the first step that is at or after `t_start` [s]."""
    return int(np.ceil(t_start / dt - 1e-6))


def _checked_weights(t_weights: Any, t_start: float) -> Float[np.ndarray, " n_steps"]:
    weights = si_array("t_weights", t_weights, DIMENSIONLESS)
    problems = []
    if t_start != 0:
        problems.append("Give either `t_start` or `t_weights`, not both.")
    if weights.ndim != 1:
        problems.append(f"`t_weights` must have one axis, but has shape {weights.shape}.")
    if not np.all(np.isfinite(weights)) or np.any(weights < 0):
        problems.append("`t_weights` must be finite and not negative.")
    elif not np.any(weights > 0):
        problems.append("`t_weights` must not be zero everywhere.")
    if problems:
        raise InvalidValueError(" ".join(problems))
    return weights / weights.mean()
