"""The response of a cell to a step of current: voltage before and between spikes, rate, latency."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, final

import numpy as np

from brianfit._foundation.arguments import check_shape
from brianfit._foundation.errors import InvalidValueError, Problems
from brianfit._foundation.parts import note_changes
from brianfit._foundation.shapes import Float
from brianfit._foundation.spike_trains import SpikeTrains
from brianfit._foundation.threads import available_threads, in_threads
from brianfit._foundation.types import QuantityLike, TimeLike
from brianfit._foundation.units import DIMENSIONLESS, SECOND, scalar_si, si_array, si_scalar_any
from brianfit.metrics._base import AbstractTraceMetric, check_trace_shapes, first_step
from brianfit.metrics._voltages.hidden_spikes import first_steps_after

if TYPE_CHECKING:
    from brianfit.metrics._voltages.step_loops import Steps

_PARTS = ("voltage without firing", "voltage between spikes", "rate", "latency")
_WEIGHTS = (1.0, 1.0, 0.5, 0.3)
_WINDOWS = (0.1, 0.3)
_SCALE = 2e-3
_BEFORE, _AFTER = 2e-3, 5e-3
"""What lies so near to a spike [s] belongs to it, less where the recorded intervals are short."""

_LONGEST_GAP = 1e-3
"""Shorter gaps [s] are those between the values of a recording."""

_SHORTEST, _LATE = 1e-3, 5e-3
_TIGHTEST = 0.6
"""Before and after a spike, at most this part of a short interval belongs to the spikes."""


@final
class StepResponse(AbstractTraceMetric):
    r"""How far a response to a step of current is from the recorded one; 0 for the same response.

    Under a constant current the times of late spikes are not reproducible, and the voltage of a
    model whose spikes have slipped by half an interval is as far from the recording as that of a
    silent one. What a cell repeats is compared here: the error of a trace is the weighted sum of

    * the voltage where the cell does not fire: the mean squared difference, over `scale` squared,
      up to the first recorded spike, and 0.3 times that after the step; plus one for every spike
      that the model has too many or too few outside the step;
    * the voltage between spikes: the squared difference of the mean voltages at ten phases of the
      inter-spike interval, over `scale` squared, the recorded one aligned on recorded spikes and
      that of the model on its own; mean over phases and windows of the step;
    * the rate: squared log ratios of spike counts and of mean intervals in the windows, over their
      noise;
    * the latency: squared log ratio of the times from the onset to the first spike, over its noise.

    So it sees the reset, the refractory time and the after-hyperpolarisation, which a comparison up
    to the first spike does not. The recording alone says what is compared: silence, firing without
    end, and a shifted voltage all cost.

    A fit tells this metric when the model fired; where traces are all that is known, a spike is an
    upward crossing of `threshold`. What was not measured (nan) does not count: give it the whole
    recording, not one that was cut by `until_first_spike`.

    Parameters
    ----------
    threshold
        The level that recorded spikes cross, in the unit of the output. Voltages are cut there.
    start, stop
        When the current begins and ends [s]: one value, or one per trace. `step_times` reads them
        off a recording.
    windows
        The step is divided at these fractions of its length, so that adaptation is seen.
    scale
        A difference of voltages that counts one, in the unit of the output; 2 mV for volts.
    weights
        Of the four parts.
    t_start
        What happens before this time [s] does not count, such as the settling of the model.
    normalization
        Divides the error.

    Raises
    ------
    InvalidValueError
        If an argument is out of range; when the recording is seen, if it has no spike or is too
        short.
    """

    lowest_error = 0.0
    output_power: ClassVar[int] = 0
    normalization_power: ClassVar[int] = 1
    whole_traces: ClassVar[bool] = True

    def __init__(
        self,
        threshold: QuantityLike,
        *,
        start: TimeLike,
        stop: TimeLike,
        windows: TimeLike = _WINDOWS,
        scale: QuantityLike | None = None,
        weights: QuantityLike = _WEIGHTS,
        t_start: TimeLike = 0.0,
        normalization: QuantityLike = 1.0,
    ) -> None:
        AbstractTraceMetric.__init__(self, t_start=t_start, normalization=normalization)
        self.threshold, self.level_dimensions = si_scalar_any("threshold", threshold)
        self.scale = _SCALE
        if scale is not None:
            self.scale = scalar_si("scale", scale, self.level_dimensions)
        self.start = np.atleast_1d(si_array("start", start, SECOND))
        self.stop = np.atleast_1d(si_array("stop", stop, SECOND))
        self.windows = np.atleast_1d(si_array("windows", windows, DIMENSIONLESS))
        self.weights = si_array("weights", weights, DIMENSIONLESS)
        self._check()

    @property
    def part_names(self) -> Sequence[str]:
        """The name of every part of the error."""
        return _PARTS

    def get_features(
        self,
        model: Float[np.ndarray, "n_samples n_traces n_steps"],
        data: Float[np.ndarray, "n_traces n_steps"],
        dt: float,
    ) -> Float[np.ndarray, "n_samples n_traces n_parts"]:
        """Return the parts of the error on every trace, before weighting."""
        return self._compared(model, None, data, dt)

    def features_with_spikes(
        self,
        model: Float[np.ndarray, "n_samples n_traces n_steps"],
        spikes: SpikeTrains,
        data: Float[np.ndarray, "n_traces n_steps"],
        dt: float,
    ) -> Float[np.ndarray, "n_samples n_traces n_parts"]:
        """Return the same, the spikes of the model given."""
        return self._compared(model, spikes, data, dt)

    def get_errors(
        self, features: Float[np.ndarray, "n_samples n_traces n_parts"]
    ) -> Float[np.ndarray, " n_samples"]:
        """Return the weighted sum of the parts, mean over the traces."""
        return np.asarray(self.get_trace_errors(features).mean(axis=1))

    def get_trace_errors(
        self, features: Float[np.ndarray, "n_samples n_traces n_parts"]
    ) -> Float[np.ndarray, "n_samples n_traces"]:
        """Return the weighted sum of the parts on every trace."""
        return np.asarray(features @ self.weights * self.normalization)

    def get_part_errors(
        self, features: Float[np.ndarray, "n_samples n_traces n_parts"]
    ) -> Float[np.ndarray, "n_samples n_parts"]:
        """Return the parts, weighted, mean over the traces."""
        return np.asarray(features.mean(axis=1) * self.weights * self.normalization)

    def select_traces(self, traces: Sequence[int]) -> StepResponse:
        """Return the metric for `traces` only, in that order."""
        changed = copy(self)
        chosen = list(traces)
        changed.start = self.start if self.start.size == 1 else self.start[chosen]
        changed.stop = self.stop if self.stop.size == 1 else self.stop[chosen]
        note_changes(changed, start=changed.start, stop=changed.stop)
        return changed

    def check_data(self, data: Float[np.ndarray, "n_traces n_steps"], dt: float) -> None:
        """Check that there are a step and spikes.

        Raises
        ------
        InvalidValueError
            If the step ends after the recording, or no recorded spike crosses `threshold`.
        """
        _, stops = self._times(len(data))
        if np.any(stops > data.shape[1] * dt + 0.5 * dt):
            raise InvalidValueError(
                f"The step ends at {float(stops.max()):g} s, but the traces end at "
                f"{data.shape[1] * dt:g} s. Check `stop`."
            )
        if not any(self._recorded_steps(row, dt).size for row in data):
            raise InvalidValueError(
                f"No recorded voltage crosses `threshold` = {self.threshold:g} upwards. Check "
                "`threshold`; give the whole recording, not one that was cut at its spikes, or "
                "compare recordings without spikes with MSEMetric."
            )

    def _check(self) -> None:
        problems = Problems()
        if self.start.size != self.stop.size and 1 not in {self.start.size, self.stop.size}:
            problems.add(InvalidValueError("`start` and `stop` must have one value, or as many."))
        elif not np.all((self.start >= 0) & (self.start < self.stop) & np.isfinite(self.stop)):
            problems.add(
                InvalidValueError(
                    f"`start` must be 0 s or later and before `stop`, but they are {self.start} "
                    f"and {self.stop} s."
                )
            )
        inner = np.concatenate([[0.0], self.windows.ravel(), [1.0]])
        if self.windows.ndim != 1 or not np.all(np.diff(inner) > 0):
            problems.add(
                InvalidValueError(
                    "`windows` must be rising fractions of the step, between 0 and 1, but is "
                    f"{self.windows}."
                )
            )
        usable = self.weights.shape == (len(_PARTS),) and np.all(np.isfinite(self.weights))
        if not usable or np.any(self.weights < 0) or not self.weights.any():
            problems.add(
                InvalidValueError(
                    f"`weights` must be {len(_PARTS)} numbers, for {', '.join(_PARTS)}; finite, "
                    f"not negative and not all zero, but is {self.weights}."
                )
            )
        if not (np.isfinite(self.scale) and self.scale > 0):
            problems.add(InvalidValueError(f"`scale` must be positive, but is {self.scale}."))
        problems.raise_if_any()

    def _compared(
        self, model: np.ndarray, spikes: SpikeTrains | None, data: np.ndarray, dt: float
    ) -> Float[np.ndarray, "n_samples n_traces n_parts"]:
        # Numba is loaded when traces are first compared, not when metrics are imported.
        from brianfit.metrics._voltages.step_loops import N_PARTS, Sweep

        check_trace_shapes(model, data)
        n_samples, n_traces = model.shape[:2]
        parts = np.empty((n_samples, n_traces, N_PARTS))
        diverged = ~np.isfinite(model.sum(axis=2))
        voltages = np.ascontiguousarray(model, dtype=np.float64)
        for trace, row in enumerate(data):
            recorded = _without_short_gaps(row, dt)
            sweep = Sweep(trace, *_trains_on(spikes, trace, dt))
            steps = self._steps(recorded, trace, n_traces, dt)
            run_part = partial(_run_part, (voltages, sweep, recorded, steps, parts))
            in_threads(run_part, range(n_samples), n_threads=available_threads())
        parts[diverged] = np.nan
        return parts

    def _times(self, n_traces: int) -> tuple[np.ndarray, np.ndarray]:
        for name, given in (("start", self.start), ("stop", self.stop)):
            if given.size > 1:
                check_shape(name, given, (n_traces,), ("n_traces",))
        return np.broadcast_to(self.start, n_traces), np.broadcast_to(self.stop, n_traces)

    def _recorded_steps(self, recorded: np.ndarray, dt: float) -> np.ndarray:
        from brianfit.metrics._voltages.step_loops import crossings, gaps_of

        row = _without_short_gaps(recorded, dt)
        first = first_step(self.t_start_, dt)
        return np.asarray(crossings(row, gaps_of(row), first, self.threshold))

    def _steps(self, recorded: np.ndarray, trace: int, n_traces: int, dt: float) -> Steps:
        from brianfit.metrics._voltages.step_loops import Steps

        starts, stops = self._times(n_traces)
        start, stop = float(starts[trace]), float(stops[trace])
        fractions = np.concatenate([[0.0], self.windows, [1.0]])
        intervals = np.diff(self._recorded_steps(recorded, dt)) * dt
        typical = float(np.quantile(intervals, 0.1)) if intervals.size else np.inf
        shrink = min(1.0, _TIGHTEST * typical / (_BEFORE + _AFTER))
        return Steps(
            first=first_step(self.t_start_, dt),
            edges=np.rint((start + fractions * (stop - start)) / dt).astype(np.int64),
            before=round(shrink * _BEFORE / dt),
            after=round(shrink * _AFTER / dt),
            shortest=max(2, round(shrink * _SHORTEST / dt)),
            late=round(_LATE / dt),
            level=self.threshold,
            scale=self.scale,
        )


def _without_short_gaps(row: Float[np.ndarray, " n_steps"], dt: float) -> np.ndarray:
    from brianfit.metrics._voltages.step_loops import bridged

    return bridged(np.ascontiguousarray(row, dtype=np.float64), round(_LONGEST_GAP / dt))


def _run_part(arguments: tuple[Any, ...], first: int, last: int) -> None:
    from brianfit.metrics._voltages.step_loops import compare_samples

    compare_samples((first, last), *arguments)


def _trains_on(spikes: SpikeTrains | None, trace: int, dt: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the steps of the spikes on one trace, and offsets by sample; both empty if unknown."""
    if spikes is None:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    chosen = spikes.select_traces([trace])
    return first_steps_after(chosen, dt), chosen.offsets
