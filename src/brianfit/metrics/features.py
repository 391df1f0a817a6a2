"""The difference of features of traces, such as spike count, latency or resting voltage."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, ClassVar, cast, final

import numpy as np

from brianfit._foundation.arguments import check_instance, suggestion
from brianfit._foundation.errors import InvalidTypeError, InvalidValueError, Problems
from brianfit._foundation.parts import note_changes
from brianfit._foundation.shapes import Float
from brianfit._foundation.telling import warn
from brianfit._foundation.types import (
    Combination,
    Features,
    Number,
    NumbersByName,
    QuantityLike,
    TimeLike,
    WholeNumber,
)
from brianfit._foundation.units import DIMENSIONLESS, scalar_si
from brianfit.metrics._base import AbstractTraceMetric, check_trace_shapes, first_step
from brianfit.metrics._voltages.efel import (
    VoltagePiece,
    calc_eFEL,
    checked_processes,
    one_per_trace,
    stimulus_intervals,
)
from brianfit.metrics._voltages.feature_set import feature_set
from brianfit.metrics._voltages.measured import MeasuredPart, measured_part

__all__ = ["FeatureMetric", "calc_eFEL"]

# How many recordings are remembered with their features: fitted and held-out traces, and more.
_REMEMBERED = 8


@final
@dataclass(frozen=True, kw_only=True)
class _Target:
    """What is to be known of a recording: its measured parts, and their features (nan: none)."""

    parts: tuple[MeasuredPart | None, ...]
    values: Float[np.ndarray, "n_features n_traces"]


@final
class FeatureMetric(AbstractTraceMetric):
    """Difference of features of output and recording.

    The error of a sample is the sum over features and traces of ``weight * difference``, divided
    by `normalization`. Traces are compared where the recording was measured, from `t_start` on,
    and are not scaled; over gaps in the recording, both are straight lines.

    Where neither trace has a feature (the latency of two silent neurons), the difference is 0;
    where only one has it, the difference is `missing`, and a warning says so once. A trace that
    was not measured at all counts 0. An output that is not finite makes the error nan.

    Parameters
    ----------
    stim_times
        Start and end of the stimulus for every trace, or one pair for all [s].
    feat_list
        Names of eFEL features, functions, dictionaries ``{name: function}``. A function is called
        as ``f(trace, dt)``, with the measured part in SI units from `t_start` on, and returns a
        number, or None where the trace does not have the feature. eFEL reckons in mV and ms.
    weights
        ``{feature: weight}``; features that are not named have weight 1.
    combine
        ``f(x, y)``, the difference of a feature of the output and of the recording; None: the
        absolute difference.
    t_start, normalization
        As in `AbstractTraceMetric`; times, such as those of the stimulus, count from the start of
        the trace whatever `t_start` is.
    parallel_processes
        Number of worker processes for eFEL; 0: none, -1: one per CPU. They live for one call.
    missing
        The difference where only one of the two traces has a feature.

    Raises
    ------
    InvalidTypeError
        If `weights` is no dictionary, `combine` no function, or `feat_list` holds something else.
    InvalidValueError
        If a feature is unknown or given twice, or stimuli are no pairs; when the recording is
        seen, if a feature has several values or a stimulus does not meet the trace.
    MissingPackageError
        If features of eFEL are named and it is not installed.

    References
    ----------
    .. [1] eFEL, the Electrophys Feature Extraction Library, https://efel.readthedocs.io
    """

    whole_traces: ClassVar[bool] = True
    gone_methods: ClassVar[Mapping[str, str]] = {
        "feat_to_err": "give FeatureMetric(combine=f) a function f(x, y) that returns the "
        "difference of a feature of the output and of the recording, or write `get_errors`",
        "check_values": "give FeatureMetric(missing=...) the difference that counts where only one "
        "of two traces has a feature, or write `get_features`",
    }

    def __init__(  # noqa: PLR0917 - the signature that scripts use
        self,
        stim_times: TimeLike,
        feat_list: Features,
        weights: NumbersByName | None = None,
        combine: Combination | None = None,
        t_start: TimeLike = 0.0,
        normalization: QuantityLike = 1.0,
        parallel_processes: WholeNumber = 0,
        *,
        missing: Number = 99.0,
    ) -> None:
        AbstractTraceMetric.__init__(self, t_start=t_start, normalization=normalization)
        self.stim_times = stimulus_intervals(stim_times, name="stim_times")
        self._features = feature_set(feat_list)
        self.feat_list = list(self._features.names)
        self.weights = _checked_weights(weights, self.feat_list)
        self.combine: Callable[[float, float], Any] = _checked_combine(combine)
        self.parallel_processes = checked_processes(parallel_processes)
        self.missing = _checked_missing(missing)
        self._targets: dict[bytes, _Target] = {}
        self._warned = False

    def get_features(
        self,
        model: Float[np.ndarray, "n_samples n_traces n_steps"],
        data: Float[np.ndarray, "n_traces n_steps"],
        dt: float,
    ) -> list[dict[str, Float[np.ndarray, " n_traces"]]]:
        """Return, for every sample, the differences ``{feature: one per trace}``."""
        check_trace_shapes(model, data)
        target = self._target(data, dt)
        pieces: list[VoltagePiece] = []
        places: list[tuple[int, int]] = []
        # A trace that was not measured keeps the difference 0, one that diverged gets nan.
        differences = np.zeros((len(self.feat_list), *model.shape[:2]))
        for sample in range(model.shape[0]):
            for trace, part in enumerate(target.parts):
                if part is None:
                    continue
                piece = self._piece(model[sample, trace], part, trace, dt, model.shape[1])
                if np.all(np.isfinite(piece.values)):
                    pieces.append(piece)
                    places.append((sample, trace))
                else:
                    differences[:, sample, trace] = np.nan
        values = self._features.values(
            pieces, processes=self.parallel_processes, many_is_error=False
        )
        for column, (sample, trace) in enumerate(places):
            differences[:, sample, trace] = self._differences(
                values[:, column], target.values[:, trace]
            )
        return [
            dict(zip(self.feat_list, differences[:, sample], strict=True))
            for sample in range(model.shape[0])
        ]

    def get_errors(
        self, features: Sequence[Mapping[str, Float[np.ndarray, " n_traces"]]]
    ) -> Float[np.ndarray, " n_samples"]:
        """Return the weighted sum over features and traces, divided by `normalization`."""
        return np.array([errors.sum() for errors in self._weighted(features)], dtype=np.float64)

    def get_trace_errors(
        self, features: Sequence[Mapping[str, Float[np.ndarray, " n_traces"]]]
    ) -> Float[np.ndarray, "n_samples n_traces"]:
        """Return the part of every trace in the error of every sample; they add up to it."""
        return np.array(self._weighted(features), dtype=np.float64)

    @property
    def part_names(self) -> list[str]:
        """The features."""
        return self.feat_list

    def get_part_errors(
        self, features: Sequence[Mapping[str, Float[np.ndarray, " n_traces"]]]
    ) -> Float[np.ndarray, "n_samples n_features"]:
        """Return the part of every feature in the error of every sample; they add up to it."""
        parts = [
            [self.weights[name] * np.sum(sample[name]) * self.normalization for name in sample]
            for sample in features
        ]
        return np.array(parts, dtype=np.float64).reshape(len(parts), len(self.feat_list))

    def check_data(self, data: Float[np.ndarray, "n_traces n_steps"], dt: float) -> None:
        """Check that the features of the recording can be computed, and remember them.

        Raises
        ------
        InvalidValueError
            If a feature has several values, a stimulus does not meet its trace, there is another
            number of stimuli than of traces, or nothing was measured.
        """
        self._target(data, dt)

    def select_traces(self, traces: Sequence[int]) -> FeatureMetric:
        """Return the metric for `traces` only, in that order."""
        if len(self.stim_times) == 1:
            return self
        changed = copy(self)
        changed.stim_times = [self.stim_times[trace] for trace in traces]
        note_changes(changed, stim_times=changed.stim_times)
        changed._targets = {}  # noqa: SLF001 - a copy of this very object
        return changed

    def _weighted(
        self, features: Sequence[Mapping[str, np.ndarray]]
    ) -> list[Float[np.ndarray, " n_traces"]]:
        return [
            np.sum([self.weights[name] * np.asarray(sample[name]) for name in sample], axis=0)
            * self.normalization
            for sample in features
        ]

    def _target(self, data: np.ndarray, dt: float) -> _Target:
        """Return what is to be known of a recording; computed once."""
        key = hashlib.blake2b(np.ascontiguousarray(data).tobytes(), digest_size=16)
        key.update(repr((data.shape, dt)).encode())
        if key.digest() not in self._targets:
            if len(self._targets) >= _REMEMBERED:
                self._targets.clear()
            self._targets[key.digest()] = self._new_target(data, dt)
        return self._targets[key.digest()]

    def _new_target(self, data: np.ndarray, dt: float) -> _Target:
        first = first_step(self.t_start_, dt)
        parts = tuple(measured_part(row, first_step=first) for row in data)
        self._check_parts(parts, dt)
        self._features.check_single_values()
        measured = [trace for trace, part in enumerate(parts) if part is not None]
        pieces = [
            self._piece(data[trace], part, trace, dt, len(data))
            for trace, part in enumerate(parts)
            if part is not None
        ]
        values = np.full((len(self.feat_list), len(data)), np.nan)
        values[:, measured] = self._features.values(
            pieces, processes=self.parallel_processes, many_is_error=True
        )
        return _Target(parts=parts, values=values)

    def _check_parts(self, parts: Sequence[MeasuredPart | None], dt: float) -> None:
        stimuli = one_per_trace(self.stim_times, len(parts))
        if all(part is None for part in parts):
            raise InvalidValueError(
                f"No step of any trace was measured from `t_start` = {self.t_start_} s on: there "
                "is nothing to compare."
            )
        problems = Problems()
        for trace, (part, (start, end)) in enumerate(zip(parts, stimuli, strict=True)):
            if part is None:
                continue
            opens, closes = part.first * dt, (part.first + part.measured.size) * dt
            if end <= opens or start >= closes:
                problems.add(
                    InvalidValueError(
                        f"The stimulus of trace {trace} lasts from {start:g} s to {end:g} s, but "
                        f"the trace is compared from {opens:g} s to {closes:g} s. Correct "
                        "`stim_times` or `t_start`."
                    )
                )
        problems.raise_if_any()

    def _piece(
        self, row: np.ndarray, part: MeasuredPart, trace: int, dt: float, n_traces: int
    ) -> VoltagePiece:
        return VoltagePiece(
            values=part.cut(row),
            start=part.first * dt,
            dt=dt,
            stimulus=one_per_trace(self.stim_times, n_traces)[trace],
        )

    def _differences(self, model: np.ndarray, data: np.ndarray) -> Float[np.ndarray, " n_features"]:
        found = np.zeros(len(model))
        for row, (x, y) in enumerate(zip(model, data, strict=True)):
            lacking = int(np.isnan(x)) + int(np.isnan(y))
            if lacking == 0:
                found[row] = float(self.combine(x, y))
            elif lacking == 1:
                found[row] = self.missing
                self._warn_once(self.feat_list[row], of_output=bool(np.isnan(x)))
        return found

    def _warn_once(self, name: str, *, of_output: bool) -> None:
        if self._warned:
            return
        self._warned = True
        lacks, has = ("an output", "its recording") if of_output else ("a recording", "its output")
        warn(
            f"The feature {name!r} has no value on {lacks}, but has one on {has} (one of them may "
            f"be silent). Such differences count as {self.missing:g}; this is said once."
        )


def _absolute_difference(x: float, y: float) -> float:
    return abs(x - y)


def _checked_combine(combine: Any) -> Callable[[float, float], Any]:
    if combine is None:
        return _absolute_difference
    if not callable(combine):
        raise InvalidTypeError(
            "`combine` must be a function f(x, y) -> difference, or None for the absolute "
            f"difference, but is {combine!r}."
        )
    return cast("Callable[[float, float], Any]", combine)


def _checked_missing(missing: Any) -> float:
    value = scalar_si("missing", missing, DIMENSIONLESS)
    if not (np.isfinite(value) and value >= 0):
        raise InvalidValueError(f"`missing` must be finite and not negative, but is {missing}.")
    return value


def _checked_weights(weights: Any, names: Sequence[str]) -> dict[str, float]:
    if weights is None:
        return dict.fromkeys(names, 1.0)
    check_instance("weights", weights, Mapping, "a dictionary {feature: weight}")
    problems = Problems()
    for name, weight in weights.items():
        if name not in names:
            problems.add(
                InvalidValueError(
                    f"`weights` names {name!r}, which is not in `feat_list`."
                    f"{suggestion(str(name), names)}"
                )
            )
        elif not (
            np.isfinite(scalar_si(f"weights[{name!r}]", weight, DIMENSIONLESS)) and weight >= 0
        ):
            problems.add(
                InvalidValueError(
                    f"The weight of {name!r} must be finite and not negative, but is {weight}."
                )
            )
    problems.raise_if_any()
    return {name: float(weights.get(name, 1.0)) for name in names}
