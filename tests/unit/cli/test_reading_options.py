"""Files with several channels, electrodes and clamps, read from the command line alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

from brianfit._foundation.errors import InvalidValueError
from brianfit.cli import reading_options
from brianfit.cli.main import app
from brianfit.cli.problem_file.problem import read_problem_file
from brianfit.cli.reading_options import asked, bytes_of, options_of
from brianfit.fitting import predict
from brianfit.results import load
from tests.contracts.made_abf import MadeChannel, MadeFile, MadeOutput, write_abf2

N_ROWS = 640
RNG = np.random.default_rng(5)
STEP = np.where((np.arange(N_ROWS) >= 10) & (np.arange(N_ROWS) < 210), 1.0, 0.0)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def two_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a file of two cells in current clamp, and go to its folder."""
    monkeypatch.chdir(tmp_path)
    voltages = [-70 + 8 * (k + 1) * STEP + RNG.normal(0, 0.1, N_ROWS) for k in range(3)]
    channels = [
        MadeChannel(name=f"IN {k}", unit="mV", values=[row + k for row in voltages])
        for k in range(2)
    ]
    outputs = [
        MadeOutput(name=f"Cmd {k}", unit="pA", epochs=[(1, 100.0, 50.0, 200, 0, 0, 0)])
        for k in range(2)
    ]
    return write_abf2(tmp_path / "cells.abf", MadeFile(channels=channels, outputs=outputs))


def test_inspect_lists_what_is_there_even_if_it_is_not_clear_what_to_read(two_cells: Path) -> None:
    found = run("inspect", "cells.abf")

    assert found.exit_code == 2
    assert "cells.abf holds 3 sweeps" in found.stdout
    assert all(name in found.stdout for name in ("IN 0", "IN 1", "Cmd 0", "Cmd 1"))
    assert "--output 'v=the channel'" in found.stderr


def test_inspect_reads_the_channels_that_are_named(two_cells: Path) -> None:
    told = ("--output", "v=IN 1", "--input", "I=Cmd 1", "--sweeps", "0,2")

    found = json.loads(run("inspect", "cells.abf", *told, "--json").stdout)

    assert [sweep["label"] for sweep in found["sweeps"]] == ["sweep 0", "sweep 2"]
    assert {"I", "v"} == set(found["units"])
    assert [line["channel"] for line in found["files"][0]["channels"]][:2] == ["IN 0", "IN 1"]


def test_init_writes_down_how_the_file_was_read(two_cells: Path) -> None:
    told = ("--output", "v=IN 1", "--input", "I=Cmd 1", "--sweeps", "0-1", "--memory", "1 GiB")

    done = run("init", "cells.abf", *told, "--model", "lif")

    assert done.exit_code == 0, done.output
    problem = read_problem_file(two_cells.with_suffix(".toml"))
    assert len(problem.recordings) == 2
    assert 1e12 * problem.recordings.recordings[1].inputs["I"].max() == pytest.approx(150)


@pytest.mark.slow
def test_a_file_of_two_cells_is_fitted_and_reported_without_python(two_cells: Path) -> None:
    steps = [
        run("init", "cells.abf", "--output", "v=IN 1", "--model", "lif"),
        run("fit", "cells.toml", "--rounds", "1"),
        run("report"),
    ]

    assert [step.exit_code for step in steps] == [0, 0, 0], [step.output for step in steps]
    assert (two_cells.parent / "cells.html").exists()


def test_a_file_in_voltage_clamp_is_told_at_init(tmp_path: Path) -> None:
    current = MadeChannel(name="Im", unit="pA", values=[STEP * 100])
    command = MadeOutput(name="V", unit="mV", holding=-70, epochs=[(1, -60, 0, 200, 0, 0, 0)])
    path = write_abf2(tmp_path / "vc.abf", MadeFile(channels=[current], outputs=[command]))

    done = run("init", str(path))

    assert done.exit_code == 2
    assert "voltage clamp" in done.stderr
    assert "--stimulus" in done.stderr
    assert not path.with_suffix(".toml").exists()


def test_a_missing_stimulus_is_told_at_init(tmp_path: Path) -> None:
    path = tmp_path / "cell.csv"
    rows = "\n".join(f"{k},{-70 + 5 * s}" for k, s in enumerate(STEP))
    path.write_text(f"time [ms],v [mV]\n{rows}\n")

    done = run("init", str(path), "--model", "lif")

    assert done.exit_code == 0
    assert "give --stimulus FILE" in done.stderr
    assert "# stimulus = {" in path.with_suffix(".toml").read_text()


@pytest.mark.needs_package("pynwb")
def test_a_file_with_both_clamps_is_read_by_its_clamp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.contracts.made_files import write_nwb_of_both_clamps

    monkeypatch.chdir(tmp_path)
    write_nwb_of_both_clamps(tmp_path / "cell.nwb")

    unclear = run("inspect", "cell.nwb")
    chosen = json.loads(run("inspect", "cell.nwb", "--clamp", "current", "--json").stdout)

    assert unclear.exit_code == 2
    assert "different kinds" in unclear.stderr
    assert chosen["traces"] == ["v"]


@pytest.mark.slow
@pytest.mark.needs_package("pynwb")
def test_a_file_with_both_clamps_is_fitted_and_written_back_without_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pynwb import NWBHDF5IO, validate

    from tests.contracts.made_files import RATE, write_nwb_of_both_clamps

    monkeypatch.chdir(tmp_path)
    write_nwb_of_both_clamps(tmp_path / "cell.nwb", start=100.0)
    cut = ["--clamp", "current", "--model", "lif"]

    steps = [
        run("inspect", "cell.nwb", "--clamp", "current"),
        run("init", "cell.nwb", *cut),
        run("fit", "cell.toml", "--rounds", "1"),
        run("report", "--nwb", "fitted.nwb"),
        run("report", "--nwb", "fitted.nwb"),  # its own file is replaced
    ]

    assert [step.exit_code for step in steps] == [0] * 5, [step.output for step in steps]
    assert validate(path="fitted.nwb") == []
    result = load("cell.fit").result
    problem = read_problem_file(tmp_path / "cell.toml")
    prediction = predict(result, problem.recordings)
    with NWBHDF5IO("fitted.nwb", "r") as file:
        content = file.read()
        module = content.processing["brianfit"]
        assert {"r0", "r1", "r2"} <= set(content.acquisition)
        series = module["v_1"]
        np.testing.assert_array_equal(series.data[:], prediction.traces["v"][1])
        recorded = problem.recordings.recordings[1].traces["v"]
        whole = content.acquisition["r2"].data[:]
        first = round((series.starting_time - 102.0) * RATE)
        np.testing.assert_allclose(whole[first : first + recorded.size], recorded)
        parameters = module["parameters"].to_dataframe().set_index("parameter")
        assert parameters["value"].to_dict() == dict(result.best_values)
        trains = module["spikes"]["spike_times"][:]
        assert [np.size(train) for train in trains] == [train.size for train in prediction.spikes]


def test_a_terminal_is_asked_what_is_open(two_cells: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    answers = iter([9, 2])  # 9 is none of the choices, so the question comes again
    monkeypatch.setattr(reading_options.sys, "stdin", Terminal())
    monkeypatch.setattr(reading_options.sys, "stdout", Terminal())
    monkeypatch.setattr(reading_options.typer, "prompt", lambda *_, **__: next(answers))

    options = asked([two_cells], options_of())

    assert options.outputs == {"v": "IN 1"}
    assert options.inputs == {}  # the number in the names tells the pair


@pytest.mark.parametrize(
    ("text", "size"), [("4 GiB", 4 * 1024**3), ("500 MB", 500_000_000), ("1.5kB", 1500), ("7B", 7)]
)
def test_sizes_of_memory_are_read(text: str, size: int) -> None:
    assert bytes_of(text) == size


@pytest.mark.parametrize(
    "wrong",
    [
        {"sweeps": "a"}, {"sweeps": ""}, {"output": ["v"]}, {"input": ["=x"]}, {"unit": ["IN 0"]},
    ],
)  # fmt: skip
def test_options_of_another_form_are_errors(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError, match="--"):
        options_of(**wrong)
