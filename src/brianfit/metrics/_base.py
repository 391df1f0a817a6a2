"""What a metric is: it says how far an output is from its recording; smaller is better.

To write one, derive from `AbstractTraceMetric` (public name `TraceMetric`) or
`AbstractSpikeMetric` (`SpikeMetric`) and write `get_features` and `get_errors`, or only `calc`.
What a metric can do beyond that is told by the protocols in `_supports.py`: a metric offers one by
having the method, and the objective then uses it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, TypeGuard

import numpy as np

from brianfit._foundation.arguments import also_called, check_shape
from brianfit._foundation.errors import InvalidValueError, Problems
from brianfit._foundation.parts import AbstractPart, is_in_force, note_changes
from brianfit._foundation.real_numbers import real_numbers
from brianfit._foundation.shapes import Float
from brianfit._foundation.spike_trains import pairs_of_repeats, spike_trains_from_nested
from brianfit._foundation.types import QuantityLike, SampleTrains, SpikeTimes, TimeLike
from brianfit._foundation.units import (
    DIMENSIONLESS,
    SECOND,
    Dimension,
    Quantity,
    from_si,
    scalar_si,
    si_array,
    si_array_any,
    si_scalar_any,
    step_si,
)
from brianfit.metrics._supports import SupportsSpikeTrains, SupportsTraceSelection
from brianfit.metrics._trains.repeats import (
    Repeats,
    check_sorted,
    read_recorded,
    read_samples,
)

_DEFINE_ERRORS = ("get_features", "features_of", "get_errors", "errors_of", "calc")


class AbstractMetric(AbstractPart):
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
    t_start : Quantity
        The argument, as a time; without its unit [s] it is called `t_start_`, as Brian does it.
    normalization : float
        One over the argument, in SI units: the factor that is applied.
    output_power : int
        The unit of the error is that of the output to this power (class attribute).
    normalization_power : int
        The error is proportional to the factor `normalization` to this power (class attribute).
    own_dimensions : Dimension
        Dimensions of the error beside those of the output, such as those of a latency (class
        attribute).
    lowest_error : float or None
        The error below which there is none, at which a fit can end; None: not known (class
        attribute). A subclass that writes features or errors anew has to say it anew.
    """

    own_dimensions: ClassVar[Dimension] = DIMENSIONLESS
    output_power: ClassVar[int] = 0
    normalization_power: ClassVar[int] = 1
    lowest_error: ClassVar[float | None] = None

    def __init__(self, t_start: TimeLike = 0.0, normalization: QuantityLike = 1.0) -> None:
        self.t_start_ = _checked_t_start(t_start)
        divisor, self.normalization_dimensions = si_scalar_any("normalization", normalization)
        if not (np.isfinite(divisor) and divisor > 0):
            raise InvalidValueError(
                f"`normalization` must be positive and finite, but is {normalization}."
            )
        self.normalization = 1.0 / divisor

    @property
    def t_start(self) -> Quantity:
        """What happens before this time does not count."""
        return from_si(self.t_start_, SECOND)

    @t_start.setter
    def t_start(self, t_start: TimeLike) -> None:
        self.t_start_ = _checked_t_start(t_start)
        note_changes(self, t_start=t_start)

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
    def calc(self, model: Any, data: Any, dt: TimeLike, /) -> Float[np.ndarray, " n_samples"]:
        """Return one error per sample, `t_start` and `normalization` applied."""

    def get_dimensions(self, output_dim: Dimension) -> Dimension:
        """Return the dimensions of the error without normalization, given those of the output."""
        return output_dim**self.output_power * self.own_dimensions

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
    Where nothing was measured, ``data`` is nan; traces that end earlier are filled up with nan.

    A metric for which a cut or scaled trace has lost its meaning sets the class attribute
    `whole_traces`. It is then given whole traces in SI units, and its `get_features` and
    `get_errors` heed `t_start` and `normalization` themselves.

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

    whole_traces: ClassVar[bool] = False

    def __init__(
        self,
        t_start: TimeLike = 0.0,
        t_weights: QuantityLike | None = None,
        normalization: QuantityLike = 1.0,
    ) -> None:
        AbstractMetric.__init__(self, t_start=t_start, normalization=normalization)
        if t_weights is not None and self.t_start_ != 0:
            raise InvalidValueError("Give either `t_start` or `t_weights`, not both.")
        self.t_weights = None if t_weights is None else normalize_weights(t_weights)

    @also_called(model="model_traces", data="data_traces")
    def calc(
        self, model_traces: QuantityLike, data_traces: QuantityLike, dt: TimeLike
    ) -> Float[np.ndarray, " n_samples"]:
        """Return one error per sample.

        Parameters
        ----------
        model_traces : array, shape (n_samples, n_traces, n_steps)
        data_traces : array, shape (n_traces, n_steps)
            Nan or masked where nothing was measured.
        dt
            Simulation step [s].

        Raises
        ------
        InvalidValueError
            If the shapes do not belong together.
        """
        step = step_si(dt)
        recorded = si_array_any("data_traces", data_traces)
        simulated = si_array_any("model_traces", model_traces)
        check_trace_shapes(simulated, recorded)
        return self.get_errors(self.features_of(simulated, recorded, step))

    def features_of(
        self,
        model: Float[np.ndarray, "n_samples n_traces n_steps"],
        data: Float[np.ndarray, "n_traces n_steps"],
        dt: float,
    ) -> Any:
        """Apply `t_start` and `normalization`, then return the features."""
        if self.whole_traces:
            return self.get_features(model, data, dt)
        first = first_step(self.t_start_, dt)
        factor = self.normalization
        return self.get_features(model[..., first:] * factor, data[..., first:] * factor, dt)


class AbstractSpikeMetric(AbstractMetric):
    """A metric of spike trains.

    Its `get_features` is given ``model``, spike times as ``[sample][trace] -> array``, and
    ``data``, a list with one array per trace, all in seconds, without the spikes before `t_start`
    (times still count from the start of the trace). What `get_errors` returns is then divided by
    `normalization`.

    Attributes
    ----------
    of_sets : bool
        Whether `features_of_trains`, if the metric has it, compares all trains on a trace at once,
        and not pairs of them (class attribute).
    """

    of_sets: ClassVar[bool] = False

    @also_called(model="model_spikes", data="data_spikes")
    def calc(
        self, model_spikes: SampleTrains, data_spikes: SpikeTimes, dt: TimeLike
    ) -> Float[np.ndarray, " n_samples"]:
        """Return one error per sample.

        Parameters
        ----------
        model_spikes : sequence of sequences of arrays, ``[sample][trace]``
            Spike times [s]; a list of arrays where the model was simulated several times.
        data_spikes : sequence of arrays, one per trace
            Spike times [s]; a list of arrays where the stimulus was repeated.
        dt
            Simulation step [s].

        Raises
        ------
        InvalidValueError
            If a sample has another number of traces than the recording, or the number of simulated
            repeats differs.
        """
        step = step_si(dt)
        recorded = read_recorded(data_spikes)
        trains = read_samples(model_spikes, len(recorded))
        return self.errors_of(self.features_of_repeats(trains, recorded, step))

    def features_of_repeats(
        self, model: Sequence[Sequence[Repeats]], data: Sequence[Repeats], dt: float
    ) -> Any:
        """Return the features of sets of trains, or else of all pairs of them.

        Parameters
        ----------
        model, data
            ``[sample][trace][repeat]`` and ``[trace][repeat]``, arrays of times [s].
        """
        n_simulated = len(model[0][0]) if model and model[0] else 1
        if is_of_sets(self):
            flat = [[train for repeats in sample for train in repeats] for sample in model]
            check_sorted("model", [train for sample in flat for train in sample])
            trains = spike_trains_from_nested(flat, n_traces=len(data) * n_simulated)
            return self.features_of_trains(trains, data, dt)
        pairs = pairs_of_repeats([len(repeats) for repeats in data], n_simulated)
        return self.of_pairs(pairs, len(data)).features_of(
            [[sample[trace][k] for trace, _, k in pairs] for sample in model],
            [data[trace][k] for trace, k, _ in pairs],
            dt,
        )

    def of_pairs(self, pairs: Sequence[tuple[int, int, int]], n_traces: int) -> Any:
        """Return the metric for pairs of repeats in the place of `n_traces` traces."""
        if len(pairs) > n_traces and isinstance(self, SupportsTraceSelection):
            return self.select_traces([trace for trace, _, _ in pairs])
        return self

    def features_of(
        self,
        model: Sequence[Sequence[np.ndarray]],
        data: Sequence[np.ndarray],
        dt: float,
    ) -> Any:
        """Apply `t_start`, then return the features."""
        start = self.t_start_
        kept = [[train[train >= start] for train in sample] for sample in model]
        return self.get_features(kept, [train[train >= start] for train in data], dt)

    def errors_of(self, features: Any) -> Float[np.ndarray, " n_samples"]:
        """Return one error per sample, `normalization` applied."""
        errors = real_numbers(
            self.get_errors(features), f"The errors of the metric {type(self).__name__}"
        )
        return errors * self.normalization


def lowest_error_of(metric: AbstractMetric) -> float | None:
    """Return the error below which there is none, if the class that defines errors says so."""
    says = is_in_force(metric, "lowest_error", _DEFINE_ERRORS)
    return metric.lowest_error if says else None


def has_own_calc(metric: AbstractMetric) -> bool:
    """Return whether a metric computes its errors by a `calc` that its author has written."""
    written = {AbstractTraceMetric.calc, AbstractSpikeMetric.calc}
    return "calc" in vars(metric) or type(metric).calc not in written


def compares_sets(metric: AbstractMetric) -> bool:
    """Return whether a spike metric is given all repeats of a trace at once, not pairs of them."""
    return has_own_calc(metric) or is_of_sets(metric)


def is_of_sets(metric: AbstractMetric) -> TypeGuard[SupportsSpikeTrains]:
    """Return whether a metric has one feature for all trains on a trace."""
    return isinstance(metric, SupportsSpikeTrains) and getattr(metric, "of_sets", False)


def check_trace_shapes(model: np.ndarray, data: np.ndarray) -> None:
    """Check that `model` is (n_samples, n_traces, n_steps) and `data` is (n_traces, n_steps).

    Raises
    ------
    InvalidValueError
        If they are not.
    """
    if model.ndim != 3:
        raise InvalidValueError(
            "Expected `model` to have the three axes (n_samples, n_traces, n_steps), but it has "
            f"shape {model.shape}."
        )
    check_shape("data", data, model.shape[1:], ("n_traces", "n_steps"))


def normalize_weights(t_weights: QuantityLike) -> Float[np.ndarray, " n_steps"]:
    """Return the weights of the time steps divided by their mean.

    Raises
    ------
    InvalidValueError
        If weights are negative, not finite or all zero, or have more than one axis.
    """
    weights = si_array("t_weights", t_weights, DIMENSIONLESS)
    problems = Problems()
    for problem in _problems_of(weights):
        problems.add(problem)
    problems.raise_if_any()
    return np.asarray(weights / weights.mean())


def first_step(t_start: float, dt: float) -> int:
    """Return the first step that is at or after `t_start` [s]."""
    return int(np.ceil(t_start / dt - 1e-6))


def _checked_t_start(t_start: Any) -> float:
    start = scalar_si("t_start", t_start, SECOND)
    if not (np.isfinite(start) and start >= 0):
        raise InvalidValueError(f"`t_start` must be a time of 0 s or later, but is {t_start}.")
    return start


def _problems_of(weights: np.ndarray) -> Iterator[InvalidValueError]:
    if weights.ndim != 1 or weights.size == 0:
        yield InvalidValueError(
            "`t_weights` must have one axis with a weight for every step of the simulation, but "
            f"has shape {weights.shape}."
        )
    if not np.all(np.isfinite(weights)) or np.any(weights < 0):
        yield InvalidValueError("`t_weights` must be finite and not negative.")
    elif not np.any(weights > 0):
        yield InvalidValueError("`t_weights` must not be zero everywhere.")
