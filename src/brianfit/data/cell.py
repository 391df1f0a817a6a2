"""What a recorded voltage says about its cell before any fit: rest, resistance, onset, troughs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from brian2 import volt

from brianfit._foundation.arguments import check_choice, checked
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import QuantityLike
from brianfit._foundation.units import same_dimensions, scalar_si
from brianfit.data.membrane import MembraneEstimate, estimate_membrane
from brianfit.data.preprocessing import spike_level, upward_crossings, with_spikes
from brianfit.data.recordings import Recording, RecordingSet
from brianfit.data.step_times import is_made_of_steps, step_times

_START = 0.02  # [s] at the beginning, in which nothing happens yet
_STEEP = 10.0  # [V/s] at which a spike begins; Naundorf et al. (2006), Nature 440:1060-1063
_LOOK_BACK = 0.003  # [s] before a crossing, within which the spike began
_AFTER, _BEFORE = 0.0015, 0.001  # [s] around spikes, within which no trough lies

_NAN = float("nan")
_UNKNOWN = MembraneEstimate(tau_m=_NAN, R=_NAN, EL=_NAN, R_e=_NAN, onset=_NAN, explained=_NAN)


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class CellEstimate:
    """What can be read off recordings of a cell; SI numbers, nan where it cannot be read.

    Attributes
    ----------
    start
        Voltage at which the sweeps begin.
    holding
        Current at which they begin.
    EL
        Voltage at rest, without the holding current.
    R, tau_m
        Resistance and time constant of the membrane.
    sag
        Part of the largest hyperpolarisation that is gone at the end of the step.
    n_spikes
        Of all sweeps.
    onset
        Voltages at which spikes begin: low (5 %), median, high (95 %).
    trough
        Lowest voltages between two spikes, in the same way.
    peak
        Highest voltages of spikes, in the same way.
    width
        How long a spike stays above its onset, median.
    shortest_interval
        Between two spikes.
    noise
        Standard deviation of the fast noise of the voltage.
    """

    start: float
    holding: float
    EL: float
    R: float
    tau_m: float
    sag: float
    n_spikes: int
    onset: tuple[float, float, float]
    trough: tuple[float, float, float]
    peak: tuple[float, float, float]
    width: float
    shortest_interval: float
    noise: float

    def rows(self) -> list[tuple[str, str]]:
        """Return what is known, in words and units of the field."""
        found = [
            ("voltage at the start", _in(self.start, 1e3, "mV")),
            ("holding current", _in(self.holding, 1e12, "pA")),
            ("rest without it", _in(self.EL, 1e3, "mV")),
            ("input resistance", _in(self.R, 1e-6, "MOhm")),
            ("membrane time constant", _in(self.tau_m, 1e3, "ms")),
            ("sag", _in(self.sag, 1e2, "%")),
            ("spikes", str(self.n_spikes)),
            ("onset of spikes", _range(self.onset)),
            ("troughs between spikes", _range(self.trough)),
            ("peaks of spikes", _range(self.peak)),
            ("width of spikes at their onset", _in(self.width, 1e3, "ms")),
            ("shortest interval", _in(self.shortest_interval, 1e3, "ms")),
            ("noise of the voltage", _in(self.noise, 1e3, "mV")),
        ]
        return [(name, text) for name, text in found if text]

    def __str__(self) -> str:
        width = max(len(name) for name, _ in self.rows())
        return "\n".join(f"{name:<{width}}  {text}" for name, text in self.rows())


@checked
def estimate_cell(
    recordings: RecordingSet,
    input: str = "I",
    trace: str = "v",
    *,
    threshold: QuantityLike | None = None,
) -> CellEstimate:
    """Read off recordings what they say about their cell; nothing is simulated.

    Parameters
    ----------
    input, trace
        Names of current and voltage.
    threshold
        The level that spikes cross; None: half way between the median and the highest voltage.

    Raises
    ------
    InvalidValueError
        If there is no such current, or no such trace or it is no voltage.
    """
    check_choice("input", input, recordings.input_names)
    check_choice("trace", trace, recordings.trace_names)
    if not same_dimensions(recordings.dimensions[trace], volt):
        raise InvalidValueError(f"'{trace}' is no voltage, so nothing of a cell is read off it.")
    level = spike_level(recordings, trace) if threshold is None else threshold
    number = (
        np.inf if level is None else scalar_si("threshold", level, recordings.dimensions[trace])
    )
    spikes = [_spikes_of(recording, trace, number) for recording in recordings]
    membrane = _membrane_of(recordings, input, trace, number)
    start, holding = _beginning(recordings, input, trace)
    found = [spike for sweep in spikes for spike in sweep]
    intervals = [
        np.diff([spike.time for spike in sweep]).min() for sweep in spikes if len(sweep) > 1
    ]
    return CellEstimate(
        start=start,
        holding=holding,
        EL=membrane.EL,
        R=membrane.R,
        tau_m=membrane.tau_m,
        sag=_sag(recordings, input, trace),
        n_spikes=len(found),
        onset=_quantiles([spike.onset for spike in found]),
        trough=_quantiles([spike.trough for spike in found]),
        peak=_quantiles([spike.peak for spike in found]),
        width=_median([spike.width for spike in found]),
        shortest_interval=float(min(intervals, default=np.nan)),
        noise=_noise(recordings, trace),
    )


@final
@dataclass(frozen=True, kw_only=True)
class _Spike:
    """A recorded spike; nan where something cannot be read off."""

    time: float
    onset: float
    peak: float
    width: float
    trough: float


def _spikes_of(recording: Recording, trace: str, level: float) -> list[_Spike]:
    values, dt = recording.traces[trace], recording.dt
    if not np.isfinite(level):
        return []
    places = upward_crossings(values, level)
    ends = np.append(places, np.nan)[1:]
    return [_spike_at(values, dt, place, end) for place, end in zip(places, ends, strict=True)]


def _spike_at(values: Float[np.ndarray, " n"], dt: float, place: float, end: float) -> _Spike:
    """Return the spike that crosses its level at `place`; the next one does so at `end` [steps]."""
    crossing = int(place) + 1
    first = crossing
    earliest = max(crossing - round(_LOOK_BACK / dt), 1)
    while first > earliest and values[first] - values[first - 1] >= _STEEP * dt:
        first -= 1
    onset = float(values[first])
    low = int(end - _BEFORE / dt) if np.isfinite(end) else min(values.size, crossing + 1)
    after = crossing + max(1, round(_AFTER / dt))
    until = low if np.isfinite(end) else values.size
    peak = float(np.max(values[crossing : max(min(after, until), crossing + 1)]))
    below = np.flatnonzero(values[crossing:until] < onset)
    trough = float(np.min(values[after:low])) if low > after else np.nan
    # A spike that ends in a trough above its onset ends where it is through half of its fall.
    if not below.size and np.isfinite(trough):
        below = np.flatnonzero(values[crossing:until] < trough + 0.05 * (peak - trough))
    width = float(below[0] + crossing - first) * dt if below.size else np.nan
    return _Spike(time=place * dt, onset=onset, peak=peak, width=width, trough=trough)


def _beginning(recordings: RecordingSet, input: str, trace: str) -> tuple[float, float]:
    """Return voltage and current at which the sweeps begin."""
    voltages = [_first(sweep.traces[trace], sweep.dt) for sweep in recordings]
    currents = [_first(sweep.inputs[input], sweep.dt) for sweep in recordings]
    return _median(voltages), _median(currents)


def _first(values: Float[np.ndarray, " n"], dt: float) -> float:
    return _median(values[: max(1, round(_START / dt))])


def _membrane_of(
    recordings: RecordingSet, input: str, trace: str, level: float
) -> MembraneEstimate:
    """Return the passive membrane; all nan if the voltage between spikes does not tell."""
    sweeps = with_spikes(recordings, level * volt if np.isfinite(level) else 1 * volt, trace=trace)
    try:
        found = estimate_membrane(sweeps, input, trace)
    except InvalidValueError:
        return _UNKNOWN
    return found if found.R > 0 else _UNKNOWN


def _sag(recordings: RecordingSet, input: str, trace: str) -> float:
    """Return which part of the largest hyperpolarisation is gone at the end of its step."""
    if not is_made_of_steps(recordings):
        return _NAN
    try:
        start, stop = (float(time) for time in step_times(recordings, input))
    except InvalidValueError:
        return _NAN
    sweep = min(recordings, key=lambda each: _mean_within(each.inputs[input], each.dt, start, stop))
    values, dt = sweep.traces[trace], sweep.dt
    base = _median(values[max(0, round((start - _START) / dt)) : round(start / dt)])
    answer = values[round(start / dt) : min(round(stop / dt), values.size)]
    if answer.size < 10 or not np.isfinite(answer).all():
        return _NAN
    late = _median(answer[-max(1, answer.size // 5) :])
    width = max(1, round(0.002 / dt))
    smooth = np.convolve(answer, np.full(width, 1 / width), mode="valid")
    deepest = float(smooth.min())
    below = base - deepest
    return (late - deepest) / below if below > 0.003 else _NAN


def _mean_within(values: Float[np.ndarray, " n"], dt: float, start: float, stop: float) -> float:
    return float(np.mean(values[round(start / dt) : max(round(stop / dt), round(start / dt) + 1)]))


def _noise(recordings: RecordingSet, trace: str) -> float:
    """Return the standard deviation of what changes from value to value, spikes left aside."""
    bends = [np.diff(sweep.traces[trace], n=2) for sweep in recordings]
    known = np.concatenate(bends)
    known = known[np.isfinite(known)]
    # The second difference of white noise has the variance 1 + 4 + 1 times its own.
    return float(1.4826 * np.median(np.abs(known)) / np.sqrt(6)) if known.size else _NAN


def _quantiles(values: Sequence[float]) -> tuple[float, float, float]:
    known = np.array([value for value in values if np.isfinite(value)])
    if known.size == 0:
        return (_NAN,) * 3
    low, middle, high = np.quantile(known, [0.05, 0.5, 0.95])
    return float(low), float(middle), float(high)


def _median(values: Sequence[float] | Float[np.ndarray, " n"]) -> float:
    known = np.asarray(values, dtype=np.float64)
    known = known[np.isfinite(known)]
    return float(np.median(known)) if known.size else _NAN


def _in(value: float, factor: float, unit: str) -> str:
    return f"{value * factor:.3g} {unit}" if np.isfinite(value) else ""


def _range(values: tuple[float, float, float]) -> str:
    if not np.isfinite(values[1]):
        return ""
    low, middle, high = (f"{1e3 * value:.1f}" for value in values)
    return f"{middle} mV ({low} to {high} mV)"


__all__ = ["CellEstimate", "estimate_cell"]
