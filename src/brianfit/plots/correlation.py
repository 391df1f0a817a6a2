"""Which parameters can stand in for each other."""

from __future__ import annotations

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit.plots._coordinates import good_evaluations, positions
from brianfit.results import FitResult

_CELL = 0.5  # inch
_DARK = 0.6  # a correlation beyond this is written in white


def plot_correlation(
    result: FitResult, *, tolerance: float = 0.1, axes: Axes | None = None
) -> Axes:
    """Draw the correlation of every pair of free parameters among good samples.

    A pair near 1 or -1 is determined in combination only: a change of one is made up for by the
    other. Samples are compared by their position between the bounds.

    Parameters
    ----------
    result
        Of a fit with at least two free parameters.
    tolerance
        Good are samples whose error exceeds the lowest by at most this part of it.
    axes
        Where to draw; a new figure unless told.

    Raises
    ------
    InvalidValueError
        If there are fewer than two parameters, or fewer than three samples to compare.
    """
    names = result.history.parameter_names
    chosen = good_evaluations(result, tolerance)
    if len(names) < 2 or chosen.size < 3:
        raise InvalidValueError(
            "A correlation needs two parameters and three samples, but there are "
            f"{len(names)} parameters and {chosen.size} samples."
        )
    matrix = correlation_of(positions(result, result.history.values[chosen]))
    if axes is None:
        size = 1.8 + _CELL * len(names)
        _, axes = plt.subplots(figsize=(size + 0.8, size), layout="constrained")
    # Purple and orange: told apart by the colour-blind, and from the white of no correlation.
    image = axes.imshow(matrix, vmin=-1, vmax=1, cmap="PuOr_r")
    for row, column in np.ndindex(*matrix.shape):
        value = matrix[row, column]
        if row != column and np.isfinite(value):
            colour = "white" if abs(value) > _DARK else "black"
            axes.text(
                column,
                row,
                f"{value:.2f}",
                ha="center",
                va="center",
                fontsize="small",
                color=colour,
            )
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right", fontsize="small")
    axes.set_yticks(range(len(names)), names, fontsize="small")
    axes.set_title(
        f"among the {chosen.size} samples within\n{100 * tolerance:g} % of the lowest error",
        fontsize="small",
        loc="left",
    )
    bar = axes.figure.colorbar(image, ax=axes, shrink=0.8)
    bar.set_label("correlation [1]", fontsize="small")
    axes.spines[:].set_visible(False)
    return axes


def correlation_of(
    samples: Float[np.ndarray, "n_samples n_parameters"],
) -> Float[np.ndarray, "n_parameters n_parameters"]:
    """Return correlations between columns; nan where a column does not vary."""
    centred = samples - samples.mean(axis=0)
    size = np.sqrt(np.sum(centred**2, axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(centred.T @ centred / np.outer(size, size))
