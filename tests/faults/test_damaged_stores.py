"""Stores that are damaged: what is read is right, and what can be read is saved."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from brianfit._foundation.errors import StoreError
from brianfit.results import load, recover
from tests.faults.cell import assert_same_numbers, fit


@pytest.mark.parametrize("fraction", [0.0, 0.3, 0.6, 0.9])
def test_a_damaged_store_is_never_read_as_other_numbers(begun: Path, fraction: float) -> None:
    expected = load(begun).result
    content = bytearray(begun.read_bytes())
    first = int(fraction * len(content))
    content[first : first + 600] = bytes(600)
    begun.write_bytes(content)

    try:
        found = load(begun).result
    except StoreError:
        return
    assert_same_numbers(found, expected)


def test_rounds_before_the_damage_are_saved(begun: Path, tmp_path: Path) -> None:
    with sqlite3.connect(begun) as connection:
        connection.execute("UPDATE rounds SET samples = zeroblob(200) WHERE number = 3")
    with pytest.raises(StoreError, match=r"Round 3 .*is damaged.*recover"):
        fit(begun)

    saved = recover(begun, tmp_path / "saved.fit")

    assert saved == 3
    assert_same_numbers(fit(tmp_path / "saved.fit"), fit())


def test_rounds_of_a_file_that_ends_too_early_are_saved(tmp_path: Path) -> None:
    store = tmp_path / "cell.fit"
    expected = fit(store)
    content = store.read_bytes()
    store.write_bytes(content[: int(0.9 * len(content))])
    with pytest.raises(StoreError, match=r"is damaged\. brianfit\.recover"):
        load(store)

    saved = recover(store, tmp_path / "saved.fit")

    assert saved > 0
    assert_same_numbers(fit(tmp_path / "saved.fit"), expected)


def test_rounds_are_saved_without_a_result_that_is_lost(begun: Path, tmp_path: Path) -> None:
    with sqlite3.connect(begun) as connection:
        connection.execute("UPDATE fits SET summary = 'nonsense'")

    saved = recover(begun, tmp_path / "saved.fit")

    assert saved == 5
    with pytest.raises(StoreError, match="cannot be read: it was lost .* Call fit once more"):
        load(tmp_path / "saved.fit")
    assert_same_numbers(fit(tmp_path / "saved.fit"), fit())
    assert load(tmp_path / "saved.fit").result.history.n_rounds == 12


def test_what_holds_nothing_any_more_is_said(begun: Path, tmp_path: Path) -> None:
    content = begun.read_bytes()
    begun.write_bytes(content[: len(content) // 4])

    with pytest.raises(StoreError, match="Nothing can be saved of the store"):
        recover(begun, tmp_path / "saved.fit")

    assert not (tmp_path / "saved.fit").exists()


def test_text_that_is_damaged_is_not_shown_at_length(begun: Path) -> None:
    with sqlite3.connect(begun) as connection:
        connection.execute("UPDATE fits SET problem = CAST(x'22ff' || zeroblob(999) AS TEXT)")

    with pytest.raises(StoreError, match="is damaged") as problem:
        load(begun)

    assert len(str(problem.value)) < 400


def test_a_missing_round_is_noticed(begun: Path) -> None:
    with sqlite3.connect(begun) as connection:
        connection.execute("DELETE FROM rounds WHERE number = 2")

    with pytest.raises(StoreError, match="Round 2 is missing"):
        load(begun)
