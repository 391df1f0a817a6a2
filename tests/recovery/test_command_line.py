"""From a file of an amplifier to a page, without Python and without editing anything."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from brianfit.cli.main import app

pytestmark = [pytest.mark.slow, pytest.mark.needs_shared]


def run(*arguments: str) -> str:
    found = CliRunner().invoke(app, list(arguments))
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    assert found.exit_code == 0, found.output
    return found.stdout


@pytest.mark.parametrize(
    "file",
    [
        pytest.param("abf/171116sh_0018.abf", marks=pytest.mark.needs_package("neo")),
        pytest.param("nwb/99111002.nwb", marks=pytest.mark.needs_package("pynwb")),
    ],
)
def test_a_real_file_becomes_a_report(
    file: str, shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    suffix = Path(file).suffix
    shutil.copyfile(shared_data / "data" / file, f"cell{suffix}")

    run("init", f"cell{suffix}")
    fitted = json.loads(run("fit", "cell.toml", "--json", "--rounds", "3"))
    run("report")

    assert fitted["error"] is not None
    assert fitted["n_rounds"] == 3
    held_out = [row["sweep"] for row in fitted["spike_counts"] if row["held_out"]]
    assert held_out
    page = Path("cell.html").read_text(encoding="utf-8")
    assert all(sweep in page for sweep in held_out)


@pytest.mark.needs_package("neo")
def test_the_model_of_the_abf_file_is_changed_by_its_name_alone(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(shared_data / "data" / "abf" / "171116sh_0018.abf", "cell.abf")
    run("init", "cell.abf")
    problem = Path("cell.toml")

    written = problem.read_text()
    assert 'name = "adex_gm"' in written
    problem.write_text(written.replace('name = "adex_gm"', 'name = "lif"'))

    assert json.loads(run("fit", "cell.toml", "--json", "--rounds", "1"))["n_rounds"] == 1
