"""Responses to steps of current compared as compiled loops; importing this file imports Numba.

A spike is known by the step at which it is first seen: that of its upward crossing, or, for a model
that is reset, the first one after the reset.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np

N_PHASES = 10
"""The voltage between two spikes is read at so many phases."""

N_PARTS = 4
"""The voltage outside the firing, between spikes, the rate, the latency."""

MOST = 400.0
"""What one window can cost at most by its rate."""

NO_PROFILE = 25.0, 100.0
"""What a window costs, by shape and by rate, in which a model has no pair of spikes to compare."""

COUNT_NOISE, INTERVAL_NOISE, LATENCY_NOISE = 0.03, 0.15, 0.12
"""Relative noise of rates that models are not asked to beat, of single intervals, of latencies."""

MOST_EXTRA = 20
"""So many spikes too many or too few outside the step count, by trace."""


class Steps(NamedTuple):
    """When a step of current begins and ends, in simulation steps, and how voltages are compared.

    Attributes
    ----------
    first
        What is before does not count.
    edges
        Of the windows; the first is the onset of the current, the last its end.
    before, after
        What lies so near to a spike belongs to it.
    shortest
        Between two spikes there must be so many steps to read the voltage from.
    late
        Spikes so long after the end are still an answer to the current.
    level
        Voltages are cut here; spikes that are seen in a voltage cross it.
    scale
        Of differences of voltages.
    """

    first: int
    edges: np.ndarray
    before: int
    after: int
    shortest: int
    late: int
    level: float
    scale: float


class Profile(NamedTuple):
    """What a train and a voltage are like, by window.

    Attributes
    ----------
    shape
        Mean voltage by phase of the interval; nan where there is none.
    intervals
        Mean interval, in steps.
    counts
        Number of spikes.
    """

    shape: np.ndarray
    intervals: np.ndarray
    counts: np.ndarray


class Sweep(NamedTuple):
    """One of the traces, and the spikes of the model on it.

    Attributes
    ----------
    trace
        Its number.
    spikes
        Steps of the spikes, sample after sample.
    offsets
        Those of sample k are ``spikes[offsets[k]:offsets[k + 1]]``; empty: they are seen in the
        voltage.
    """

    trace: int
    spikes: np.ndarray
    offsets: np.ndarray


class Recorded(NamedTuple):
    """A recorded voltage.

    Attributes
    ----------
    voltage
        nan where not measured.
    gaps
        Number of steps before each that were not measured, and of all of them.
    spikes
        Steps of the spikes.
    profile
        What they are like.
    """

    voltage: np.ndarray
    gaps: np.ndarray
    spikes: np.ndarray
    profile: Profile


@numba.njit(cache=True, nogil=True)
def crossings(voltage: np.ndarray, gaps: np.ndarray, first: int, level: float) -> np.ndarray:
    """Return the steps, from `first` on, at which a voltage has crossed a level upwards.

    Parameters
    ----------
    gaps
        Number of steps before each that were not measured; what happens there does not count.
    """
    found = np.empty(voltage.size, np.int64)
    n_found = 0
    for step in range(max(first, 1), voltage.size):
        measured = gaps[step + 1] == gaps[step - 1]
        if measured and voltage[step] > level and voltage[step - 1] <= level:
            found[n_found] = step
            n_found += 1
    return found[:n_found]


@numba.njit(cache=True, nogil=True)
def without_gaps(spikes: np.ndarray, gaps: np.ndarray, first: int) -> np.ndarray:
    """Return the spikes from step `first` on that fell where something was measured."""
    kept = np.empty_like(spikes)
    n_kept = 0
    for spike in spikes:
        if first <= spike < gaps.size - 1 and gaps[spike + 1] == gaps[spike]:
            kept[n_kept] = spike
            n_kept += 1
    return kept[:n_kept]


@numba.njit(cache=True, nogil=True)
def gaps_of(data: np.ndarray) -> np.ndarray:
    """Return the number of steps before each that were not measured, and of all of them."""
    gaps = np.zeros(data.size + 1, np.int64)
    for step in range(data.size):
        gaps[step + 1] = gaps[step] + np.isnan(data[step])
    return gaps


@numba.njit(cache=True, nogil=True)
def profile_of(voltage: np.ndarray, spikes: np.ndarray, gaps: np.ndarray, steps: Steps) -> Profile:
    """Return what a train and a voltage are like in the windows of a step."""
    edges = steps.edges
    n_windows = edges.size - 1
    shape = np.zeros((n_windows, N_PHASES))
    intervals, counts = np.zeros(n_windows), np.zeros(n_windows)
    n_shapes, n_intervals = np.zeros(n_windows), np.zeros(n_windows)
    for k in range(spikes.size):
        window = np.searchsorted(edges, spikes[k], side="right") - 1
        if window < 0 or window >= n_windows:
            continue
        counts[window] += 1
        if k + 1 == spikes.size or spikes[k + 1] > edges[n_windows]:
            continue
        if gaps[spikes[k + 1] + 1] > gaps[spikes[k]]:
            continue
        intervals[window] += spikes[k + 1] - spikes[k]
        n_intervals[window] += 1
        start, stop = spikes[k] + steps.after, spikes[k + 1] - steps.before
        if stop - start < steps.shortest:
            continue
        n_shapes[window] += 1
        for phase in range(N_PHASES):
            place = start + (stop - start) * (phase / (N_PHASES - 1.0))
            left = int(place)
            rest = place - left
            value = voltage[left] * (1 - rest) + voltage[left + 1] * rest
            shape[window, phase] += min(value, steps.level)
    for window in range(n_windows):
        intervals[window] /= max(n_intervals[window], 1)
        if n_shapes[window] > 0:
            shape[window] /= n_shapes[window]
        else:
            shape[window] = np.nan
    return Profile(shape, intervals, counts)


@numba.njit(cache=True, nogil=True)
def bridged(values: np.ndarray, longest: int) -> np.ndarray:
    """Return values with gaps (nan) of up to `longest` steps filled linearly.

    A recording with a longer sampling step than the simulation has a gap between any two values.
    """
    filled = values.copy()
    last = -1
    for step in range(values.size):
        if np.isnan(values[step]):
            continue
        if 0 <= last < step - 1 and step - last - 1 <= longest:
            slope = (values[step] - values[last]) / (step - last)
            for between in range(last + 1, step):
                filled[between] = values[last] + slope * (between - last)
        last = step
    return filled


@numba.njit(cache=True, nogil=True)
def outside_error(
    voltage: np.ndarray, data: np.ndarray, first: int, last: int, level: float
) -> float:
    """Return the mean squared difference over measured steps; a model above `level` is cut."""
    total, n_steps = 0.0, 0
    for step in range(first, last):
        if not np.isnan(data[step]):
            total += (min(voltage[step], level) - data[step]) ** 2
            n_steps += 1
    return total / max(n_steps, 1)


@numba.njit(cache=True, nogil=True)
def n_outside(spikes: np.ndarray, steps: Steps) -> int:
    """Return the number of spikes before the current and after it."""
    first, last = steps.edges[0], steps.edges[-1] + steps.late
    number = 0
    for spike in spikes:
        if spike < first or spike > last:
            number += 1
    return number


@numba.njit(cache=True, nogil=True)
def shape_error(model: Profile, recorded: Profile, scale: float) -> float:
    """Return the mean squared difference of the voltages between spikes, in units of `scale`."""
    total, n_windows = 0.0, 0
    for window in range(recorded.counts.size):
        if np.isnan(recorded.shape[window, 0]):
            continue
        n_windows += 1
        if np.isnan(model.shape[window, 0]):
            total += NO_PROFILE[0]
            continue
        for phase in range(N_PHASES):
            difference = (model.shape[window, phase] - recorded.shape[window, phase]) / scale
            total += difference * difference / N_PHASES
    return total / max(n_windows, 1)


@numba.njit(cache=True, nogil=True)
def rate_error(model: Profile, recorded: Profile) -> float:
    """Return the mean squared log ratio of counts and mean intervals, over their noise."""
    n_windows = recorded.counts.size
    total = 0.0
    for window in range(n_windows):
        there, here = recorded.counts[window] + 0.5, model.counts[window] + 0.5
        noise = COUNT_NOISE**2 + (0.5 / there) ** 2
        if there > 1 or here > 1:
            total += min(np.log(here / there) ** 2 / noise, MOST)
        if np.isnan(recorded.shape[window, 0]):
            continue
        if np.isnan(model.shape[window, 0]):
            total += NO_PROFILE[1]
            continue
        noise = COUNT_NOISE**2 + INTERVAL_NOISE**2 / max(recorded.counts[window] - 1, 1.0)
        ratio = model.intervals[window] / recorded.intervals[window]
        total += min(np.log(ratio) ** 2 / noise, MOST)
    return total / n_windows


@numba.njit(cache=True, nogil=True)
def latency_error(model: np.ndarray, recorded: np.ndarray, steps: Steps) -> float:
    """Return the squared log ratio of the latencies; a model that is silent fires at the end."""
    onset, end = steps.edges[0], steps.edges[-1]
    there, here = end, end
    for spike in recorded[::-1]:
        if onset <= spike < end:
            there = spike
    for spike in model[::-1]:
        if spike < end:
            here = spike
    if there == end:
        return 0.0
    ratio = max(here - onset, 1) / max(there - onset, 1)
    return float(min((np.log(ratio) / LATENCY_NOISE) ** 2, MOST))


@numba.njit(cache=True, nogil=True)
def voltage_error(
    voltage: np.ndarray, spikes: np.ndarray, recorded: Recorded, steps: Steps
) -> float:
    """Return the error of the voltage, and of the spikes, where the cell does not fire."""
    onset, end = steps.edges[0], steps.edges[-1]
    first, last = voltage.size, 0
    if recorded.spikes.size > 0:
        first, last = recorded.spikes[0], recorded.spikes[-1]
    lead = min(max(first - steps.before, onset + 1), end)
    tail = max(end + steps.before, last + steps.after)
    data = recorded.voltage
    error = outside_error(voltage, data, steps.first, lead, steps.level)
    error += 0.3 * outside_error(voltage, data, tail, voltage.size, steps.level)
    extra = abs(n_outside(spikes, steps) - n_outside(recorded.spikes, steps))
    return float(error / steps.scale**2 + min(extra, MOST_EXTRA))


@numba.njit(cache=True, nogil=True)
def read_recorded(data: np.ndarray, steps: Steps) -> Recorded:
    """Return what is compared of a recorded voltage, which has no short gaps."""
    gaps = gaps_of(data)
    spikes = crossings(data, gaps, steps.first, steps.level)
    return Recorded(data, gaps, spikes, profile_of(data, spikes, gaps, steps))


@numba.njit(cache=True, nogil=True)
def compare_samples(  # noqa: PLR0917 - compiled loops take no keywords
    samples: tuple[int, int],
    voltages: np.ndarray,
    sweep: Sweep,
    data: np.ndarray,
    steps: Steps,
    result: np.ndarray,
) -> None:
    """Compare voltages (n_samples, n_traces, n_steps) on one trace with its recording.

    Parameters
    ----------
    samples
        The first to compare, and one more than the last.
    result
        Array (n_samples, n_traces, N_PARTS) to write.
    """
    recorded = read_recorded(data, steps)
    for sample in range(samples[0], samples[1]):
        voltage = voltages[sample, sweep.trace]
        if sweep.offsets.size > 0:
            train = sweep.spikes[sweep.offsets[sample] : sweep.offsets[sample + 1]]
            own = without_gaps(train, recorded.gaps, steps.first)
        else:
            own = crossings(voltage, recorded.gaps, steps.first, steps.level)
        profile = profile_of(voltage, own, recorded.gaps, steps)
        parts = result[sample, sweep.trace]
        parts[0] = voltage_error(voltage, own, recorded, steps)
        parts[1] = shape_error(profile, recorded.profile, steps.scale)
        parts[2] = rate_error(profile, recorded.profile)
        parts[3] = latency_error(own, recorded.spikes, steps)
