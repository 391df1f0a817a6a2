"""Take the electrode away from a voltage, by its response to a noise current below threshold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from brian2 import amp, volt

from brianfit._foundation.arguments import check_choice, check_instance
from brianfit._foundation.errors import InvalidValueError, UnitMismatchError
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import SECOND, readable, same_dimensions
from brianfit.data.recordings import RecordingSet

_LENGTH, _MEMBRANE_FROM, _ELECTRODE = 0.1, 3e-3, 4e-3
"""Length of the whole response, when the membrane is alone, when the electrode has ended [s]."""

_TAPER = 0.375
"""The last part of the electrode's response fades out over this share of it."""

_STEADIER = 5e-4
"""Of the variance of the current, added to it where it is inverted."""


def compensate_electrode(
    recordings: RecordingSet, noise: RecordingSet, *, voltage: str = "v", current: str = "I"
) -> RecordingSet:
    """Subtract from a voltage what the current caused in the electrode.

    The response of electrode and membrane together is found by regression of a voltage on a noise
    current that made no spikes [1]_. The membrane is its slow part, two exponentials fitted from
    3 ms on; what they leave in the first 4 ms is the electrode.

    Parameters
    ----------
    recordings
        Single-electrode recordings, whose voltage holds the electrode.
    noise
        Some seconds of noise below threshold through the same electrode, in the same steps.
    voltage, current
        Names of both, in all recordings.

    Raises
    ------
    InvalidValueError
        If there is no such variable, sampling steps differ, the noise is too short or has gaps.
    UnitMismatchError
        If these are no voltage and current.

    References
    ----------
    .. [1] Brette et al. (2008), Neuron 59:379-391.
    """
    for name, given in (("recordings", recordings), ("noise", noise)):
        check_instance(name, given, RecordingSet, "a RecordingSet")
        check_choice("voltage", voltage, given.trace_names)
        check_choice("current", current, given.input_names)
        units = (given.dimensions[voltage], given.dimensions[current])
        if not (same_dimensions(units[0], volt) and same_dimensions(units[1], amp)):
            raise UnitMismatchError(
                f"`{name}` must hold a voltage '{voltage}' and a current '{current}', but their "
                "units are others."
            )
    steps = {sweep.dt for given in (recordings, noise) for sweep in given}
    if max(steps) > min(steps) * (1 + 1e-6):
        raise InvalidValueError(
            "Recordings and noise must have one sampling step, but they have "
            f"{', '.join(readable(step, SECOND) for step in sorted(steps))}. Use `resample`."
        )
    kernel = electrode_kernel(noise, voltage=voltage, current=current)
    changed = []
    for sweep in recordings:
        values = sweep.traces[voltage]
        caused = np.convolve(sweep.inputs[current], kernel)[: values.size]
        changed.append(replace(sweep, traces={**sweep.traces, voltage: values - caused}))
    resistance = readable(float(kernel.sum()), volt.dim / amp.dim)
    return recordings.changed(
        changed, f"the response of an electrode of {resistance} was subtracted from '{voltage}'"
    )


def electrode_kernel(
    noise: RecordingSet, *, voltage: str = "v", current: str = "I"
) -> Float[np.ndarray, " n_lags"]:
    """Return the response of the electrode alone to a current: ohms by step of delay.

    Parameters
    ----------
    noise, voltage, current
        As for `compensate_electrode`.

    Raises
    ------
    InvalidValueError
        If the noise is too short or has gaps, or its current is constant.
    """
    whole, dt = _response(noise, voltage, current)
    n_lags = round(_ELECTRODE / dt)
    kernel = (whole - _membrane(whole, dt))[:n_lags]
    n_fading = max(1, round(_TAPER * n_lags))
    kernel[n_lags - n_fading :] *= np.linspace(1.0, 0.0, n_fading)
    return np.asarray(kernel)


def _response(
    noise: RecordingSet, voltage: str, current: str
) -> tuple[Float[np.ndarray, " n_lags"], float]:
    """Return the response of electrode and membrane together, and the step [s]."""
    from scipy.linalg import solve_toeplitz

    dt = noise.recordings[0].dt
    n_lags = round(_LENGTH / dt)
    own, cross = np.zeros(n_lags), np.zeros(n_lags)
    for sweep in noise:
        values = sweep.traces[voltage]
        given = sweep.inputs[current][: values.size]
        if values.size < 10 * n_lags or not np.all(np.isfinite(values)):
            raise InvalidValueError(
                "The noise must be measured without gaps, for a second or more in each sweep."
            )
        given, values = given - given.mean(), values - values.mean()
        own += _correlation(given, given, n_lags)
        cross += _correlation(given, values, n_lags)
    if not own[0] > 0:
        raise InvalidValueError(f"The current '{current}' of the noise does not vary.")
    own[0] *= 1.0 + _STEADIER
    return np.asarray(solve_toeplitz(own, cross)), dt


def _correlation(
    first: Float[np.ndarray, " n"], second: Float[np.ndarray, " n"], n_lags: int
) -> np.ndarray:
    length = 2 * first.size
    product = np.conj(np.fft.rfft(first, length)) * np.fft.rfft(second, length)
    return np.asarray(np.fft.irfft(product)[:n_lags])


def _membrane(whole: Float[np.ndarray, " n_lags"], dt: float) -> Float[np.ndarray, " n_lags"]:
    """Return the slow part of a response: two exponentials."""
    from scipy.optimize import least_squares

    times = np.arange(whole.size) * dt * 1e3
    first = round(_MEMBRANE_FROM / dt)
    size = max(float(np.abs(whole[first:]).max()), 1e-30)

    def slow(x: np.ndarray, at: np.ndarray) -> np.ndarray:
        sizes, rates = np.exp(x[[0, 2]]), np.exp(-x[[1, 3]])
        return np.asarray(np.exp(-np.outer(at, rates)) @ sizes)

    found = least_squares(
        lambda x: slow(x, times[first:]) - whole[first:] / size,
        [0.0, np.log(3.0), -2.0, np.log(25.0)],
        bounds=([-8.0, 0.0, -8.0, 2.0], [4.0, 2.2, 3.0, 5.0]),
    )
    return size * slow(found.x, times)


__all__ = ["compensate_electrode", "electrode_kernel"]
