"""Tables of a report; on a phone every row becomes a list, so each cell carries its heading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from brianfit._foundation.shown.markup import Markup, tag


@final
@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    head
        What stands above it.
    kind
        The classes of its cells: ``number``, ``note`` or none.
    """

    head: str
    kind: str | None = None


@final
@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a table.

    Attributes
    ----------
    cells
        What stands in its columns; the first one names the row.
    class_
        Of the whole row.
    emphasis
        A class that its last cell gets besides.
    """

    cells: Sequence[Markup | str | None]
    class_: str | None = None
    emphasis: str | None = None


def table(columns: Sequence[Column], rows: Sequence[Row], *, caption: str | None = None) -> Markup:
    """Return a table."""
    heads = [
        tag("th", column.head, scope="col", class_=column.kind if column.kind == "number" else None)
        for column in columns
    ]
    made = tag(
        "table",
        None if caption is None else tag("caption", caption),
        tag("thead", tag("tr", *heads)),
        tag("tbody", *(_row(columns, row) for row in rows)),
    )
    return tag("div", made, class_="scroll")


def _row(columns: Sequence[Column], row: Row) -> Markup:
    cells = [tag("th", row.cells[0], scope="row")]
    for column, cell in zip(columns[1:], row.cells[1:], strict=True):
        is_last = column is columns[-1]
        classes = [part for part in (column.kind, row.emphasis if is_last else None) if part]
        cells.append(
            tag("td", cell, class_=" ".join(classes) or None, data_label=column.head or None)
        )
    return tag("tr", *cells, class_=row.class_)
