"""The page that shows a comparison of models."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from brianfit._foundation.shown.markup import Markup, join, tag
from brianfit.comparison.model_scores import ModelScores
from brianfit.plots import plot_comparison, plot_ranks
from brianfit.plots.comparison import Compared, Ranked
from brianfit.plots.report.drawings import figure_of, svg_of
from brianfit.plots.report.page import framed
from brianfit.plots.report.tables import Column, Row, table

if TYPE_CHECKING:
    import pandas as pd

_TITLE = "Which model describes the cell?"
_WIDTH = 7.5  # inch
_NUMBERS = ("free", "held out", "standard error", "to the best", "its standard error", "won")


@runtime_checkable
class ShownComparison(Compared, Protocol):
    """What the page shows of a `Comparison`, where all of it is explained."""

    @property
    def rows(self) -> tuple[ModelScores, ...]: ...

    @property
    def title(self) -> str: ...

    @property
    def sentence(self) -> str: ...

    @property
    def details(self) -> pd.DataFrame: ...

    @property
    def metrics(self) -> Mapping[str, str]: ...

    @property
    def problems(self) -> Mapping[str, str]: ...


@runtime_checkable
class ShownCells(Ranked, Protocol):
    """What the page shows of a `CellsComparison`, where all of it is explained."""

    @property
    def cells(self) -> Mapping[str, ShownComparison]: ...

    @property
    def sentence(self) -> str: ...


def write_page(comparison: ShownComparison, path: Path, *, title: str | None) -> Path:
    """Write the page of one cell."""
    parts = comparison.rows[0].errors.size
    text = framed(
        title or comparison.title or _TITLE,
        f"{len(comparison.rows)} models, each scored on every {comparison.part} that was held out "
        f"({parts} in all).",
        _sections(comparison),
        summary=tag("p", tag("strong", comparison.sentence)),
        foot=_foot(),
    )
    return _written(path, text)


def write_page_of_cells(comparison: ShownCells, path: Path, *, title: str | None) -> Path:
    """Write the page of several cells."""
    ranks = tag(
        "figure",
        svg_of(
            figure_of(plot_ranks(comparison)), width=_WIDTH, text="Ranks of models", class_="ranks"
        ),
    )
    cells = [
        (f"cell-{k}", name, join(tag("p", one.sentence), _scores(one), _warnings(one)))
        for k, (name, one) in enumerate(comparison.cells.items())
    ]
    text = framed(
        title or _TITLE,
        f"{len(comparison.table)} models of {len(comparison.cells)} cells.",
        [("ranks", "Ranks", join(ranks, _table_of_ranks(comparison))), *cells],
        summary=tag("p", tag("strong", comparison.sentence)),
        foot=_foot(),
    )
    return _written(path, text)


def _sections(comparison: ShownComparison) -> list[tuple[str, str, Markup]]:
    sections = [("scores", "Scores", _scores(comparison))]
    if np.isfinite(comparison.errors[comparison.best]).all():
        figure = figure_of(plot_comparison(comparison))
        drawn = svg_of(figure, width=_WIDTH, text="Differences to the best", class_="comparison")
        sections.append(("differences", "Differences", tag("figure", drawn)))
    sections += [
        ("explained", "Explained variance", _explained(comparison)),
        ("warnings", "Warnings", _warnings(comparison)),
        ("method", "How this was found", _method(comparison)),
    ]
    return sections


def _scores(comparison: ShownComparison) -> Markup:
    frame, details = comparison.table.sort_values("score"), comparison.details
    rows = [
        Row(
            cells=[
                name,
                str(frame.n_parameters[name]),
                _number(float(frame.score[name])),
                _number(float(frame.score_se[name])),
                _number(float(frame.difference[name])),
                _number(float(frame.difference_se[name])),
                _percent(float(details.won[name])),
                _number(float(details.fitted[name])),
                _percent(float(details.converged[name])),
                _number(float(frame.seconds[name])),
            ]
        )
        for name in map(str, frame.index)
    ]
    heads = (*_NUMBERS, "fitted", "seeds agree", "seconds")
    return table(
        [Column(head="model"), *(Column(head=head, kind="number") for head in heads)],
        rows,
        caption="Errors: smaller is better. Standard errors are such that twice as much is 95 %.",
    )


def _explained(comparison: ShownComparison) -> Markup:
    heads = ("rate", "rate, by repeats", "voltage", "voltage, by repeats")
    rows = [
        Row(
            cells=[
                row.name,
                _percent(row.explained.rate),
                _percent(row.explained.of_repeats_rate),
                _percent(row.explained.voltage),
                _percent(row.explained.of_repeats_voltage),
            ]
        )
        for row in comparison.rows
    ]
    return table(
        [Column(head="model"), *(Column(head=head, kind="number") for head in heads)], rows
    )


def _warnings(comparison: ShownComparison) -> Markup:
    items = [
        tag("li", f"{row.name}: {text}")
        for row in comparison.rows
        for text in row.warnings or ("none",)
    ]
    items += [tag("li", f"{name} failed: {why}") for name, why in comparison.problems.items()]
    return tag("ul", *items)


def _method(comparison: ShownComparison) -> Markup:
    measured = "; ".join(f"{output}: {metric}" for output, metric in comparison.metrics.items())
    return tag(
        "p",
        f"Every {comparison.part} was held out in turn, and every model fitted to the rest. "
        f"Compared were {measured}. Of the models whose difference to the best is within its "
        "paired standard error, the one with the fewest free parameters is chosen.",
    )


def _table_of_ranks(comparison: ShownCells) -> Markup:
    frame = comparison.table
    heads = ("mean rank", "from", "to", "chosen", "within one standard error of the best")
    names = ("rank", "rank_low", "rank_high", "chosen", "tied")
    rows = [
        Row(cells=[str(name), *(f"{float(frame[key][name]):.3g}" for key in names)])
        for name in frame.index
    ]
    return table(
        [Column(head="model"), *(Column(head=head, kind="number") for head in heads)], rows
    )


def _number(value: float) -> str:
    return f"{value:.4g}" if np.isfinite(value) else "–"


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %" if np.isfinite(value) else "–"


def _foot() -> str:
    return f"Written by brianfit {version('brianfit')} on {datetime.now().astimezone():%Y-%m-%d}."


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
