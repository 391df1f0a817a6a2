"""Commands replace nothing that they read, and nothing that others wrote."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from brianfit.results import load, open_store
from brianfit.results.store.set_aside import OldStore
from tests.unit.cli.small_problem import PROBLEM, write_problem
from tests.unit.cli.test_commands import run

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def content_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ('csv = "cell.csv"', "[output] csv: must not be the same file as cell.csv"),
        ('report = "cell.toml"', "[output] report: must not be the same file as cell.toml"),
        ('json = "./cell.fit"', "[output] json: must not be the same file as that of `store`"),
        ('json = "cell.fit-wal"', "[output] json: must not be the same file as that of `store`"),
        (
            'json = "a"\nscript = "a"',
            "[output] script: must not be the same file as that of `json`",
        ),
        ('csv = "link.csv"', "[output] csv: must not be the same file as cell.csv"),
    ],
)
def test_an_output_that_would_overwrite_what_is_read_is_refused(
    folder: Path, output: str, words: str
) -> None:
    write_problem(folder, f"{PROBLEM}\n[output]\n{output}\n")
    os.link(folder / "cell.csv", folder / "link.csv")
    before = content_of(folder)

    found = run("fit", "cell.toml", "--force", code=2)

    assert words in found.stderr.replace("\n", " ")
    assert content_of(folder) == before


def test_a_file_of_others_is_replaced_only_by_force(folder: Path) -> None:
    write_problem(folder, f'{PROBLEM}\n[output]\njson = "notes.json"\n')
    (folder / "notes.json").write_text("mine")

    found = run("fit", "cell.toml", "-q", "--rounds", "1", code=2)
    kept = (folder / "notes.json").read_text()
    run("fit", "cell.toml", "-q", "--rounds", "1", "--force")

    assert "notes.json is there already, and brianfit did not write it" in found.stderr
    assert kept == "mine"
    assert "brianfit-result" in (folder / "notes.json").read_text()


def test_all_that_a_fit_wrote_it_writes_again(folder: Path) -> None:
    outputs = 'report = "r.html"\njson = "j.json"\ncsv = "c.csv"\nscript = "s.py"\n'
    write_problem(folder, f"{PROBLEM}\n[output]\n{outputs}")

    run("fit", "cell.toml", "-q", "--rounds", "1")
    run("fit", "cell.toml", "-q", "--rounds", "2")
    run("report", "cell.fit", "-q", "-o", "r.html", "--csv", "c.csv", "--json", "j.json")

    assert '"n_rounds": 2' in (folder / "j.json").read_text()


def test_a_simulation_does_not_overwrite_the_recording(folder: Path) -> None:
    write_problem(folder)
    run("fit", "cell.toml", "-q", "--rounds", "1")
    before = content_of(folder)["cell.csv"]

    run("simulate", "cell.fit", code=2)
    run("simulate", "cell.fit", "-o", "sim.csv", "-q")
    run("simulate", "cell.fit", "-o", "sim.csv", "-q")

    assert content_of(folder)["cell.csv"] == before


def test_a_restart_leaves_files_with_similar_names(folder: Path) -> None:
    write_problem(folder)
    run("fit", "cell.toml", "-q", "--rounds", "3")
    (folder / "cell.fit-notes.txt").write_text("mine")

    run("fit", "cell.toml", "-q", "--rounds", "1", "--restart")

    assert (folder / "cell.fit-notes.txt").read_text() == "mine"
    assert load("cell.fit").result.history.n_rounds == 1
    assert not list(folder.glob("cell.fit-old*"))


def test_a_restart_is_refused_while_another_fit_writes(folder: Path) -> None:
    write_problem(folder)
    run("fit", "cell.toml", "-q", "--rounds", "3")

    with open_store(folder / "cell.fit"):
        found = run("fit", "cell.toml", "-q", "--restart", code=2)

    assert "another fit is writing to it" in found.stderr
    assert load("cell.fit").result.history.n_rounds == 3


def test_a_restart_lets_the_old_store_go_once_the_new_one_has_a_round(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_problem(folder)
    run("fit", "cell.toml", "-q", "--rounds", "2")
    removed, forget = [], OldStore.forget

    def noted(old: OldStore) -> None:
        removed.append((old.path.exists(), load(folder / "cell.fit").result.history.n_rounds))
        forget(old)

    monkeypatch.setattr(OldStore, "forget", noted)
    run("fit", "cell.toml", "-q", "--rounds", "3", "--restart")

    assert removed[0] == (True, 1)
    assert not any(is_there for is_there, _ in removed[1:])


def test_a_restart_that_does_no_round_puts_the_old_store_back(folder: Path) -> None:
    write_problem(folder)
    run("fit", "cell.toml", "-q", "--rounds", "3")
    write_problem(folder, PROBLEM.replace("v + R*I", "v + R*I*1*nS"))

    run("fit", "cell.toml", "-q", "--restart", code=2)

    assert load("cell.fit").result.history.n_rounds == 3
    assert not list(folder.glob("cell.fit-old*"))


def begun_and_killed(store: Path) -> None:
    store.unlink()
    with open_store(store):
        pass


@pytest.mark.parametrize(
    "damage",
    [
        lambda store: store.write_bytes(store.read_bytes()[:5000]),
        lambda store: store.write_bytes(b"x" * 16 + store.read_bytes()[16:]),
        lambda store: store.write_bytes(b""),
        lambda store: sqlite3.connect(store).executescript("DELETE FROM fits").close(),
        begun_and_killed,
    ],
)
def test_a_store_that_is_damaged_or_empty_can_be_restarted(folder: Path, damage: object) -> None:
    write_problem(folder)
    run("fit", "cell.toml", "-q", "--rounds", "3")
    damage(folder / "cell.fit")  # type: ignore[operator]

    run("fit", "cell.toml", "-q", "--rounds", "1", "--restart")

    assert load("cell.fit").result.history.n_rounds == 1


def test_a_restart_does_not_remove_what_is_no_store(folder: Path) -> None:
    write_problem(folder, f'{PROBLEM}\n[output]\nstore = "notes.txt"\n')
    (folder / "notes.txt").write_text("mine")

    found = run("fit", "cell.toml", "-q", "--restart", code=2)

    assert "is not a store of brianfit" in found.stderr
    assert (folder / "notes.txt").read_text() == "mine"
