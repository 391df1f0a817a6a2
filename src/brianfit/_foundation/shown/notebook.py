"""What notebooks and terminals show of a result: tables and lines, as HTML or as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from brianfit._foundation.shown.markup import Markup, tag
from brianfit._foundation.strangers.escaping import in_terminal

Rows = Iterable[Sequence[str]]


def as_html(headline: str, *parts: Markup | None) -> str:
    """Return what `_repr_html_` gives: a headline, and parts made by the functions below."""
    return tag("div", tag("p", tag("strong", in_terminal(headline))), *parts).html


def html_lines(lines: Iterable[str]) -> Markup:
    """Return lines of text as a list."""
    return tag("ul", *(tag("li", in_terminal(line.strip())) for line in lines))


def html_table(header: Sequence[str], rows: Rows) -> Markup:
    """Return a table; its cells are text."""
    return tag(
        "table",
        tag("thead", _row("th", header)),
        tag("tbody", *(_row("td", row) for row in rows)),
    )


def text_table(header: Sequence[str], rows: Rows) -> list[str]:
    """Return the same table as lines of text whose columns are aligned."""
    table = [header, *rows]
    widths = [max(len(row[k]) for row in table) for k in range(len(header))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]


def table_under(headline: str, header: Sequence[str], rows: Rows, *more: str) -> str:
    """Return a headline, the table as text below it, indented, and further lines."""
    return "\n".join([headline, *(f"  {line}" for line in text_table(header, rows)), *more])


def _row(kind: str, cells: Sequence[str]) -> Markup:
    return tag("tr", *(tag(kind, in_terminal(cell)) for cell in cells))
