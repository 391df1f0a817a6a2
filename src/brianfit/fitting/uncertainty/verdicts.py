"""What an interval is worth, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from brianfit._foundation.shapes import Bool, Float
from brianfit._foundation.units import Dimension, readable
from brianfit.fitting.polish.parameter_directions import EQUAL, NOTABLE, directions_of
from brianfit.results.intervals.uncertainty import IDENTIFIABLE

UNSEEN = 1e-10
"""A direction is not seen if its information is smaller than this part of the largest."""

VAGUE = 1.0
"""A direction whose relative standard deviation is larger than this is hardly determined."""


def verdict_of(limits: Float[np.ndarray, "2 2"], combination: str, dimensions: Dimension) -> str:
    """Return what an interval is worth.

    Parameters
    ----------
    limits
        By level low and high end; nan where the bounds come first.
    combination
        In which the parameter alone is not determined; empty if there is none.
    """
    low, high = (float(end) for end in limits[1])
    if np.isfinite(low) and np.isfinite(high):
        return combination or IDENTIFIABLE
    if combination:
        return combination
    if np.isfinite(low):
        return f"one-sided: at least {readable(low, dimensions)}"
    if np.isfinite(high):
        return f"one-sided: at most {readable(high, dimensions)}"
    return "flat: no value within the bounds can be excluded"


def combinations_of(
    names: Sequence[str],
    values: Float[np.ndarray, " n_parameters"],
    information: Float[np.ndarray, "n_parameters n_parameters"],
    open_ended: Bool[np.ndarray, " n_parameters"],
) -> dict[str, str]:
    """Return, by parameter, the combination of which alone the recordings tell.

    Parameters
    ----------
    values
        Of the parameters [SI].
    information
        About the values, the inverse of their covariance [1 / SI^2].
    open_ended
        Whether the interval of a parameter has no end on some side: only such a parameter is in a
        combination, unless the direction is not seen at all.
    """
    scale = np.where(values == 0, 1.0, np.abs(values))
    found = directions_of(information * np.outer(scale, scale))
    words: dict[str, str] = {}
    for size, direction in zip(found.sizes, found.directions, strict=True):
        is_unseen = size <= UNSEEN * found.sizes[-1]
        is_vague = size * VAGUE**2 < 1.0
        kept = [k for k in _by_share(direction) if is_unseen or open_ended[k]]
        if (is_unseen or is_vague) and len(kept) >= 2:
            text = only_words([names[k] for k in kept], direction[kept])
            words.update({names[k]: text for k in kept if names[k] not in words})
    return words


def only_words(names: Sequence[str], shares: Float[np.ndarray, " n"]) -> str:
    """Return of what alone the recordings tell if a change along `shares` is not seen.

    If C and gL may grow together unseen, only their ratio is determined.
    """
    if len(names) > 2:
        return f"not told apart: {', '.join(sorted(names))}"
    ratio = float(shares[1] / shares[0])
    first, second = sorted(names)
    if abs(abs(ratio) - 1.0) <= EQUAL:
        return f"only the {'ratio' if ratio > 0 else 'product'} of {first} and {second}"
    sign = "/" if ratio > 0 else "*"
    return f"only {names[1]} {sign} {names[0]}^{abs(ratio):.2g}"


def _by_share(direction: Float[np.ndarray, " n_parameters"]) -> list[int]:
    """Return the parameters that matter in a direction, the largest share first."""
    largest = np.abs(direction).max()
    order = np.argsort(-np.abs(direction), kind="stable")
    return [int(k) for k in order if abs(direction[k]) >= NOTABLE * largest]
