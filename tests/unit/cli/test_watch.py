"""`brianfit watch` and `brianfit runs`, as they are typed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from brianfit._foundation.store_file.requests import requests_of
from brianfit.cli.main import app
from brianfit.cli.terminal import BAD_INPUT
from brianfit.results import open_store
from tests.unit.watching.written import write_store


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deeper").mkdir()
    write_store(tmp_path / "cell.fit")
    write_store(tmp_path / "deeper" / "other.fit", is_over=False)
    return tmp_path


def run(*arguments: str, code: int = 0) -> Result:
    found = CliRunner().invoke(app, list(arguments))
    assert found.exit_code == code, found.output
    return found


def test_one_frame_is_printed_without_colours_where_there_is_no_terminal(folder: Path) -> None:
    shown = run("watch", "cell.fit").stdout

    assert shown.startswith("cell.fit  ended")
    assert "error 1\n" in shown
    assert "\x1b" not in shown


def test_machines_get_all_stores_of_a_folder(folder: Path) -> None:
    found = json.loads(run("watch", "--json").stdout)["stores"]

    assert [(one["store"], one["state"], one["error"]) for one in found] == [
        ("cell.fit", "ended", 1.0),
        ("deeper/other.fit", "killed", 1.0),
    ]
    assert found[0]["parameters"]["g_L"]["value"] == "10 nS"


def test_a_fit_that_is_not_there_yet_is_waited_for(folder: Path) -> None:
    assert "not begun" in run("watch", "later.fit", "--once").stdout


def test_the_table_of_runs_has_a_line_for_every_store(folder: Path) -> None:
    lines = run("runs").stdout.splitlines()

    assert lines[0].split()[:4] == ["store", "cell", "model", "state"]
    assert [line.split()[0] for line in lines[1:]] == ["cell.fit", "deeper/other.fit"]
    assert "2 sweeps" in lines[1]
    assert "v (g_L, C)" in lines[1]
    assert len(json.loads(run("runs", "--json").stdout)["stores"]) == 2


def test_fits_under_way_are_asked_and_others_are_said_not_to_be(folder: Path) -> None:
    with open_store(folder / "cell.fit"):
        told = run("watch", "cell.fit", "--stop", "--add-rounds", "5").stdout

        assert "asked to stop after its round and for 5 more rounds" in told
        assert json.loads(requests_of(folder / "cell.fit").read_text())["rounds"] == 5
    assert "none to ask" in run("watch", "--stop", code=BAD_INPUT).stdout


@pytest.mark.slow
def test_watching_starts_without_brian(folder: Path) -> None:
    code = (
        "import sys; from brianfit.cli.main import app\n"
        "try: app(['watch', '--once'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'brian2', 'scipy', 'matplotlib', 'pandas', 'numba'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"
