"""What a store holds, how it is exported, and what it refuses."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from brianfit._foundation.errors import InvalidValueError, StoreError
from brianfit.results import StoredRound, load, merge, open_store
from brianfit.results.store import database
from brianfit.results.store.rows import array_of, npy
from tests.faults.cell import fit
from tests.faults.forged import forge
from tests.unit.plots.fitted import result


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "cell.fit"
    fit(path, n_rounds=3)
    return path


def test_a_table_has_a_row_for_every_evaluation(store: Path) -> None:
    table = load(store).table(by_trace=True)

    assert list(table.columns) == [
        "fit", "seed", "round", "sample", "x", "y", "error", "error_v_trace_0", "error_v_trace_1"
    ]  # fmt: skip
    assert len(table) == 30
    assert table["round"].tolist() == np.repeat([0, 1, 2], 10).tolist()
    assert table["sample"].tolist() == list(range(10)) * 3
    means = table[["error_v_trace_0", "error_v_trace_1"]].mean(axis=1)
    np.testing.assert_allclose(means, table["error"], rtol=1e-12)


@pytest.mark.parametrize("name", ["cell.csv", "cell.csv.gz"])
def test_a_table_is_written_as_text(store: Path, tmp_path: Path, name: str) -> None:
    found = load(store)

    found.export(tmp_path / name)

    read = pd.read_csv(tmp_path / name)
    pd.testing.assert_frame_equal(read, found.table())


@pytest.mark.needs_package("pyarrow")
def test_a_table_is_written_as_parquet(store: Path, tmp_path: Path) -> None:
    found = load(store)

    found.export(tmp_path / "cell.parquet")

    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "cell.parquet"), found.table())


def test_another_form_is_refused(store: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match=r"must end in one of \.csv"):
        load(store).export(tmp_path / "cell.xls")


def test_merging_does_not_overwrite(store: Path) -> None:
    with pytest.raises(InvalidValueError, match="exists already"):
        merge([store], store)


def test_reading_leaves_nothing_behind(store: Path) -> None:
    load(store)

    assert [path.name for path in store.parent.iterdir()] == ["cell.fit"]


def test_a_name_with_odd_characters_is_a_name(tmp_path: Path) -> None:
    path = tmp_path / "cell %3f?mode=memory#é.fit"

    fit(path, n_rounds=1)

    assert path.exists()
    assert load(path).result.history.n_rounds == 1


@pytest.mark.parametrize("dtype", [np.float64, np.int32, bool])
def test_arrays_come_back_from_npy(dtype: type) -> None:
    array = np.arange(6).reshape(2, 3).astype(dtype)

    found = array_of(npy(array))

    assert found.dtype == array.dtype
    np.testing.assert_array_equal(found, array)


def test_arrays_of_objects_are_never_unpickled(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> object:
            return (Path(tmp_path / "exploded").touch, ())

    np.save(tmp_path / "bomb.npy", np.array([Bomb()], dtype=object), allow_pickle=True)

    with pytest.raises(StoreError, match="cannot be read"):
        array_of((tmp_path / "bomb.npy").read_bytes())

    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE fits SET problem = '{}'", "problem of fit 0 .* is damaged"),
        ("UPDATE fits SET summary = '{}'", "result of fit 0 .* is damaged"),
        ("UPDATE rounds SET seconds = 0.5 WHERE number = 1", "Round 1 .* is damaged"),
        ("UPDATE rounds SET kind = 'refine' WHERE number = 1", "Round 1 .* is damaged"),
        ("DELETE FROM rounds WHERE number = 2", "had other rounds than the 2"),
        ("DELETE FROM fits", "A fit is missing"),
        ("DELETE FROM arrays", "array is missing"),
        ("UPDATE arrays SET npy = zeroblob(300)", "cannot be read"),
        ("DROP TABLE rounds", "the table 'rounds' is missing"),
        ("UPDATE rounds SET samples = 'text'", "is damaged"),
    ],
)
def test_a_store_that_was_tampered_with_is_refused(
    store: Path, statement: str, message: str
) -> None:
    with sqlite3.connect(store) as connection:
        connection.execute(statement)

    with pytest.raises(StoreError, match=message):
        load(store)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE fits SET problem = '{}'", "problem of a fit cannot be read"),
        ("UPDATE fits SET problem = 'import os'", "cannot be read"),
        ("UPDATE fits SET summary = '{}'", "result of a fit cannot be read"),
        ("UPDATE fits SET summary = json_set(summary, '$.error', 'low')", "error is damaged"),
        ("UPDATE fits SET summary = json_set(summary, '$.best_values.z', 1)", "without units"),
        ("UPDATE fits SET problem = replace(problem, '\"x\"', '\"x;\"')", "cannot be the name"),
        ("UPDATE rounds SET samples = 'text'", "is damaged"),
    ],
)
def test_a_store_that_was_forged_is_refused(store: Path, statement: str, message: str) -> None:
    forge(store, statement)

    with pytest.raises(StoreError, match=message):
        load(store)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW more AS SELECT 1",
        "CREATE TRIGGER more AFTER INSERT ON rounds BEGIN SELECT 1; END",
        "CREATE TABLE more (x)",
        "CREATE INDEX more ON rounds (seconds)",
    ],
)
def test_a_store_with_more_than_its_tables_is_refused(store: Path, statement: str) -> None:
    with sqlite3.connect(store) as connection:
        connection.execute(statement)

    with pytest.raises(StoreError, match="'more' is none of a store"):
        load(store)


def test_writing_is_never_broken_off_for_taking_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Every statement looks at the clock, on which a day goes by once the store is open.
    hours = [0.0]
    monkeypatch.setattr(database, "_STEPS_BETWEEN_LOOKS", 1)
    monkeypatch.setattr(database.time, "monotonic", lambda: 3600.0 * hours[0])
    made = result()
    with open_store(tmp_path / "cell.fit") as writer:
        writer.begin_fit(made.problem, replace(made, history=replace(made.history, rounds=())))
        hours[0] = 24.0

        writer.add(0, 0, [StoredRound(round=one) for one in made.history.rounds], made)

    assert load(tmp_path / "cell.fit").result.history.n_rounds == 2
