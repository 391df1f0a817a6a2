"""The outcome of a comparison of models over several cells."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np

from brianfit._foundation.arguments import checked
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.random import generator_for
from brianfit._foundation.shapes import Float
from brianfit._foundation.shown.notebook import as_html, html_table, table_under
from brianfit.comparison.outcome import Comparison, html_target, plain

if TYPE_CHECKING:
    import pandas as pd

FORMAT = "brianfit-comparison-of-cells-1"
"""Name of the layout of the JSON; its number grows when a reader could be misled."""

_DRAWS = 2000
_LEVELS = (0.025, 0.975)


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class CellsComparison:
    """Models of several cells, scored on what they were not fitted to; print it for a table.

    Errors of different cells are not compared with one another: within each cell models have
    ranks, and these are averaged.

    Attributes
    ----------
    cells
        The comparison of every cell, by name.
    """

    cells: Mapping[str, Comparison]

    @property
    def scores(self) -> pd.DataFrame:
        """The mean held-out error of every model (rows) on every cell (columns)."""
        import pandas as pd

        scores = self._scores()
        table = pd.DataFrame(list(scores.values()), index=list(scores), columns=list(self.cells))
        table.index.name = "model"
        return table

    @property
    def ranks(self) -> pd.DataFrame:
        """The rank of every model (rows) on every cell (columns); 1 is best, equals share."""
        import pandas as pd

        scores = self._scores()
        ranks = ranks_within(np.array(list(scores.values()), dtype=np.float64))
        table = pd.DataFrame(ranks, index=list(scores), columns=list(self.cells))
        table.index.name = "model"
        return table

    @property
    def table(self) -> pd.DataFrame:
        """One model a row: its mean rank with an interval of 95 %, and how often it was chosen.

        ``rank_low`` and ``rank_high`` come from drawing the cells anew, with replacement; ``tied``
        counts the cells in which it is within one standard error of the best.
        """
        import pandas as pd

        rows = self._rows()
        table = pd.DataFrame(list(rows.values()), index=list(rows))
        table.index.name = "model"
        return table

    @property
    def chosen(self) -> str:
        """The model that was chosen for most cells; of equals, the one with the better rank."""
        rows = self._rows()
        return max(rows, key=lambda name: (rows[name]["chosen"], -rows[name]["rank"]))

    @property
    def sentence(self) -> str:
        """The choice in words."""
        rows = self._rows()
        row = rows[self.chosen]
        return (
            f"'{self.chosen}' is chosen for {row['chosen']:.0f} of {len(self.cells)} cells; its "
            f"mean rank is {row['rank']:.2g} ({row['rank_low']:.2g} to {row['rank_high']:.2g}) of "
            f"{len(rows)} models."
        )

    def plot(self, *, axes: Any = None) -> Any:
        """Draw the ranks of the models over the cells; return the axes."""
        from brianfit.plots import plot_ranks

        return plot_ranks(self, axes=axes)

    @checked
    def report(self, path: str | Path, *, title: str | None = None) -> Path:
        """Write a page that shows the comparison, for a browser without a network.

        Raises
        ------
        InvalidValueError
            If the file is to be none of HTML.
        """
        from brianfit.comparison.page import write_page_of_cells

        return write_page_of_cells(self, html_target(path), title=title)

    def plain(self) -> dict[str, Any]:
        """Return the comparison as dictionaries, lists, numbers and texts; None: not finite."""
        return {
            "format": FORMAT,
            "chosen": self.chosen,
            "sentence": self.sentence,
            "models": {
                name: {key: plain(value) for key, value in row.items()}
                for name, row in self._rows().items()
            },
            "cells": {name: one.plain() for name, one in self.cells.items()},
        }

    def as_json(self) -> str:
        """Return the comparison as JSON text."""
        return json.dumps(self.plain(), indent=2, allow_nan=False) + "\n"

    def __repr__(self) -> str:
        return f"<CellsComparison: {len(self.cells)} cells, chosen: {self.chosen!r}>"

    def __str__(self) -> str:
        return table_under(self.sentence, *self._short_table())

    def _repr_html_(self) -> str:
        header, rows = self._short_table()
        return as_html(self.sentence, html_table(header, rows))

    def _short_table(self) -> tuple[list[str], list[list[str]]]:
        scores = self._scores()
        rows = [
            [
                name,
                f"{row['rank']:.2f} ({row['rank_low']:.2f} to {row['rank_high']:.2f})",
                f"{row['chosen']:.0f}",
                *(f"{score:.3g}" for score in scores[name]),
            ]
            for name, row in self._rows().items()
        ]
        return ["model", "mean rank", "chosen", *self.cells], rows

    def _rows(self) -> dict[str, dict[str, float]]:
        """Return the rows of the table, the best mean rank first."""
        scores = self._scores()
        ranks = ranks_within(np.array(list(scores.values()), dtype=np.float64))
        low, high = _interval(ranks)
        rows = {
            name: {
                "rank": float(ranks[k].mean()),
                "rank_low": float(low[k]),
                "rank_high": float(high[k]),
                "chosen": sum(one.chosen == name for one in self.cells.values()),
                "tied": sum(name in one.tied for one in self.cells.values()),
                "explained_variance": self._explained(name),
            }
            for k, name in enumerate(scores)
        }
        return dict(sorted(rows.items(), key=lambda item: item[1]["rank"]))

    def _scores(self) -> dict[str, list[float]]:
        """Return the score of every model on every cell; inf where it failed."""
        found = [{row.name: row.score for row in one.rows} for one in self.cells.values()]
        names = dict.fromkeys(name for scores in found for name in scores)
        return {name: [scores.get(name, float("inf")) for scores in found] for name in names}

    def _explained(self, model: str) -> float:
        known = [
            row.explained.value
            for one in self.cells.values()
            for row in one.rows
            if row.name == model and np.isfinite(row.explained.value)
        ]
        return float(np.mean(known)) if known else float("nan")


def ranks_within(
    scores: Float[np.ndarray, "n_models n_cells"],
) -> Float[np.ndarray, "n_models n_cells"]:
    """Return the rank of every model within each cell; 1 is the lowest score, equals share."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(scores, axis=0, method="average"), dtype=np.float64)


def _interval(
    ranks: Float[np.ndarray, "n_models n_cells"],
) -> tuple[Float[np.ndarray, " n_models"], Float[np.ndarray, " n_models"]]:
    """Return the interval of the mean rank of every model, by bootstrap over the cells."""
    n_cells = ranks.shape[1]
    drawn = generator_for(0, "ranks").integers(n_cells, size=(_DRAWS, n_cells))
    low, high = np.quantile(ranks[:, drawn].mean(axis=2), _LEVELS, axis=1)
    return np.asarray(low), np.asarray(high)
