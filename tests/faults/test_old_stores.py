"""Stores that an older brianfit wrote: they are read, with a note, and brought up to date."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from brianfit._foundation.errors import StoreError
from brianfit.results import load, open_store
from tests.faults.cell import assert_same_numbers


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a store of version 1: five rounds of the fit in `cell`."""
    return Path(shutil.copy(Path(__file__).with_name("version_1.fit"), tmp_path / "old.fit"))


def test_a_store_of_version_1_is_read_with_a_note(
    old: Path, caplog: pytest.LogCaptureFixture
) -> None:
    content = old.read_bytes()

    result = load(old).result

    assert result.history.n_rounds == 5
    assert result.error == result.history.errors.min()
    assert "its texts (model, parameters, result) have none" in caplog.text
    assert old.read_bytes() == content


def test_a_store_of_version_1_is_brought_up_to_date_when_it_is_written_to(
    old: Path, caplog: pytest.LogCaptureFixture
) -> None:
    expected = load(old).result
    with open_store(old):
        pass
    caplog.clear()

    found = load(old).result

    assert_same_numbers(found, expected)
    assert not caplog.text


def test_a_damaged_store_of_version_1_is_left_as_it_is(old: Path) -> None:
    with sqlite3.connect(old) as connection:
        connection.execute("UPDATE rounds SET samples = zeroblob(99) WHERE number = 3")
    content = old.read_bytes()

    with pytest.raises(StoreError, match="Round 3 .* is damaged"), open_store(old):
        pass

    assert old.read_bytes() == content
