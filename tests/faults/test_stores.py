"""Stores under bad conditions: what was found stays, and the message says what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brianfit._foundation.errors import BrianfitError, FitStateError, StoreError
from brianfit._foundation.store_file import layout
from brianfit.results import load, merge, open_store
from brianfit.results.store import database
from tests.faults.cell import assert_same_numbers, fit, make_fitter, settings
from tests.faults.forged import forge


def test_a_call_is_repeated_from_the_store_without_simulating(begun: Path) -> None:
    again = fit(begun, n_rounds=5)

    assert_same_numbers(again, load(begun).result)


def test_a_larger_budget_goes_on(begun: Path) -> None:
    longer = fit(begun, n_rounds=20)

    assert longer.history.n_rounds == 20
    assert load(begun).result.history.n_rounds == 20


def test_several_calls_and_restarts_are_done_again_in_order(tmp_path: Path) -> None:
    def calls(store: Path | None, n_last: int) -> Any:
        fitter = make_fitter()
        fitter.fit(n_rounds=3, callback=None, seed=1, store=store, **settings())
        fitter.fit(n_rounds=2, callback=None)
        fitter.fit(n_rounds=n_last, callback=None, seed=2, restart=True)
        return fitter.result

    store = tmp_path / "cell.fit"
    calls(store, 2)
    resumed = calls(store, 4)

    assert_same_numbers(resumed, calls(None, 4))
    assert [found.history.n_rounds for found in load(store).results] == [5, 4]


def test_a_seed_that_was_drawn_is_kept(tmp_path: Path) -> None:
    store = tmp_path / "cell.fit"
    first = fit(store, n_rounds=2, seed=None)

    second = fit(store, n_rounds=3, seed=None)

    assert second.seed == first.seed
    np.testing.assert_array_equal(second.history.errors[:20], first.history.errors)


def test_a_store_is_read_while_the_fit_goes_on(tmp_path: Path) -> None:
    store = tmp_path / "cell.fit"
    seen: list[int] = []

    fit(store, n_rounds=3, callback=lambda *_: seen.append(load(store).result.history.n_rounds))

    assert seen == [1, 2, 3]


def test_what_a_store_tells_is_what_the_fit_told(begun: Path) -> None:
    fitter = make_fitter()
    fitter.fit(n_rounds=5, callback=None, seed=1, store=begun, **settings())

    read, told = load(begun).result, fitter.result

    assert str(read) == str(replace(told, simulate=None))  # a file cannot simulate: no verdict
    assert read.settings == told.settings
    assert read.versions == told.versions
    np.testing.assert_array_equal(read.trace_errors["v"], told.trace_errors["v"])


def test_changes_are_listed(begun: Path) -> None:
    fitter = make_fitter(scale=1.1)

    with pytest.raises(StoreError, match=r"belongs to another fit") as problem:
        fitter.fit(n_rounds=5, callback=None, seed=2, store=begun, x=[0.1, 9.0], y=[0.5, 5.0])

    assert "the recordings, sweep 0: other values of 'v'" in str(problem.value)
    assert "parameter 'x': was in [0.1, 10], log, is in [0.1, 9], linear" in str(problem.value)
    assert "the seed: was 1, is 2" in str(problem.value)
    assert load(begun).result.history.n_rounds == 5


def test_a_fit_that_began_without_the_store_of_another_is_refused(begun: Path) -> None:
    fitter = make_fitter()
    fitter.fit(n_rounds=1, callback=None, seed=1, **settings())

    with pytest.raises(StoreError, match="holds a fit already"):
        fitter.fit(n_rounds=1, callback=None, store=begun)


def test_a_fit_under_way_can_be_given_a_new_store(tmp_path: Path) -> None:
    fitter = make_fitter()
    fitter.fit(n_rounds=2, callback=None, seed=1, **settings())

    fitter.fit(n_rounds=1, callback=None, store=tmp_path / "late.fit")

    assert_same_numbers(load(tmp_path / "late.fit").result, fitter.result)


def test_a_store_of_a_newer_version_is_refused_by_name(begun: Path) -> None:
    with sqlite3.connect(begun) as connection:
        connection.execute(f"PRAGMA user_version = {layout.VERSION + 1}")
        connection.execute("UPDATE about SET value = '9.9' WHERE key = 'brianfit'")

    with pytest.raises(StoreError, match=r"written by brianfit 9\.9.*pip install --upgrade"):
        load(begun)
    with pytest.raises(StoreError, match=r"written by brianfit 9\.9"):
        fit(begun)


def test_fields_that_an_older_version_did_not_have_get_their_defaults(begun: Path) -> None:
    forge(
        begun,
        "UPDATE fits SET summary = json_remove(summary, '$.refinement'), "
        "problem = json_remove(problem, '$.fields.parameters.items[0].fields.is_integer')",
    )

    result = load(begun).result

    assert not result.refinement
    assert result.problem is not None
    assert result.problem.parameters[0].is_integer is False


@pytest.mark.parametrize("path", ["", 3, "a\0b", None])
def test_what_is_no_path_is_refused(path: Any) -> None:
    if path is None:
        pytest.skip("no store was asked for")

    with pytest.raises(BrianfitError, match="`store` must be the path of a file"):
        fit(path)


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no folder .*Make it first"):
        fit(tmp_path / "nowhere" / "cell.fit")


def test_a_folder_in_the_place_of_the_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder; name a file"):
        fit(tmp_path)


def test_another_file_is_not_overwritten(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("precious")

    with pytest.raises(StoreError, match="is not a store of brianfit"):
        fit(text)

    assert text.read_text() == "precious"


def test_another_database_is_not_touched(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE mine (x)")

    with pytest.raises(StoreError, match="no store of brianfit"):
        fit(other)


def test_a_file_that_cannot_be_opened_is_reported() -> None:
    with pytest.raises(StoreError, match="Cannot .* the store"):
        fit(Path("/proc/cell.fit"))


def test_a_second_fit_on_the_same_store_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    store = tmp_path / "cell.fit"

    refused = pytest.raises(StoreError, match=f"another fit is writing.*process {os.getpid()}")
    with open_store(store), refused:
        fit(store)


def test_a_store_locked_by_another_process_is_refused(tmp_path: Path) -> None:
    store = tmp_path / "cell.fit"
    script = (
        "import sys; from brianfit.results import open_store\n"
        f"with open_store({str(store)!r}):\n    print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"

        with pytest.raises(StoreError, match="another fit is writing"):
            fit(store)
        holder.kill()

    fit(store, n_rounds=1)
    assert not (tmp_path / "cell.fit-lock").exists()


def test_two_processes_do_not_both_write(begun: Path) -> None:
    outcomes: list[str] = []

    def attempt() -> None:
        try:
            with open_store(begun):
                outcomes.append("wrote")
                time.sleep(0.2)
        except StoreError:
            outcomes.append("refused")

    threads = [threading.Thread(target=attempt) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["refused", "refused", "wrote"]


def test_a_full_disk_ends_the_fit_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "cell.fit"
    expected = fit(n_rounds=30)
    plain = database.connect_to_write

    def on_a_small_disk(path: Path) -> database.Database:
        found = plain(path)
        found.connection.execute("PRAGMA max_page_count = 17")
        return found

    monkeypatch.setattr("brianfit.results.store.writing.connect_to_write", on_a_small_disk)
    fitter = make_fitter()
    with pytest.raises(StoreError, match=r"Cannot write round \d+ .*the disk is full.*Free some"):
        fitter.fit(n_rounds=30, callback=None, seed=1, store=store, **settings())
    in_memory = fitter.result.history.n_rounds
    in_store = load(store).result.history.n_rounds
    monkeypatch.undo()

    fitter.fit(n_rounds=30 - in_memory, callback=None, store=store)

    assert 0 < in_store == in_memory - 1
    assert_same_numbers(fitter.result, expected)
    assert_same_numbers(load(store).result, expected)
    assert_same_numbers(fit(store, n_rounds=30), expected)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for the superuser")
def test_a_store_in_a_read_only_folder_is_read_but_not_written(begun: Path) -> None:
    begun.chmod(0o400)
    begun.parent.chmod(0o500)

    try:
        found = load(begun).result
        with pytest.raises(StoreError, match="cannot be"):
            fit(begun)
    finally:
        begun.parent.chmod(0o700)

    assert found.history.n_rounds == 5


def test_a_store_is_read_where_no_files_can_be_made(begun: Path, tmp_path: Path) -> None:
    # As in a folder without permission to write: the database alone, opened as immutable.
    copy = tmp_path / "copy.fit"
    shutil.copy(begun, copy)
    connection = sqlite3.connect(f"file:{copy}?mode=ro&immutable=1", uri=True)

    count = connection.execute("SELECT count(*) FROM rounds").fetchone()[0]
    connection.close()

    assert count == 5


def test_other_samples_than_those_in_the_store_are_refused(begun: Path) -> None:
    forge(begun, "UPDATE rounds SET iteration = 7 WHERE number = 2")

    with pytest.raises(StoreError, match="had the iteration 7, but now it is 2"):
        fit(begun)


def test_a_clock_that_jumps_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter(range(10**9, 0, -(10**6)))
    monkeypatch.setattr(time, "time", lambda: float(next(moments)))

    found = fit(tmp_path / "cell.fit")

    monkeypatch.undo()
    assert found.history.seconds >= 0
    assert_same_numbers(load(tmp_path / "cell.fit").result, fit())


def test_a_refined_sample_is_kept(tmp_path: Path) -> None:
    fitter = make_fitter()
    fitter.fit(n_rounds=2, callback=None, seed=1, store=tmp_path / "cell.fit", **settings())

    fitter.refine(callback=None)

    kept = load(tmp_path / "cell.fit").result
    assert kept.refinement == fitter.result.refinement
    assert kept.best_values == fitter.result.best_values


def test_fits_of_several_stores_are_merged(tmp_path: Path) -> None:
    stores = [tmp_path / f"seed{seed}.fit" for seed in (1, 2)]
    for seed, store in enumerate(stores, start=1):
        fit(store, n_rounds=2, seed=seed)
    shutil.copy(stores[0], tmp_path / "longer.fit")
    fit(tmp_path / "longer.fit", n_rounds=4)

    merge([*stores, tmp_path / "longer.fit"], tmp_path / "all.fit")

    found = load(tmp_path / "all.fit")
    assert [result.seed for result in found.results] == [1, 2]
    assert [result.history.n_rounds for result in found.results] == [4, 2]
    assert found.best.error == min(result.error for result in found.results)


def test_an_empty_store_has_no_result(tmp_path: Path) -> None:
    with open_store(tmp_path / "cell.fit"):
        pass

    with pytest.raises(StoreError, match="has no fit yet"):
        load(tmp_path / "cell.fit")


def test_a_store_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no store"):
        load(tmp_path / "cell.fit")


def test_a_fit_that_was_never_begun_cannot_be_asked(tmp_path: Path) -> None:
    with pytest.raises(FitStateError, match="call fit"):
        _ = make_fitter().result
