"""Directions in the space of parameters, and what they mean in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.model import ParameterSpace

NOTABLE = 0.25
"""Parameters with at least this part of the largest share in a direction are named."""

EQUAL = 0.15
"""Shares that differ by less than this part are called equal."""


@final
@dataclass(frozen=True, kw_only=True)
class Directions:
    """Eigenvectors, the least determined first.

    Attributes
    ----------
    sizes
        Their eigenvalues.
    directions
        One per row: relative changes of the parameters.
    """

    sizes: Float[np.ndarray, " n_parameters"]
    directions: Float[np.ndarray, "n_parameters n_parameters"]


def relative_directions(
    space: ParameterSpace,
    values: Float[np.ndarray, " n_parameters"],
    normal_matrix: Float[np.ndarray, "n_parameters n_parameters"],
) -> Directions:
    """Return the directions of a matrix in coordinates [0, 1], for relative changes."""
    slopes = np.where(values == 0, 1.0, np.abs(values)) / space.derivative(values)
    return directions_of(normal_matrix * np.outer(slopes, slopes))


def directions_of(matrix: Float[np.ndarray, "n_parameters n_parameters"]) -> Directions:
    """Return the eigenvectors of a symmetric matrix."""
    sizes, vectors = np.linalg.eigh(matrix)
    return Directions(sizes=np.maximum(sizes, 0.0), directions=vectors.T)


def combination_name(names: Sequence[str], direction: Float[np.ndarray, " n_parameters"]) -> str:
    """Return in words what stays undetermined if a change in `direction` is not seen.

    If C and gL may grow together unseen, only their ratio is determined; if one may grow as the
    other falls, only their product.
    """
    largest = np.abs(direction).max()
    order = np.argsort(-np.abs(direction), kind="stable")
    kept = [k for k in order if abs(direction[k]) >= NOTABLE * largest]
    if len(kept) == 1:
        return f"{names[kept[0]]} hardly at all"
    if len(kept) == 2:
        return _pair([names[k] for k in kept], direction[kept])
    shares = direction[kept] / direction[kept[0]]
    changes = [f"{names[k]} by {share:+.2g} %" for k, share in zip(kept, shares, strict=True)]
    return f"a common change is not seen of {', '.join(changes)}"


def product_name(names: Sequence[str], direction: Float[np.ndarray, " n_parameters"]) -> str:
    """Return the product of powers of parameters whose logarithm lies along `direction`."""
    shares = direction * np.sign(direction[np.abs(direction).argmax()])
    order = np.argsort(-np.abs(shares), kind="stable")
    kept = [k for k in order if abs(shares[k]) >= NOTABLE * np.abs(shares).max()]
    return " * ".join(f"{names[k]}^{shares[k]:.2g}" for k in kept)


def _pair(names: Sequence[str], shares: np.ndarray) -> str:
    first, second = sorted(names)
    ratio = shares[1] / shares[0]
    if abs(abs(ratio) - 1.0) <= EQUAL:
        kind = "a ratio" if ratio > 0 else "a product"
        return f"{first} and {second} only as {kind}"
    # What does not change: the first to the power of the second's share, over the reverse.
    power = abs(ratio)
    sign = "/" if ratio > 0 else "*"
    return f"{names[0]} and {names[1]} only as {names[1]} {sign} {names[0]}^{power:.2g}"
