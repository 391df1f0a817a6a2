"""The commands, from a recording to a report."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from brianfit import library
from brianfit.cli.main import app
from brianfit.cli.problem_file.problem import read_problem_file
from brianfit.cli.terminal import BAD_INPUT
from brianfit.results import load
from tests.unit.cli.small_problem import PROBLEM, TRUTH, write_problem


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, code: int = 0) -> Result:
    found = CliRunner().invoke(app, list(arguments))
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    assert found.exit_code == code, found.output
    return found


@pytest.mark.slow
def test_a_fit_finds_the_parameters_and_keeps_its_result(folder: Path) -> None:
    write_problem(folder)

    found = run("fit", "cell.toml", "--rounds", "30", "--json")

    result = json.loads(found.stdout)
    assert result["parameters"]["R"]["value"] == pytest.approx(TRUTH["R"], rel=0.02)
    assert result["parameters"]["EL"]["value"] == pytest.approx(TRUTH["EL"], abs=1e-4)
    assert result["parameters"]["tau"]["is_free"] is False
    assert result["n_rounds"] == 30
    assert load(folder / "cell.fit").result.error == pytest.approx(result["error"])


def test_a_quiet_fit_prints_the_result_only(folder: Path) -> None:
    write_problem(folder)

    found = run("fit", "cell.toml", "--quiet")

    assert found.stdout.startswith("Fit of 2 parameters\n")
    assert found.stderr == ""


def test_a_fit_goes_on_where_it_stopped_and_restarts_on_request(folder: Path) -> None:
    write_problem(folder)

    run("fit", "cell.toml", "-q")
    run("fit", "cell.toml", "-q", "--rounds", "6")
    assert load("cell.fit").result.history.n_rounds == 6
    run("fit", "cell.toml", "-q", "--rounds", "2", "--restart")

    assert load("cell.fit").result.history.n_rounds == 2


def test_resume_adds_rounds_with_the_same_numbers(folder: Path) -> None:
    write_problem(folder)
    run("fit", "cell.toml", "-q", "--rounds", "5")
    straight = load("cell.fit").result.history.errors
    run("fit", "cell.toml", "-q", "--rounds", "2", "--restart")

    found = run("resume", "cell.fit", "--rounds", "5", "--json")

    assert json.loads(found.stdout)["n_rounds"] == 5
    np.testing.assert_array_equal(load("cell.fit").result.history.errors, straight)


def test_the_seed_of_the_command_line_replaces_that_of_the_file(folder: Path) -> None:
    write_problem(folder)

    found = run("fit", "cell.toml", "--json", "--seed", "7", "--rounds", "1")

    assert json.loads(found.stdout)["seed"] == 7


@pytest.mark.slow
def test_refining_ends_at_the_truth(folder: Path) -> None:
    write_problem(folder, PROBLEM.replace("seed = 1", "seed = 1\nrefine = true"))

    found = run("fit", "cell.toml", "--json")

    result = json.loads(found.stdout)
    assert result["parameters"]["R"]["value"] == pytest.approx(TRUTH["R"], rel=1e-4)


def test_files_that_are_asked_for_are_written(folder: Path) -> None:
    outputs = '[output]\njson = "a.json"\ncsv = "a.csv"\nscript = "a.py"\nstore = "b.fit"\n'
    write_problem(folder, PROBLEM + outputs)

    run("fit", "cell.toml", "-q")

    assert json.loads((folder / "a.json").read_text())["format"] == "brianfit-result-1"
    table = pd.read_csv(folder / "a.csv")
    assert list(table.columns) == ["round", "EL [V]", "R [ohm]", "error [V^2]"]
    assert len(table) == load("b.fit").result.history.n_evaluations
    compile((folder / "a.py").read_text(), "a.py", "exec")


@pytest.mark.slow
def test_report_takes_the_newest_result_and_the_sweeps_left_out(folder: Path) -> None:
    write_problem(folder)
    run("fit", "cell.toml", "-q")

    found = run("report", "--json", "a.json")

    page = (folder / "cell.html").read_text(encoding="utf-8")
    assert "report: cell.html" in found.output
    assert (folder / "a.json").exists()
    assert "sweep 1" in page
    assert "brianfit fit cell.toml" in page


def test_simulate_writes_traces_in_columns_with_units(folder: Path) -> None:
    write_problem(folder)
    run("fit", "cell.toml", "-q")

    run("simulate", "cell.fit", "--recording", "cell.csv", "-o", "model.csv")

    table = pd.read_csv(folder / "model.csv")
    assert list(table.columns) == ["time [s]", "v 0 [V]", "v 1 [V]"]
    assert len(table) == 200


@pytest.mark.slow
def test_init_writes_a_problem_file_that_runs(folder: Path) -> None:
    write_problem(folder)
    (folder / "cell.toml").unlink()

    run("init", "cell.csv", "--model", "lif")
    found = run("fit", "cell.toml", "--rounds", "1", "--json")

    assert (folder / "cell.html").exists()
    assert json.loads(found.stdout)["n_rounds"] == 1


def test_init_writes_down_what_a_bare_file_does_not_tell(folder: Path) -> None:
    write_problem(folder)
    table = pd.read_csv("cell.csv")
    table[["v 0 [mV]"]].to_csv("v.csv", index=False, header=["v"])
    table[["I 0 [pA]"]].to_csv("i.csv", index=False, header=["I"])
    told = ("--unit", "v=mV", "--unit", "I=pA", "--dt", "0.5 ms", "--stimulus", "i.csv")

    run("init", "v.csv", *told, "--model", "lif")

    problem = read_problem_file(folder / "v.toml")
    (sweep,) = problem.recordings
    assert sweep.dt == pytest.approx(0.5e-3)
    np.testing.assert_allclose(sweep.inputs["I"] * 1e12, table["I 0 [pA]"])


def test_inspect_tells_people_and_machines(folder: Path) -> None:
    write_problem(folder)

    found = run("inspect", "cell.csv", "--plot", "a.png")
    described = json.loads(run("inspect", "cell.csv", "--json").stdout)

    assert "2 sweeps of I [A], v [V]" in found.stdout
    assert (folder / "a.png").read_bytes().startswith(b"\x89PNG")
    assert "voltage at the start" in found.stdout
    assert described["cell"]["holding current"].endswith(" pA")
    assert described["units"] == {"I": "A", "v": "V"}
    assert described["sweeps"][1]["values"] == {"I": 200, "v": 200}


def test_a_warning_is_one_line_and_no_result(folder: Path) -> None:
    (folder / "cell.csv").write_text("time [ms],v [mV]\n0,-70\n1,-70\n2,-69\n")

    found = run("inspect", "cell.csv")

    assert found.stderr.startswith("Warning: There is no stimulus in the file")
    assert "Warning" not in found.stdout


def test_models_lists_all_and_shows_one() -> None:
    listed = run("models").stdout
    described = json.loads(run("models", "adex", "--json").stdout)

    assert all(name in listed for name in library.names())
    assert "Brette" in run("models", "adex").stdout
    assert described["parameters"]["tau_m"] == "1 ms ... 100 ms"


@pytest.mark.slow
def test_doctor_says_whether_the_engines_agree() -> None:
    found = json.loads(run("doctor", "--json").stdout)

    assert found["engines"]["agree"] is True
    assert found["versions"]["brian2"]
    assert found["threads"]["used"] >= 1
    assert set(found["readers"].values()) == {"installed"}


@pytest.mark.slow
def test_doctor_says_what_to_do_next_with_a_file(folder: Path) -> None:
    write_problem(folder)
    good, bad = str(folder / "cell.csv"), str(folder / "cell.unknown")
    Path(bad).write_text("x")

    done = run("doctor", "--json", good, bad, code=BAD_INPUT)
    files = json.loads(done.stdout)["files"]

    assert files[good]["readable"] is True
    assert files[good]["to do"] == f"brianfit init {good}"
    assert files[bad]["readable"] is False
    assert "Known are .csv" in files[bad]["to do"]


@pytest.mark.slow
def test_ctrl_c_ends_the_fit_after_the_round_and_keeps_the_result(folder: Path) -> None:
    write_problem(folder, PROBLEM.replace("rounds = 4", "rounds = 1000000"))
    script = (
        "import os, signal, sys\n"
        "from brianfit.cli.progress import Progress\n"
        "call = Progress.__call__\n"
        "def press(self, *args):\n"
        "    if args[4] == 2:\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    return call(self, *args)\n"
        "Progress.__call__ = press\n"
        "sys.argv = ['brianfit', 'fit', 'cell.toml', '--json']\n"
        "from brianfit.cli.main import main\n"
        "main()\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False
    )

    assert done.returncode == 130, done.stderr
    assert "the result is kept" in done.stderr
    assert json.loads(done.stdout)["n_rounds"] == 3
    assert load("cell.fit").result.history.n_rounds == 3


def test_the_help_does_not_wait_for_brian() -> None:
    code = (
        "import sys\n"
        "from brianfit.cli.main import app\n"
        "try:\n"
        "    app(['--help'])\n"
        "except SystemExit:\n"
        "    pass\n"
        "assert not {'brian2', 'numpy', 'scipy', 'numba', 'pandas'} & set(sys.modules)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=os.environ
    )

    assert done.returncode == 0, done.stderr
    assert "inspect" in done.stdout


def test_sigint_is_what_it_was_after_a_fit(folder: Path) -> None:
    write_problem(folder)
    before = signal.getsignal(signal.SIGINT)

    run("fit", "cell.toml", "-q", "--rounds", "1")

    assert signal.getsignal(signal.SIGINT) is before


def test_a_store_that_is_whole_is_said_to_be(folder: Path) -> None:
    write_problem(folder)
    run("fit", "cell.toml", "-q", "--rounds", "2")
    before = (folder / "cell.fit").read_bytes()

    found = run("check", "cell.fit")

    assert found.stdout == "cell.fit is whole: 1 fits, 2 rounds, 20 evaluations.\n"
    assert (folder / "cell.fit").read_bytes() == before


def test_a_store_that_is_damaged_is_said_to_be(folder: Path) -> None:
    write_problem(folder)
    run("fit", "cell.toml", "-q", "--rounds", "2")
    with closing(sqlite3.connect(folder / "cell.fit")) as connection, connection:
        connection.execute("UPDATE rounds SET seconds = 1 WHERE number = 1")
        connection.execute("UPDATE about SET value = 'another'")

    found = run("check", "cell.fit", "--json", code=BAD_INPUT)

    problems = json.loads(found.stdout)["cell.fit"]["problems"]
    assert [text[:38] for text in problems] == [
        *5 * ["What is known about the store is damag"],
        "Round 1 of the store 'cell.fit' is dam",
    ]


@pytest.mark.slow
def test_compare_says_which_model_describes_a_table(folder: Path) -> None:
    current = np.zeros((3, 400))
    current[:, 100:300] = np.array([[0.05], [0.1], [0.15]])
    times = np.arange(400) * 0.5
    columns = {"time [ms]": times}
    for number, row in enumerate(current):
        columns[f"I {number} [nA]"] = row
        columns[f"v {number} [mV]"] = -70 + 40 * row * (1 - np.exp(-np.maximum(times - 50, 0) / 10))
    pd.DataFrame(columns).to_csv(folder / "cell.csv", index=False)

    chosen = run(
        "compare", "cell.csv", "--models", "lif", "--rounds", "2", "--quiet",
        "--out", "cell.html", "--csv", "models.csv",
    )  # fmt: skip
    again = run("compare", "cell.csv", "--models", "lif", "--rounds", "2", "--json", "--force")

    assert chosen.stdout == "lif\n"
    assert json.loads(again.stdout)["models"]["lif"]["n_parameters"] >= 3
    assert pd.read_csv(folder / "models.csv").model.tolist() == ["lif"]
    assert "is chosen" in (folder / "cell.html").read_text("utf-8")


def test_compare_names_a_model_that_is_not_there(folder: Path) -> None:
    write_problem(folder)

    found = run("compare", "cell.csv", "--models", "liff", code=BAD_INPUT)

    assert "Did you mean 'lif'" in found.stderr
