"""Draws of every parameter, and of every pair of them, with the prior behind."""

from __future__ import annotations

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.ndimage import gaussian_filter

from brianfit._foundation.arguments import check_instance
from brianfit.fitting.posteriors.posterior import Posterior
from brianfit.plots._style import MODEL, Scale, scale_for, tidy

_PANEL = 1.7  # inch
_BINS = 40
_SHOWN = 0.001  # of the draws lie beyond either end of an axis
_PARTS = (0.95, 0.68)
_PRIOR = "0.75"


def plot_corner(posterior: Posterior, *, figure: Figure | None = None) -> np.ndarray:
    """Draw how the draws of every parameter are spread, and of every pair of parameters.

    The prior is grey; lines around pairs hold 68 % and 95 % of the draws. A narrow slope of a pair
    says that only a combination of both is determined.

    Parameters
    ----------
    figure
        Where to draw; a new figure unless told.

    Returns
    -------
    array of Axes, shape (n_parameters, n_parameters)
        Those above the diagonal are empty.
    """
    check_instance("posterior", posterior, Posterior, "what fitter.sample returns")
    n = len(posterior.names)
    if figure is None:
        size = _PANEL * n + 1.2
        figure = plt.figure(figsize=(size, size), layout="constrained")
    axes = figure.subplots(n, n, squeeze=False, sharex="col")
    scales = [
        scale_for([posterior.draws[:, k]], posterior.dimensions[name])
        for k, name in enumerate(posterior.names)
    ]
    shown = _shown_ranges(posterior)
    panels: list[list[Axes]] = axes.tolist()
    for row, column in np.ndindex(n, n):
        panel = panels[row][column]
        if column > row:
            panel.set_visible(False)
        elif column == row:
            _draw_single(panel, posterior, row, shown[row], scales[row])
        else:
            _draw_pair(panel, posterior, (column, row), shown, scales)
        _label(panel, posterior, (row, column), scales)
    return np.asarray(axes)


def _shown_ranges(posterior: Posterior) -> list[tuple[float, float]]:
    """Return the ends of the axis of every parameter."""
    equal = posterior.resampled(4000)
    low, high = np.quantile(equal, [_SHOWN, 1 - _SHOWN], axis=0)
    margin = 0.05 * (high - low) + np.where(high > low, 0.0, 1e-3 * np.abs(high) + 1e-300)
    return list(zip((low - margin).tolist(), (high + margin).tolist(), strict=True))


def _draw_single(
    panel: Axes, posterior: Posterior, number: int, shown: tuple[float, float], scale: Scale
) -> None:
    draws = posterior.draws[:, number]
    edges = np.linspace(*shown, _BINS + 1)
    heights, _ = np.histogram(draws, edges, weights=posterior.weights)
    density = heights / (edges[1] - edges[0])
    grid = np.linspace(*shown, 400)
    prior = np.exp(posterior.space.marginals[number].log_density(grid))
    panel.fill_between(grid * scale.factor, prior, color=_PRIOR, linewidth=0, label="prior")
    panel.stairs(density, edges * scale.factor, color=MODEL, label="posterior")
    panel.set_xlim(shown[0] * scale.factor, shown[1] * scale.factor)
    panel.set_ylim(0, 1.1 * max(float(density.max()), float(prior.max())))
    panel.set_yticks([])
    if number == 0:
        panel.legend(fontsize="small", frameon=False, loc="lower left", bbox_to_anchor=(0, 1))


def _draw_pair(
    panel: Axes,
    posterior: Posterior,
    pair: tuple[int, int],
    shown: list[tuple[float, float]],
    scales: list[Scale],
) -> None:
    across, up = pair
    heights, first, second = np.histogram2d(
        posterior.draws[:, across],
        posterior.draws[:, up],
        bins=_BINS,
        range=[shown[across], shown[up]],
        weights=posterior.weights,
    )
    smooth = gaussian_filter(heights, 1.0, mode="constant")
    levels = _levels(smooth)
    centres = [
        0.5 * (edges[1:] + edges[:-1]) * scales[k].factor
        for edges, k in ((first, across), (second, up))
    ]
    shades = [(MODEL, 0.25), (MODEL, 0.6)]
    if levels[0] < levels[1] < smooth.max():
        panel.contourf(*centres, smooth.T, levels=[*levels, smooth.max()], colors=shades)
        panel.contour(*centres, smooth.T, levels=levels, colors=MODEL, linewidths=0.8)
    panel.set_xlim(*(end * scales[across].factor for end in shown[across]))
    panel.set_ylim(*(end * scales[up].factor for end in shown[up]))


def _levels(heights: np.ndarray) -> list[float]:
    """Return the heights above which these parts of the whole lie, the larger part first."""
    ordered = np.sort(heights, axis=None)[::-1]
    parts = np.cumsum(ordered) / ordered.sum()
    return [float(ordered[np.searchsorted(parts, part)]) for part in _PARTS]


def _label(panel: Axes, posterior: Posterior, place: tuple[int, int], scales: list[Scale]) -> None:
    row, column = place
    tidy(panel)
    if row == len(posterior.names) - 1:
        panel.set_xlabel(scales[column].label(posterior.names[column]), fontsize="small")
        panel.tick_params(axis="x", labelrotation=45)
    else:
        panel.tick_params(labelbottom=False)
    if column == 0 and row > 0:
        panel.set_ylabel(scales[row].label(posterior.names[row]), fontsize="small")
    elif row != column:
        panel.tick_params(labelleft=False)
    if row == column:
        panel.spines["left"].set_visible(False)
