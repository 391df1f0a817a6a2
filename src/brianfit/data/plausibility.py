"""Whether recorded numbers can be what their units say: pA taken for nA, mV taken for V."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from brian2 import amp, volt

from brianfit._foundation.errors import BrianfitWarning
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import Dimension, readable, unit_name
from brianfit.data.recordings import RecordingSet

# What cells and electrodes do, with room to spare on either side. Resting potentials are -90 to
# -40 mV, action potentials end below 60 mV; whole-cell currents are between pA and tens of nA; the
# resistance of a cell is between some megohms and several gigohms.
_VOLTAGE = (-0.2, 0.15)
_MEDIAN_VOLTAGE = (-0.13, -0.02)
_LARGEST_CURRENT = (1e-12, 50e-9)
_RESISTANCE = (1e6, 100e9)
_AT_MOST = 1_000_000  # values of which a median is taken


class PlausibilityWarning(BrianfitWarning):
    """Recorded numbers are unlike those of a cell; a wrong unit is the usual reason."""


def implausible(recordings: RecordingSet) -> list[str]:
    """Return what is unlike a recording of a cell, in sentences."""
    return [*_of_voltages(recordings), *_of_currents(recordings), *_of_resistance(recordings)]


def _of_voltages(recordings: RecordingSet) -> Iterator[str]:
    for name, rows in _together(recordings, volt.dim):
        low, high = _range(rows)
        if low < _VOLTAGE[0] or high > _VOLTAGE[1]:
            yield (
                f"'{name}' reaches from {readable(low, volt.dim)} to {readable(high, volt.dim)}, "
                "which no membrane voltage does. Check its unit, and whether artefacts need to be "
                "cut out."
            )
        elif max(abs(low), abs(high)) < 1e-3 and (high > low or name in recordings.trace_names):
            yield (
                f"'{name}' never exceeds {readable(max(abs(low), abs(high)), volt.dim)}: is its "
                "unit right?"
            )
        elif name in recordings.trace_names:
            yield from _of_median(name, _median(rows))


def _of_median(name: str, median: float) -> Iterator[str]:
    if not _MEDIAN_VOLTAGE[0] <= median <= _MEDIAN_VOLTAGE[1]:
        yield (
            f"'{name}' is at {readable(float(f'{median:.3g}'), volt.dim)} most of the time, which "
            "is unusual for a neuron: is there an offset or a scale to correct?"
        )


def _of_currents(recordings: RecordingSet) -> Iterator[str]:
    for name, rows in _together(recordings, amp.dim):
        largest = max(map(abs, _range(rows)))
        if largest > _LARGEST_CURRENT[1]:
            yield (
                f"'{name}' reaches {readable(float(f'{largest:.3g}'), amp.dim)}, more than a "
                "neuron stands: is it in pA, and was read as nA?"
            )
        elif 0 < largest < _LARGEST_CURRENT[0]:
            yield (
                f"'{name}' never exceeds {readable(float(f'{largest:.3g}'), amp.dim)}, less than "
                "the noise of an amplifier: is it in nA, and was read as pA?"
            )
        elif largest == 0 and name in recordings.input_names:
            yield (
                f"The stimulus '{name}' is zero throughout. If the protocol played a waveform from "
                "a file, give that stimulus yourself."
            )


def _of_resistance(recordings: RecordingSet) -> Iterator[str]:
    voltages, currents = _together(recordings, volt.dim), _together(recordings, amp.dim)
    for (v_name, voltage), (i_name, current) in zip(voltages, currents, strict=False):
        spans = [high - low for low, high in (_range(voltage), _range(current))]
        if not all(span > 0 for span in spans):
            continue  # what stays constant tells no resistance
        resistance = spans[0] / spans[1]
        if not _RESISTANCE[0] <= resistance <= _RESISTANCE[1]:
            yield (
                f"The ranges of '{v_name}' and '{i_name}' would make a resistance of "
                f"{resistance / 1e6:.3g} Mohm: is one of their units wrong by a factor of 1000?"
            )


def _together(
    recordings: RecordingSet, dimensions: Dimension
) -> list[tuple[str, list[Float[np.ndarray, " _"]]]]:
    """Return every variable of that unit that has known values, with its values by sweep."""
    found = []
    for name, own in recordings.dimensions.items():
        if unit_name(own) != unit_name(dimensions):
            continue
        rows = [{**recording.inputs, **recording.traces}[name] for recording in recordings]
        if any(np.isfinite(row).any() for row in rows):
            found.append((name, rows))
    return found


def _range(rows: Sequence[Float[np.ndarray, " _"]]) -> tuple[float, float]:
    """Return the lowest and the highest known value; rows are not copied, as they may be long."""
    low = min(float(np.min(row, where=np.isfinite(row), initial=np.inf)) for row in rows)
    high = max(float(np.max(row, where=np.isfinite(row), initial=-np.inf)) for row in rows)
    return low, high


def _median(rows: Sequence[Float[np.ndarray, " _"]]) -> float:
    """Return the median of the known values, or of every so many of them where they are many."""
    every = max(1, sum(row.size for row in rows) // _AT_MOST)
    known = [row[::every][np.isfinite(row[::every])] for row in rows]
    if not any(some.size for some in known):
        known = [row[np.isfinite(row)] for row in rows]
    return float(np.median(np.concatenate(known)))
