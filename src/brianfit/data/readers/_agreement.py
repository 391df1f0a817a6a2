"""Whether a stimulus was recorded as it was commanded."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from brian2 import amp

from brianfit._foundation.shapes import Float
from brianfit._foundation.units import readable
from brianfit.data.readers._axis import Laid
from brianfit.data.readers._signals import Samples, Signal

_AGREE = 0.05
"""A recorded stimulus agrees with the commanded one within this fraction of its range."""
_NOISE = {amp.dim: 5e-12}
"""Offsets [A, V] that amplifiers have in any case."""
_NOISE_ELSE = 2e-3
_SMOOTHED = 25  # values whose mean is compared


def compared(
    command: Signal,
    beside: Signal,
    values: Float[np.ndarray, " _"],
    laid: Laid,
    samples: Mapping[int, Samples],
) -> Float[np.ndarray, " _"]:
    """Return the commanded stimulus where it was recorded as such, or else what was recorded."""
    recorded = laid.trace(beside.name, [beside], samples)
    both = np.isfinite(recorded) & np.isfinite(values)
    if not both.any():
        return values
    difference = recorded[both] - values[both]
    off = float(np.median(difference))
    spread = float(np.median(np.abs(difference - off)))
    noise = _NOISE.get(command.dimensions, _NOISE_ELSE)
    allowed = max(_AGREE * float(np.ptp(values)), noise)
    smooth = np.convolve(difference, np.full(_SMOOTHED, 1 / _SMOOTHED), mode="valid")
    largest = float(np.quantile(np.abs(smooth), 0.99)) if smooth.size else abs(off)
    if abs(off) <= allowed and largest <= 2 * allowed + spread:
        return values
    dimensions = beside.dimensions
    name = "I" if dimensions == amp.dim else "v"
    laid.report.warn(
        laid.sweep.label,
        f"the recorded '{beside.name}' differs from the commanded '{command.name}', by "
        f"{readable(float(f'{off:.3g}'), dimensions)} in the middle; the recorded one was taken. "
        f"inputs={{'{name}': '{command.name}'}} takes the other (on the command line "
        f"--input '{name}={command.name}').",
    )
    return recorded
