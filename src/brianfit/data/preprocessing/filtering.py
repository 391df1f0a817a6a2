"""Filters that leave spikes where they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from brianfit._foundation.arguments import check_choice, check_positive_integer, checked
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import QuantityLike
from brianfit._foundation.units import SECOND, readable, scalar_si
from brianfit.data.on_grid import without_gaps
from brianfit.data.recordings import Recording, RecordingSet, check_recordings


@checked
def low_pass(
    recordings: RecordingSet,
    cutoff: QuantityLike,
    *,
    order: int = 4,
    names: Sequence[str] | None = None,
) -> RecordingSet:
    r"""Filter traces with a Butterworth filter that runs forwards and backwards: no delay.

    The amplitude at `cutoff` is :math:`1/\sqrt2` after both passes; gaps (nan) stay gaps.

    Parameters
    ----------
    cutoff
        Frequency [Hz], below half the sampling rate.
    order
        Of one pass.
    names
        The traces and inputs that are filtered; all traces unless told.

    Raises
    ------
    InvalidValueError
        If the frequency cannot be used, or there is no such variable.
    """
    check_recordings(recordings)
    frequency = scalar_si("cutoff", cutoff, SECOND**-1)
    passes = check_positive_integer("order", order)
    chosen = recordings.trace_names if names is None else tuple(names)
    for name in chosen:
        check_choice("names", name, tuple(recordings.dimensions))
    nyquist = min(0.5 / recording.dt for recording in recordings)
    if not 0 < frequency < nyquist:
        raise InvalidValueError(
            f"`cutoff` must lie between 0 and half the sampling rate, {nyquist:g} Hz, but is "
            f"{cutoff}."
        )
    changed = [_filtered(recording, chosen, frequency, passes) for recording in recordings]
    listed = ", ".join(f"'{name}'" for name in chosen)
    step = f"{listed} was low-pass filtered at {readable(frequency, SECOND**-1)} (order {passes})"
    return recordings.changed(changed, step)


def _filtered(
    recording: Recording, names: Sequence[str], frequency: float, order: int
) -> Recording:
    from scipy.signal import butter, sosfiltfilt

    # Two passes square the response; a higher edge of one pass makes up for it. The tangent is the
    # warping of the bilinear transform.
    edge = np.tan(np.pi * frequency * recording.dt) / (np.sqrt(2) - 1) ** (0.5 / order)
    sections = butter(order, 2 * np.arctan(edge) / np.pi, output="sos")

    def smooth(values: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        padding = min(3 * (2 * len(sections) + 1), values.size - 1)
        filtered = sosfiltfilt(sections, without_gaps(values), padlen=padding)
        return np.where(np.isnan(values), np.nan, filtered)

    return replace(
        recording,
        inputs={n: smooth(v) if n in names else v for n, v in recording.inputs.items()},
        traces={n: smooth(v) if n in names else v for n, v in recording.traces.items()},
    )
