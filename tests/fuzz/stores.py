"""Stores from a stranger: ``python -m tests.fuzz.stores [cases]``.

Texts, values, arrays and definitions of a store are replaced by hostile ones, with digests that
fit. Whatever is read from it, written out of it or gone on with is refused by an error of brianfit,
or comes to its end; and no text becomes code, a tag, a formula. Prints how often which was so.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from brianfit._foundation.errors import BrianfitError
from brianfit.fitting.after.brian_script import brian_script
from brianfit.fitting.studies.resume import resume
from brianfit.results import FitResult, load
from brianfit.results.export import as_csv, as_json
from tests.faults.cell import fit
from tests.faults.forged import reseal
from tests.fuzz.hostile import TEXTS, escapes_csv, escapes_html, escapes_python, with_replaced

Generator = np.random.Generator

ODD_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, 10**30, "", [], {}, [[]], {"a": 1}, "spikes", "v",
    {"$": "number", "is": "nan"}, {"$": "number", "is": "inf"}, {"$": "number", "is": "x"},
    {"$": "array", "name": "0" * 64}, {"$": "array", "name": []}, {"$": "nothing"},
    {"$": "unknown", "text": "__import__('os').abort()"}, {"$": "tuple", "items": 3},
    {"$": "quantity", "value": "a", "powers": [1, 2]}, {"$": "dimension", "powers": "abc"},
    {"$": "quantity", "value": 1.0, "powers": [1e9] * 7}, {"$": "mapping", "items": [[[], 1]]},
    {"$": "record", "kind": "FitResult", "fields": {}}, {"$": "record", "kind": "Unknown"},
    "0*9**9**9**9*amp", "volt**9**9**9**9", "(" * 3000, "1 " * 2000, "x" * 100_000,
)  # fmt: skip

STATEMENTS = (
    "CREATE VIEW more AS WITH RECURSIVE c(x) AS (SELECT 1 UNION SELECT x+1 FROM c) SELECT x FROM c",
    "CREATE TRIGGER more AFTER UPDATE ON about BEGIN DELETE FROM rounds; END",
    "CREATE VIRTUAL TABLE more USING fts5(x)",
    "CREATE INDEX more ON rounds (abs(seconds))",
    "ALTER TABLE rounds ADD COLUMN more TEXT GENERATED ALWAYS AS (zeroblob(999999999))",
    "DROP TABLE heads",
    "UPDATE rounds SET samples = zeroblob(50000000)",
    "UPDATE rounds SET number = number + 10",
    "UPDATE rounds SET iteration = 9223372036854775807",
    "UPDATE rounds SET kind = zeroblob(10)",
    "UPDATE rounds SET seconds = 9e999",
    "UPDATE rounds SET answers = zeroblob(100)",
    "UPDATE rounds SET trace_errors = samples",
    "UPDATE rounds SET part_errors = samples",
    "INSERT INTO fits SELECT 3, problem, problem_digest, summary, summary_digest FROM fits",
    "UPDATE fits SET problem = summary",
    "UPDATE arrays SET npy = (SELECT samples FROM rounds)",
    "PRAGMA user_version = 1",
    "UPDATE about SET value = zeroblob(1000000)",
)  # fmt: skip


def try_stores(folder: Path, generator: Generator, n_cases: int) -> Counter[str]:
    """Read, write out and go on with hostile stores; return how often what came of it.

    Raises
    ------
    AssertionError
        If a text left its place.
    """
    original = folder / "original.fit"
    fit(original, n_rounds=2)
    outcomes: Counter[str] = Counter()
    for _ in range(n_cases):
        store = Path(shutil.copy(original, folder / "hostile.fit"))
        with closing(sqlite3.connect(store)) as connection, connection:
            _CHANGES[int(generator.integers(len(_CHANGES)))](connection, generator)
        outcomes.update(_tried(store, is_thorough=generator.random() < 0.2))
    return outcomes


def _tried(store: Path, *, is_thorough: bool) -> list[str]:
    try:
        result = load(store).result
    except BrianfitError:
        return ["not read"]
    outcomes = ["read"]
    for name, (make, escapes) in _OUTPUTS.items():
        if name != "report" or is_thorough:
            outcomes.append(_written(name, make, escapes, result, store))
    if is_thorough:
        outcomes.append(_gone_on(store))
    return outcomes


def _written(
    name: str,
    make: Callable[[FitResult, Path], str],
    escapes: Callable[[str], bool],
    result: FitResult,
    store: Path,
) -> str:
    try:
        text = make(result, store)
    except BrianfitError:
        return f"{name} refused"
    assert not escapes(text), f"a text left its place in the {name}"
    return f"{name} written"


def _gone_on(store: Path) -> str:
    try:
        resume(store, 3, callback=None)
    except BrianfitError:
        return "not gone on with"
    return "gone on with"


def _report(result: FitResult, store: Path) -> str:
    return result.report(store.with_suffix(".html")).read_text(encoding="utf-8")


_OUTPUTS: dict[str, tuple[Callable[[FitResult, Path], str], Callable[[str], bool]]] = {
    "script": (lambda result, _: brian_script(result), escapes_python),
    "table": (lambda result, _: as_csv(result), escapes_csv),
    "JSON": (lambda result, _: as_json(result), lambda text: not json.loads(text)),
    "summary": (lambda result, _: str(result), lambda _: False),
    "report": (_report, escapes_html),
}


def _change_text(connection: sqlite3.Connection, generator: Generator) -> None:
    _replace(connection, generator, TEXTS)


def _change_value(connection: sqlite3.Connection, generator: Generator) -> None:
    _replace(connection, generator, ODD_VALUES, anywhere=True)


def _replace(
    connection: sqlite3.Connection,
    generator: Generator,
    values: tuple[Any, ...],
    *,
    anywhere: bool = False,
) -> None:
    column = ("problem", "summary")[int(generator.integers(2))]
    text = connection.execute(f"SELECT {column} FROM fits").fetchone()[0]
    value = values[int(generator.integers(len(values)))]
    changed = with_replaced(text, value, generator, anywhere=anywhere)
    connection.execute(f"UPDATE fits SET {column} = ?", (changed,))
    reseal(connection)


def _change_definition(connection: sqlite3.Connection, generator: Generator) -> None:
    connection.execute(STATEMENTS[int(generator.integers(len(STATEMENTS)))])
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'heads'").fetchone():
        reseal(connection)


def _change_blob(connection: sqlite3.Connection, generator: Generator) -> None:
    column = ("samples", "trace_errors")[int(generator.integers(2))]
    number, blob = connection.execute(f"SELECT number, {column} FROM rounds").fetchone()
    changed = bytearray(blob)
    for _ in range(int(generator.integers(1, 4))):
        changed[int(generator.integers(min(len(changed), 128)))] = int(generator.integers(256))
    connection.execute(f"UPDATE rounds SET {column} = ? WHERE number = ?", (changed, number))
    reseal(connection)


_CHANGES = (_change_text, _change_text, _change_value, _change_value, _change_definition,
            _change_blob)  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=int, nargs="?", default=300)
    wanted = parser.parse_args().cases
    with tempfile.TemporaryDirectory() as place:
        counted = try_stores(Path(place), np.random.default_rng(1), wanted)
    print(f"{wanted} hostile stores: {dict(counted)}")  # noqa: T201 - a figure
