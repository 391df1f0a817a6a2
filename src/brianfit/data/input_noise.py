"""Repeat recordings with noise added to the input, so that a fit cannot rely on chance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from brianfit._foundation.arguments import check_positive_integer, checked
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import TimeLike
from brianfit._foundation.units import SECOND, scalar_si
from brianfit.data.recordings import Recording, RecordingSet


@checked
def with_input_noise(
    recordings: RecordingSet,
    fraction: int | float,
    *,
    seed: int,
    copies: int = 3,
    tau: TimeLike = 0.005,
    input: str = "I",
) -> RecordingSet:
    """Return every sweep several times, each with noise of its own added to the input.

    A model without noise that is fitted to spike times learns to be right by a hair where the cell
    itself was not reliable. A sample that must be right for several slightly different inputs
    cannot do so, and predicts better. All samples of a fit see the same noise.

    Parameters
    ----------
    fraction
        Standard deviation of the noise over that of the input of the sweep; 0.1 to 0.2 where
        repeats of the cell agree to about 80 %.
    seed
        Of the noise.
    copies
        How many sweeps come of each; a fit takes as many times longer.
    tau
        Time over which the noise is correlated [s].
    input
        Name of the input.

    Raises
    ------
    InvalidValueError
        If `fraction` is negative or `tau` not positive, or there is no such input.
    """
    check_positive_integer("copies", copies)
    correlated = scalar_si("tau", tau, SECOND)
    if not fraction >= 0 or not correlated > 0:
        raise InvalidValueError(
            f"`fraction` must be 0 or more and `tau` positive, but they are {fraction} and {tau}."
        )
    if input not in recordings.input_names:
        raise InvalidValueError(
            f"The recordings have no input '{input}'; there are "
            f"{', '.join(recordings.input_names)}."
        )
    generator = np.random.default_rng(seed)
    noisy = [
        _noisy(recording, input, fraction, correlated, generator)
        for recording in recordings
        for _ in range(copies)
    ]
    return recordings.changed(
        noisy, f"noise of {fraction:g} of its standard deviation added to '{input}', {copies} times"
    )


def _noisy(
    recording: Recording,
    input: str,
    fraction: int | float,
    tau: float,
    generator: np.random.Generator,
) -> Recording:
    values = recording.inputs[input]
    noise = fraction * values.std() * _correlated(values.size, tau / recording.dt, generator)
    return replace(recording, inputs={**recording.inputs, input: values + noise})


def _correlated(
    n_values: int, tau_in_steps: float, generator: np.random.Generator
) -> Float[np.ndarray, " n_values"]:
    """Return a stationary Ornstein-Uhlenbeck process of variance 1."""
    from scipy.signal import lfilter

    keep = np.exp(-1.0 / tau_in_steps)
    kicks = generator.normal(size=n_values)
    kicks[1:] *= np.sqrt(1.0 - keep**2)
    return np.asarray(lfilter([1.0], [1.0, -keep], kicks))


__all__ = ["with_input_noise"]
