"""Somebody removes, moves or replaces the files of a store while a fit writes to it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from brianfit._foundation.errors import StoreError
from brianfit.results import load
from tests.faults.cell import assert_same_numbers, fit


def _after_round(number: int, attack: Callable[[], object]) -> Callable[..., None]:
    def callback(*arguments: Any) -> None:
        if arguments[4] == number:
            attack()

    return callback


def _remove_all(store: Path) -> None:
    for file in store.parent.iterdir():
        file.unlink()


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        (Path.unlink, "was removed or moved"),
        (_remove_all, "was removed or moved"),
        (lambda store: store.rename(store.with_name("moved.fit")), "was removed or moved"),
        (lambda store: Path(f"{store}-wal").unlink(), "The journal .* was removed"),
        (lambda store: Path(f"{store}-lock").unlink(), ""),
    ],
)
def test_a_store_that_is_taken_away_is_written_again(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    attack: Callable[[Path], object],
    said: str,
) -> None:
    store = tmp_path / "cell.fit"
    expected = fit()

    fit(store, callback=_after_round(5, lambda: attack(store)))

    assert_same_numbers(load(store).result, expected)
    assert re.search(said, caplog.text)


def test_a_store_in_whose_place_another_file_is_put_is_saved_beside_it(tmp_path: Path) -> None:
    store = tmp_path / "cell.fit"

    def replace() -> None:
        store.unlink()
        store.write_text("mine")

    with pytest.raises(StoreError, match=r"Another file was put .* are in '.*cell.fit-saved1'"):
        fit(store, callback=_after_round(5, replace))

    assert store.read_text() == "mine"
    assert load(tmp_path / "cell.fit-saved1").result.history.n_rounds == 6
    assert_same_numbers(fit(tmp_path / "cell.fit-saved1"), fit())


def test_a_journal_that_is_cut_short_ends_the_fit_at_once(tmp_path: Path) -> None:
    store = tmp_path / "cell.fit"

    with pytest.raises(StoreError, match="journal .* was cut short"):
        fit(store, callback=_after_round(5, lambda: os.truncate(f"{store}-wal", 0)))
