"""Tables of measurements, with what each should be."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes
    ----------
    at_least, at_most
        What it should be; None: no demand.
    """

    name: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def verdict(self) -> str:
        """Whether the figure is as it should be, in words; empty without a demand."""
        if self.at_least is not None:
            return f">= {self.at_least:g}: {_yes(self.value >= self.at_least)}"
        if self.at_most is not None:
            return f"<= {self.at_most:g}: {_yes(self.value <= self.at_most)}"
        return ""


@dataclass
class Table:
    """Rows under a title; printing it aligns them."""

    title: str
    rows: list[Row] = field(default_factory=list)

    def extend(self, rows: list[Row]) -> None:
        """Add rows."""
        self.rows += rows

    def __str__(self) -> str:
        width = max(len(row.name) for row in self.rows)
        lines = [self.title]
        lines += [
            f"  {row.name:<{width}}  {row.value:>9.4g} {row.unit:<18}  {row.verdict}".rstrip()
            for row in self.rows
        ]
        return "\n".join(lines)


def _yes(holds: bool) -> str:
    return "yes" if holds else "NO"
