"""The outcome of a comparison of models of one cell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np

from brianfit._foundation.arguments import checked
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Float
from brianfit._foundation.shown.notebook import as_html, html_lines, html_table, table_under
from brianfit.comparison.model_scores import ModelScores
from brianfit.comparison.paired import (
    best_of,
    differences_to_best,
    share_won,
    simplest_of,
    standard_error,
    tied_with_best,
)

if TYPE_CHECKING:
    import pandas as pd

FORMAT = "brianfit-comparison-1"
"""Name of the layout of the JSON; its number grows when a reader could be misled."""


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Models of one cell, scored on what they were not fitted to; print it for a table.

    Attributes
    ----------
    rows
        What every model reached, in the order in which they were given.
    part
        What is held out at a time, in words.
    metrics
        By output, how the error is measured.
    title
        Name of the cell.
    problems
        Why models failed that have no row, by name.
    """

    rows: tuple[ModelScores, ...]
    part: str
    metrics: Mapping[str, str]
    title: str
    problems: Mapping[str, str]

    @property
    def errors(self) -> dict[str, Float[np.ndarray, " n_parts"]]:
        """The error of every model on every part that was held out."""
        return {row.name: row.errors for row in self.rows}

    @property
    def best(self) -> str:
        """The model with the lowest mean error on what was held out."""
        return best_of(self.errors)

    @property
    def tied(self) -> tuple[str, ...]:
        """The models whose difference to the best is within its standard error; the best too."""
        return tied_with_best(self.errors)

    @property
    def chosen(self) -> str:
        """The simplest of the models that are tied: the rule of one standard error."""
        counts = {row.name: row.n_parameters for row in self.rows}
        return simplest_of(self.tied, counts, self.errors)

    @property
    def sentence(self) -> str:
        """The choice in words."""
        rows = {row.name: row for row in self.rows}
        chosen, best, others = rows[self.chosen], rows[self.best], len(self.tied) - 1
        words = f"'{chosen.name}' is chosen, with {chosen.n_parameters} free parameters"
        if not np.isfinite(best.score):
            return "No model could be scored on everything that was held out: none is chosen."
        if len(self.rows) == 1:
            return f"{words}: it is the only model."
        if others == 0:
            return f"{words}: it is the best, and no other is within one standard error of it."
        if chosen.name == best.name:
            return (
                f"{words}: it is the best, and none of the {others} within one standard error of "
                "it has fewer."
            )
        return (
            f"{words}: it has the fewest of the {others + 1} models within one standard error of "
            f"the best, '{best.name}'."
        )

    @property
    def table(self) -> pd.DataFrame:
        """One model a row, by name.

        ``score`` is the mean error on what was held out, smaller is better; ``difference`` that to
        the best model, with its paired standard error; ``explained_variance`` that of the rate, or
        of the voltage where there are no spikes, relative to what repeats explain.
        """
        return _frame({row.name: self._main(row) for row in self.rows})

    @property
    def details(self) -> pd.DataFrame:
        """What else is known of every model, by name.

        Shares of parts won; the mean error on what was fitted; the share of folds in which seeds
        agree; explained variance of rate and voltage, by the model and by repeats.
        """
        return _frame({row.name: self._more(row) for row in self.rows})

    def plot(self, *, axes: Any = None) -> Any:
        """Draw the differences to the best model, part by part and in the mean; return the axes."""
        from brianfit.plots import plot_comparison

        return plot_comparison(self, axes=axes)

    @checked
    def report(self, path: str | Path, *, title: str | None = None) -> Path:
        """Write a page that shows the comparison, for a browser without a network.

        Raises
        ------
        InvalidValueError
            If the file is to be none of HTML.
        """
        from brianfit.comparison.page import write_page

        return write_page(self, html_target(path), title=title)

    def plain(self) -> dict[str, Any]:
        """Return the comparison as dictionaries, lists, numbers and texts; None: not finite."""
        return {
            "format": FORMAT,
            "title": self.title,
            "chosen": self.chosen,
            "best": self.best,
            "tied": list(self.tied),
            "sentence": self.sentence,
            "part": self.part,
            "metrics": dict(self.metrics),
            "models": {
                row.name: {
                    **{name: plain(value) for name, value in self._main(row).items()},
                    **{name: plain(value) for name, value in self._more(row).items()},
                    "errors": [plain(value) for value in row.errors.tolist()],
                    "warnings": list(row.warnings),
                }
                for row in self.rows
            },
            "problems": dict(self.problems),
        }

    def as_json(self) -> str:
        """Return the comparison as JSON text."""
        return json.dumps(self.plain(), indent=2, allow_nan=False) + "\n"

    def __repr__(self) -> str:
        return f"<Comparison: {len(self.rows)} models, chosen: {self.chosen!r}>"

    def __str__(self) -> str:
        return table_under(self.sentence, *self._short_table(), *self._failures())

    def _repr_html_(self) -> str:
        shown = html_table(*self._short_table())
        return as_html(self.sentence, shown, html_lines(self._failures()))

    def _failures(self) -> list[str]:
        return [f"'{name}' failed: {why}" for name, why in self.problems.items()]

    def _short_table(self) -> tuple[list[str], list[list[str]]]:
        header = ["model", "free", "held out", "to the best", "won", "explained", "seconds"]
        rows = []
        for row in sorted(self.rows, key=lambda one: one.score):
            main, won = self._main(row), self._more(row)["won"]
            explained = row.explained.value
            rows.append(
                [
                    row.name,
                    str(row.n_parameters),
                    f"{row.score:.4g} ± {main['score_se']:.2g}",
                    f"{main['difference']:.3g} ± {main['difference_se']:.2g}",
                    f"{100 * won:.0f} %",
                    f"{100 * explained:.0f} %" if np.isfinite(explained) else "",
                    f"{row.seconds:.3g}",
                ]
            )
        return header, rows

    def _main(self, row: ModelScores) -> dict[str, Any]:
        difference, error = differences_to_best(self.errors)[row.name]
        return {
            "n_parameters": row.n_parameters,
            "score": row.score,
            "score_se": standard_error(row.errors),
            "difference": difference,
            "difference_se": error,
            "explained_variance": row.explained.value,
            "seconds": row.seconds,
            "warnings": "; ".join(row.warnings),
        }

    def _more(self, row: ModelScores) -> dict[str, float]:
        return {
            "won": share_won(self.errors)[row.name],
            "fitted": row.fitted,
            "converged": row.converged,
            "explained_rate": row.explained.rate,
            "explained_rate_by_repeats": row.explained.of_repeats_rate,
            "explained_voltage": row.explained.voltage,
            "explained_voltage_by_repeats": row.explained.of_repeats_voltage,
        }


def _frame(rows: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    table = pd.DataFrame(list(rows.values()), index=list(rows))
    table.index.name = "model"
    return table


def html_target(path: str | Path) -> Path:
    """Return where a page goes.

    Raises
    ------
    InvalidValueError
        If that is to be no page.
    """
    target = Path(path)
    if target.suffix.lower() not in {".html", ".htm"}:
        raise InvalidValueError(
            f"The report of a comparison is a page, such as 'cell.html', but is asked for as "
            f"'{target.name}'."
        )
    return target


def plain(value: Any) -> Any:
    """Return a value as JSON has it: a number that is not finite is None."""
    if isinstance(value, str | int):
        return value
    return float(value) if np.isfinite(value) else None
