"""Tables as programs write them: every dialect that is drawn has a reading that is right."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from brian2 import mV, pA, second
from hypothesis import strategies as st

_SEPARATORS = {",": ".", ";": ".", ";,": ",", "\t": ".", "\t,": ",", "  ": "."}
"""Separators, and the decimal sign of each; the second character is that sign."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Sweeps of a voltage and a current, and how they are written."""

    n_sweeps: int
    n_values: int
    dt: float
    dialect: str
    digits: int
    units: str
    columns: tuple[str, ...]
    above: tuple[str, ...]
    encoding: str
    end: str
    by_rows: bool
    has_times: bool
    is_packed: bool
    seed: int

    @property
    def told(self) -> dict[str, Any]:
        """What the reader is told besides."""
        told: dict[str, Any] = {}
        if not self.has_times:
            told["dt"] = self.dt * second
        if self.units == "none":
            told["units"] = {"v": mV, "I": pA}
        return told

    @property
    def is_clear(self) -> bool:
        """Whether everything is told: it is, always."""
        return True

    def voltage(self, sweep: int) -> np.ndarray:
        """Return the response of a sweep [V]."""
        noise = np.random.default_rng(self.seed).normal(0, 1, (self.n_sweeps, self.n_values))
        return 1e-3 * (-70 + sweep + noise[sweep])

    def current(self, sweep: int) -> np.ndarray:
        """Return the stimulus of a sweep [A]."""
        up = np.arange(self.n_values) > self.n_values // 3
        return 1e-12 * np.where(up, 100.0 * (sweep + 1), 0.0)

    def error(self, unit: float) -> float:
        """Return by how much a number may be off that was written in a unit."""
        return 0.51 * unit * 10.0**-self.digits


@st.composite
def tables(draw: Any) -> Table:
    """Draw tables of one to three sweeps."""
    return Table(
        n_sweeps=draw(st.integers(1, 3)),
        n_values=draw(st.integers(20, 60)),
        dt=draw(st.sampled_from([1e-4, 5e-5, 2.5e-4, 1e-3])),
        dialect=draw(st.sampled_from(sorted(_SEPARATORS))),
        digits=draw(st.integers(2, 6)),
        units=draw(st.sampled_from(["brackets", "parentheses", "underscore", "row", "none"])),
        columns=tuple(draw(st.permutations(["time", "v", "I"]))),
        above=tuple(draw(st.lists(st.sampled_from(["# made today", "# cell 7"]), max_size=2))),
        encoding=draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"])),
        end=draw(st.sampled_from(["\n", "\r\n"])),
        by_rows=draw(st.booleans()),
        has_times=draw(st.booleans()),
        is_packed=draw(st.booleans()),
        seed=draw(st.integers(0, 99)),
    )


def write(path: Path, table: Table) -> Path:
    """Write a table, by the ending ``.gz`` if it is packed; return where."""
    text = table.end.join([*table.above, *_lines(table), ""])
    content = text.encode(table.encoding)
    if table.is_packed:
        path = path.with_name(path.name + ".gz")
        content = gzip.compress(content)
    path.write_bytes(content)
    return path


def _lines(table: Table) -> list[str]:
    separator, sign = table.dialect[0], _SEPARATORS[table.dialect]
    separator = "  " if table.dialect == "  " else separator
    headings, numbers = _with_sweeps(table) if table.by_rows else _side_by_side(table)
    rows = [
        separator.join(f"{number:.{table.digits}f}".replace(".", sign) for number in row)
        for row in numbers
    ]
    above = [separator.join(_heading(name, table) for name in headings)]
    if table.units == "row":
        above.append(separator.join(_unit(name) or "1" for name in headings))
    return [*above, *rows]


def _with_sweeps(table: Table) -> tuple[list[str], np.ndarray]:
    """Return a column for the number of the sweep, and the sweeps below each other."""
    names = [name for name in table.columns if table.has_times or name != "time"]
    blocks = []
    for k in range(table.n_sweeps):
        columns = [np.full(table.n_values, float(k)), *(_column(table, name, k) for name in names)]
        blocks.append(np.column_stack(columns))
    return ["sweep", *names], np.concatenate(blocks)


def _side_by_side(table: Table) -> tuple[list[str], np.ndarray]:
    """Return numbered columns."""
    names, columns = [], []
    for name in table.columns:
        if name == "time":
            if table.has_times:
                names.append(name)
                columns.append(_column(table, name, 0))
            continue
        for k in range(table.n_sweeps):
            names.append(name if table.n_sweeps == 1 else f"{name}{k + 1}")
            columns.append(_column(table, name, k))
    return names, np.column_stack(columns)


def _column(table: Table, name: str, sweep: int) -> np.ndarray:
    if name == "time":
        return np.arange(table.n_values) * table.dt * 1e3
    return 1e3 * table.voltage(sweep) if name == "v" else 1e12 * table.current(sweep)


def _unit(name: str) -> str:
    return {"t": "ms", "v": "mV", "I": "pA"}.get(name[0], "")


def _heading(name: str, table: Table) -> str:
    unit = _unit(name)
    kind = "brackets" if name == "time" and table.units == "none" else table.units
    if not unit or kind in {"none", "row"}:
        return name
    return {
        "brackets": f"{name}[{unit}]",
        "parentheses": f"{name}({unit})",
        "underscore": f"{name}_{unit}",
    }[kind]
