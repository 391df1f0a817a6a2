"""Models compared on what they were not fitted to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit.plots._style import INPUT, MODEL, RECORDED, tidy

if TYPE_CHECKING:
    import pandas as pd

_ROW_HEIGHT = 0.42  # inch


@runtime_checkable
class Compared(Protocol):
    """What is drawn of a `Comparison`, where all of it is explained."""

    @property
    def errors(self) -> Mapping[str, Float[np.ndarray, " n_parts"]]: ...

    @property
    def best(self) -> str: ...

    @property
    def chosen(self) -> str: ...

    @property
    def part(self) -> str: ...

    @property
    def table(self) -> pd.DataFrame: ...


@runtime_checkable
class Ranked(Protocol):
    """What is drawn of a `CellsComparison`, where all of it is explained."""

    @property
    def ranks(self) -> pd.DataFrame: ...

    @property
    def chosen(self) -> str: ...

    @property
    def table(self) -> pd.DataFrame: ...


def plot_comparison(comparison: Compared, *, axes: Axes | None = None) -> Axes:
    """Draw by how much the error of every model is larger than that of the best one.

    A small point is a part that was held out, a large one the mean, its bar the paired standard
    error to both sides. A bar that reaches zero is a model within one standard error of the best.

    Parameters
    ----------
    comparison
        What `compare` returns for one cell.
    axes
        Where to draw; a new figure unless told.

    Raises
    ------
    InvalidValueError
        If the best model could not be scored.
    """
    table = comparison.table.sort_values("score", ascending=False)
    reference = comparison.errors[comparison.best]
    if not np.isfinite(reference).all():
        raise InvalidValueError("No model could be scored on all that was held out.")
    axes = _axes(axes, len(table))
    for row, name in enumerate(map(str, table.index)):
        difference = comparison.errors[name] - reference
        colour = MODEL if name == comparison.chosen else INPUT
        known = difference[np.isfinite(difference)]
        axes.plot(known, np.full(known.size, row), "o", color=colour, markersize=3, alpha=0.4)
        if known.size == difference.size:
            error = float(table.difference_se[name])
            axes.errorbar(
                float(table.difference[name]), row, xerr=error if np.isfinite(error) else None,
                fmt="o", color=colour, markersize=7, capsize=4,
            )  # fmt: skip
    axes.axvline(0, color=RECORDED, linewidth=0.6)
    labels = [f"{name} ({table.n_parameters[name]} free)" for name in table.index]
    axes.set_yticks(range(len(table)), labels)
    axes.set_ylim(-0.5, len(table) - 0.5)
    axes.set_xlabel(f"held-out error minus that of {comparison.best}, by {comparison.part}")
    tidy(axes)
    return axes


def plot_ranks(comparison: Ranked, *, axes: Axes | None = None) -> Axes:
    """Draw the ranks of models over cells: every cell a small point, the mean with its interval.

    Parameters
    ----------
    comparison
        What `compare` returns for several cells.
    axes
        Where to draw; a new figure unless told.
    """
    table, ranks = comparison.table.sort_values("rank", ascending=False), comparison.ranks
    axes = _axes(axes, len(table))
    for row, name in enumerate(map(str, table.index)):
        colour = MODEL if name == comparison.chosen else INPUT
        own = ranks.loc[name].to_numpy(dtype=np.float64)
        spread = np.linspace(-0.15, 0.15, own.size) if own.size > 1 else np.zeros(1)
        axes.plot(own, row + spread, "o", color=colour, markersize=3, alpha=0.4)
        low, high = float(table.rank_low[name]), float(table.rank_high[name])
        axes.plot([low, high], [row, row], color=colour, linewidth=1.5)
        axes.plot([float(table["rank"][name])], [row], "o", color=colour, markersize=7)
    labels = [f"{name} (chosen {table.chosen[name]:.0f} times)" for name in table.index]
    axes.set_yticks(range(len(table)), labels)
    axes.set_ylim(-0.5, len(table) - 0.5)
    axes.set_xlim(0.5, len(table) + 0.5)
    axes.set_xlabel("rank within a cell, 1 is the best; mean with interval of 95 %")
    tidy(axes)
    return axes


def _axes(axes: Axes | None, n_rows: int) -> Axes:
    if axes is None:
        _, axes = plt.subplots(figsize=(6.4, 1.0 + _ROW_HEIGHT * n_rows), layout="constrained")
    return axes
