"""Problem files: lines, values, what is read from them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brian2 import Mohm, ms, mV, nA, nS, pA, second
from hypothesis import given
from hypothesis import strategies as st

from brianfit import library
from brianfit._foundation.errors import BrianfitError, InvalidValueError
from brianfit._foundation.unit_text import quantity_from_text
from brianfit.cli.problem_file.document import lines_of, read_document
from brianfit.cli.problem_file.problem import FitProblem, read_problem_file
from brianfit.cli.problem_file.schema import TABLES, read_tables
from brianfit.cli.problem_file.template import problem_text
from brianfit.cli.problem_file.values import parameter
from brianfit.data import (
    OrnsteinUhlenbeck,
    RecordingSet,
    Steps,
    estimate_cell,
    example_recording,
)
from brianfit.fitting import Fitter, TraceFitter, parameters_near
from brianfit.model import Parameter
from tests.unit.cli.broken_inputs import GOOD_PROBLEM, GOOD_TABLE, OWN_MODEL


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cell.csv").write_text(GOOD_TABLE)
    return tmp_path


def problem_of(folder: Path, text: str, **options: Any) -> FitProblem:
    path = folder / "cell.toml"
    path.write_text(text)
    return read_problem_file(path, **options)


def test_lines_are_those_of_an_editor() -> None:
    text = """a = 1
[one] # a comment
b = [1,
  2, # = ]
  3]
c = '''
d = 1
'''
"quoted key" = { x = 1 }
[one.two]
e.f = "[g]"
[["three"]]
h = 1
"""

    found = lines_of(text)

    assert found == {
        ("a",): 1,
        ("one",): 2,
        ("one", "b"): 3,
        ("one", "c"): 6,
        ("one", "quoted key"): 9,
        ("one", "two"): 10,
        ("one", "two", "e"): 11,
        ("one", "two", "e", "f"): 11,
        ("three",): 12,
        ("three", "h"): 13,
    }


@given(
    values=st.lists(
        st.one_of(
            st.integers(),
            st.text(alphabet="ab[]{}#='\" ", max_size=8),
            st.lists(st.integers(), max_size=3),
        ),
        max_size=6,
    )
)
def test_every_key_is_found_in_its_line_whatever_its_value(values: list[Any]) -> None:
    text = "".join(f"key{k} = {_toml(value)}\n" for k, value in enumerate(values))
    assert set(tomllib.loads(text)) == {f"key{k}" for k in range(len(values))}

    assert lines_of(text) == {(f"key{k}",): k + 1 for k in range(len(values))}


def _toml(value: Any) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


@pytest.mark.parametrize(
    ("given_value", "meant"),
    [
        (["1 nS", "100 nS"], Parameter(1 * nS, 100 * nS)),
        ("-65 mV", Parameter(fixed=-65 * mV)),
        (2, Parameter(fixed=2.0)),
        ({"tied": "2*a"}, Parameter(tied="2*a")),
        (
            {"low": "1 nS", "high": "9 nS", "scale": "log", "start": "3 nS"},
            Parameter(1 * nS, 9 * nS, scale="log", value=3 * nS),
        ),
    ],
)
def test_parameters_are_bounds_fixed_or_tied(given_value: Any, meant: Parameter) -> None:
    assert parameter(given_value) == meant


@pytest.mark.parametrize(
    "wrong", [["1 nS"], {"lo": 1}, {}, {"low": 1, "high": 2, "fixed": 1}, True]
)
def test_rejects_what_is_no_parameter(wrong: Any) -> None:
    with pytest.raises(BrianfitError, match=r"\w"):
        parameter(wrong)


def test_reads_recordings_relative_to_the_problem_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")

    problem = problem_of(folder, GOOD_PROBLEM)

    assert problem.recordings.trace_names == ("v",)
    assert problem.outputs["store"] == folder / "cell.fit"
    assert problem.rounds == 2


def test_a_path_outside_of_the_folder_can_be_allowed(folder: Path) -> None:
    inner = folder / "inner"
    inner.mkdir()
    text = GOOD_PROBLEM.replace("cell.csv", "../cell.csv")

    with pytest.raises(InvalidValueError, match="outside of the folder"):
        problem_of(inner, text)

    assert len(problem_of(inner, text, allow_outside=True).recordings) == 1


def test_a_link_out_of_the_folder_is_outside_of_it(folder: Path) -> None:
    inner = folder / "inner"
    inner.mkdir()
    (inner / "cell.csv").symlink_to(folder / "cell.csv")

    with pytest.raises(InvalidValueError, match="outside of the folder"):
        problem_of(inner, GOOD_PROBLEM)


def test_preprocessing_is_done_in_its_order_whatever_that_of_the_file(folder: Path) -> None:
    text = GOOD_PROBLEM + (
        '[recording.preprocess]\nresample = "2 ms"\njunction_potential = "10 mV"\n'
        'cut = ["10 ms", "90 ms"]\n'
    )

    history = problem_of(folder, text).recordings.history

    assert [line.split()[0] for line in history] == ["read", "the", "sweeps", "sweeps"]
    assert "resampled" in history[-1]


def test_a_stimulus_of_the_file_replaces_that_of_the_recording(folder: Path) -> None:
    text = GOOD_PROBLEM + (
        '[recording.stimulus]\nkind = "steps"\namplitudes = ["30 pA"]\nstart = "10 ms"\n'
        'stop = "20 ms"\n'
    )

    (sweep,) = problem_of(folder, text).recordings

    assert np.flatnonzero(sweep.inputs["I"]).tolist() == list(range(10, 20))
    assert sweep.inputs["I"].max() == pytest.approx(30e-12)


def test_metrics_weights_and_stop_rules_are_those_of_the_file(folder: Path) -> None:
    text = GOOD_PROBLEM + (
        'time_limit = "5 s"\n[metric.v]\nt_start = "10 ms"\nnormalization = "2 mV"\nweight = 3\n'
    )

    problem = problem_of(folder, text)

    assert problem.metrics["v"].t_start_ == pytest.approx(0.01)
    assert problem.weights == {"v": 3.0}
    assert len(problem.stop_rules()) == 1
    assert isinstance(problem.fitter(), TraceFitter)


def test_equations_of_the_users_own_are_read(folder: Path) -> None:
    problem = problem_of(folder, OWN_MODEL)

    assert problem.constants["tau"] == 10 * ms
    assert problem.parameters["R"] == Parameter(10 * Mohm, 500 * Mohm)


@pytest.mark.parametrize("table", ["held_out", "validation"])
def test_held_out_sweeps_are_not_fitted(tmp_path: Path, table: str) -> None:
    text = f'[recording]\nexample = "B6"\n[model]\nname = "adex"\n[{table}]\nsweeps = [1, 3]\n'

    problem = problem_of(tmp_path, text)

    assert problem.fitted == (0, 2, 4)
    assert problem.held_out == (1, 3)


@pytest.mark.parametrize("model", ["lif", "adex", "mat", "gif"])
def test_the_template_is_a_problem_file_for_every_model(tmp_path: Path, model: str) -> None:
    cell = example_recording("B6")
    _save(cell, tmp_path / "cell.npz")

    text = problem_text(
        cell, recording_files=[tmp_path / "cell.npz"], target=tmp_path / "a.toml", model=model
    )

    problem = problem_of(tmp_path, text)
    assert problem.recordings.has_spikes
    assert problem.held_out == (1, 3)
    assert isinstance(problem.fitter(), Fitter)
    counts = [sweep.spike_trains[0].size for sweep in problem.recordings]
    assert counts == [26, 50, 68, 82, 89]  # as the recording's documentation counts them


def test_changing_the_model_in_the_template_needs_no_other_change(tmp_path: Path) -> None:
    cell = example_recording("B6")
    _save(cell, tmp_path / "cell.npz")
    text = problem_text(
        cell, recording_files=[tmp_path / "cell.npz"], target=tmp_path / "a.toml", model="adex"
    )

    problem = problem_of(tmp_path, text.replace('name = "adex"', 'name = "gif"'))

    assert isinstance(problem.fitter(), Fitter)


def test_the_template_knows_steps_from_noise(tmp_path: Path) -> None:
    duration, dt = 1 * second, 0.2 * ms
    voltage = np.full((3, 5000), -70.0)
    voltage[:, 1000::500] = 20.0
    made = {}
    for name, stimulus in {
        "steps": Steps([50, 100, 150] * pA, start=200 * ms, stop=800 * ms),
        "noise": OrnsteinUhlenbeck(0.1 * nA, 0.05 * nA, tau=5 * ms, seed=1),
    }.items():
        current = stimulus.array(dt=dt, duration=duration, n_sweeps=3)
        cell = RecordingSet.from_arrays(dt=dt, inputs={"I": current}, traces={"v": voltage * mV})
        made[name] = tomllib.loads(
            problem_text(
                cell, recording_files=[tmp_path / "a.npz"], target=tmp_path / "a.toml", model="adex"
            )
        )

    assert made["steps"]["metric"]["spikes"]["kind"] == "firing_pattern"
    assert made["steps"]["metric"]["v"]["kind"] == "step_response"
    assert made["steps"]["fit"]["outputs"] == ["v", "spikes"]
    assert made["noise"]["metric"]["spikes"] == {"kind": "gamma", "delta": "4 ms"}
    assert made["noise"]["fit"]["outputs"] == ["spikes"]


def test_the_times_of_the_step_count_from_where_the_template_cuts(tmp_path: Path) -> None:
    cell = example_recording("B6")
    _save(cell, tmp_path / "cell.npz")

    text = problem_text(cell, recording_files=[tmp_path / "cell.npz"], target=tmp_path / "a.toml")

    told = tomllib.loads(text)
    begin, _ = (quantity_from_text(time) for time in told["recording"]["preprocess"]["cut"])
    start, stop = (quantity_from_text(told["metric"]["v"][key]) for key in ("start", "stop"))
    assert (begin + start) / ms == pytest.approx(700, abs=1)
    assert (begin + stop) / ms == pytest.approx(2700, abs=1)
    assert told["model"]["name"] == "adex_gm"


def test_bounds_are_read_off_the_sweeps_that_are_fitted(tmp_path: Path) -> None:
    text = (
        '[recording]\nexample = "B6"\n[model]\nname = "adex"\nbounds = "recorded"\n'
        '[parameters]\nR = "100 Mohm"\n[held_out]\nsweeps = [1, 3]\n'
    )

    parameters = problem_of(tmp_path, text).parameters

    known = parameters_near(library.ADEX, estimate_cell(example_recording("B6")[[0, 2, 4]]))
    assert parameters["V_r"] == known["V_r"]
    assert not parameters["R"].is_free  # what the file names stands


def test_bounds_of_equations_of_ones_own_cannot_be_read_off(tmp_path: Path) -> None:
    text = (
        '[recording]\nexample = "B6"\n[model]\nbounds = "recorded"\n'
        'equations = "dv/dt = -v/tau + I*ohm/second : volt\\n tau : second (constant)"\n'
        '[parameters]\ntau = ["1 ms", "10 ms"]\n'
    )

    with pytest.raises(InvalidValueError, match="models of the library only"):
        problem_of(tmp_path, text)


def _save(cell: RecordingSet, path: Path) -> None:
    np.savez(
        path,
        dt_s=cell.recordings[0].dt,
        **{"I [A]": np.array([sweep.inputs["I"] for sweep in cell])},
        **{"v [V]": np.array([sweep.traces["v"] for sweep in cell])},
    )


def test_the_documented_problem_file_has_only_keys_that_are_known(tmp_path: Path) -> None:
    page = Path(__file__).parents[3] / "docs" / "how_to" / "fit_from_the_command_line.md"
    text = page.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    path = tmp_path / "documented.toml"
    path.write_text(text, encoding="utf-8")
    document = read_document(path)

    tables = read_tables(document)

    document.raise_if_any()
    documented = {name: set(tables[name]) for name in ("fit", "output", "held_out")}
    assert documented == {name: set(TABLES[name]) for name in documented}
