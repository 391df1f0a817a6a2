"""Files to recordings: channels, units, steps, stimuli, plausibility."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from brian2 import ms, mV, nA, pA

import brianfit
from brianfit import PlausibilityWarning, Steps, read
from brianfit._foundation.errors import InvalidValueError, UnreadableFileError
from tests.contracts import made_files

TIME = np.arange(100) * 0.1
VOLTAGE = -70 + 10 * np.sin(TIME)
CURRENT = np.where(TIME > 3, 50.0, 0.0)


def write(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    pd.DataFrame(columns).to_csv(path, index=False, **options)
    return path


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write(tmp_path / "cell.csv", {"time [ms]": TIME, "I [pA]": CURRENT, "v [mV]": VOLTAGE})


def v_of(recordings: brianfit.RecordingSet, sweep: int = 0) -> np.ndarray:
    return 1e3 * recordings.recordings[sweep].traces["v"]


def test_reads_units_from_the_headings_into_si_numbers(table: Path) -> None:
    found = read(table)

    (sweep,) = found
    assert sweep.dt == pytest.approx(1e-4)
    np.testing.assert_allclose(sweep.inputs["I"], CURRENT * 1e-12)
    np.testing.assert_allclose(sweep.traces["v"], VOLTAGE * 1e-3)


def test_remembers_the_file_by_name_and_fingerprint(table: Path) -> None:
    before = read(table).history

    table.write_text(table.read_text() + "10.0,0,-70\n")

    assert before[0].startswith("read from cell.csv (sha256 ")
    assert read(table).history != before


@pytest.mark.parametrize(
    "headings",
    [
        ("time [ms]", "I [pA]", "v [mV]"),
        ("t (ms)", "current (pA)", "Vm (mV)"),
        ("time_ms", "I_pA", "V_m_mV"),
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_reads_headings_of_every_style_and_separator(
    tmp_path: Path, headings: tuple[str, ...], separator: str
) -> None:
    columns = dict(zip(headings, (TIME, CURRENT, VOLTAGE), strict=True))

    found = read(write(tmp_path / "cell.txt", columns, sep=separator))

    np.testing.assert_allclose(v_of(found), VOLTAGE)
    assert found.input_names == ("I",)


def test_reads_decimal_commas(tmp_path: Path) -> None:
    columns = {"t [ms]": TIME, "v [mV]": VOLTAGE, "I [pA]": CURRENT}

    found = read(write(tmp_path / "cell.csv", columns, sep=";", decimal=","))

    np.testing.assert_allclose(v_of(found), VOLTAGE)


def test_reads_a_table_without_headings_by_letters(tmp_path: Path) -> None:
    path = write(tmp_path / "cell.dat", {0: TIME, 1: CURRENT, 2: VOLTAGE}, header=False, sep=" ")

    found = read(path, units={"a": ms, "b": pA, "c": mV})

    np.testing.assert_allclose(v_of(found), VOLTAGE)


def test_numbered_columns_are_sweeps(tmp_path: Path) -> None:
    columns = {"time [ms]": TIME}
    for k in (1, 2):
        columns |= {f"I {k} [pA]": k * CURRENT, f"v {k} [mV]": VOLTAGE + k}

    found = read(write(tmp_path / "cell.csv", columns))

    assert len(found) == 2
    np.testing.assert_allclose(v_of(found, 1), VOLTAGE + 2)
    np.testing.assert_allclose(found.recordings[1].inputs["I"], 2 * CURRENT * 1e-12)


def test_a_column_of_sweep_numbers_tells_sweeps_of_different_length_apart(tmp_path: Path) -> None:
    number = np.where(np.arange(100) < 40, 7, 8)
    time = np.where(np.arange(100) < 40, np.arange(100), np.arange(100) - 40) * 0.1
    columns = {"sweep": number, "time [ms]": time, "v [mV]": VOLTAGE, "I [pA]": CURRENT}

    found = read(write(tmp_path / "cell.csv", columns))

    assert [row.traces["v"].size for row in found] == [40, 60]


def test_reads_a_data_frame() -> None:
    found = read(pd.DataFrame({"time [ms]": TIME, "I [pA]": CURRENT, "v [mV]": VOLTAGE}))

    np.testing.assert_allclose(v_of(found), VOLTAGE)
    assert found.history == ("read from a data frame",)


def test_channels_are_named_by_the_user(tmp_path: Path) -> None:
    columns = {"time [ms]": TIME, "a [mV]": VOLTAGE, "b [mV]": VOLTAGE + 1, "c [pA]": CURRENT}
    path = write(tmp_path / "cell.csv", columns)

    found = read(path, outputs={"v": "b"}, inputs={"I_inj": "c"})

    np.testing.assert_allclose(v_of(found), VOLTAGE + 1)
    assert found.input_names == ("I_inj",)


def test_an_input_is_only_renamed_where_the_channel_is_left_open(table: Path) -> None:
    assert read(table, inputs={"I_inj": None}).input_names == ("I_inj",)


def test_in_voltage_clamp_the_current_is_the_response(tmp_path: Path) -> None:
    columns = {"time [ms]": TIME, "command [mV]": VOLTAGE, "I_m [pA]": CURRENT}

    found = read(
        write(tmp_path / "cell.csv", columns), outputs={"I": "I_m"}, inputs={"v_c": "command"}
    )

    assert found.trace_names == ("I",)
    assert found.input_names == ("v_c",)


def test_units_of_the_user_replace_those_of_the_file(tmp_path: Path) -> None:
    columns = {"time [ms]": TIME, "I [nA]": CURRENT, "v [mV]": VOLTAGE}

    found = read(write(tmp_path / "cell.csv", columns), units={"I": pA})

    np.testing.assert_allclose(found.recordings[0].inputs["I"], CURRENT * 1e-12)


def test_a_step_of_the_user_replaces_a_column_of_times(tmp_path: Path) -> None:
    path = write(tmp_path / "cell.csv", {"I [pA]": CURRENT, "v [mV]": VOLTAGE})

    assert read(path, dt=0.2 * ms).recordings[0].dt == pytest.approx(2e-4)


def test_a_missing_stimulus_is_made_from_a_protocol(tmp_path: Path) -> None:
    path = write(tmp_path / "cell.csv", {"time [ms]": TIME, "v [mV]": VOLTAGE})

    found = read(path, stimulus=Steps(0.05 * nA, start=3.1 * ms, stop=1000 * ms))

    np.testing.assert_allclose(found.recordings[0].inputs["I"], CURRENT * 1e-12, atol=1e-24)


def test_a_missing_stimulus_is_read_from_another_file(tmp_path: Path) -> None:
    response = write(tmp_path / "v.csv", {"time [ms]": TIME, "v [mV]": VOLTAGE})
    stimulus = write(tmp_path / "i.csv", {"time [ms]": TIME, "I [pA]": CURRENT})

    found = read(response, stimulus=stimulus)

    np.testing.assert_allclose(found.recordings[0].inputs["I"], CURRENT * 1e-12)
    assert found.history[1].endswith("as the stimulus")


def test_a_missing_stimulus_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "cell.csv", {"time [ms]": TIME, "v [mV]": VOLTAGE})

    with pytest.warns(PlausibilityWarning, match="no stimulus in the file"):
        found = read(path)

    assert found.input_names == ()


@pytest.mark.parametrize(
    ("unit_of_v", "unit_of_i", "complaint"),
    [
        ("mV", "nA", "is it in pA, and was read as nA"),
        ("mV", "fA", "is it in nA, and was read as pA"),
        ("V", "pA", "which no membrane voltage does"),
        ("uV", "pA", "never exceeds"),
    ],
)
def test_a_wrong_unit_is_noticed(
    tmp_path: Path, unit_of_v: str, unit_of_i: str, complaint: str
) -> None:
    columns = {"time [ms]": TIME, f"I [{unit_of_i}]": 2 * CURRENT, f"v [{unit_of_v}]": VOLTAGE}
    path = write(tmp_path / "cell.csv", columns)

    with pytest.warns(PlausibilityWarning) as caught:
        read(path)

    assert any(complaint in str(warning.message) for warning in caught)


def test_an_implausible_resistance_is_noticed(tmp_path: Path) -> None:
    columns = {"time [ms]": TIME, "I [nA]": CURRENT / 2, "v [mV]": -70 + 0.01 * np.sin(TIME)}
    path = write(tmp_path / "cell.csv", columns)

    with pytest.warns(PlausibilityWarning, match="resistance of 0.0008 Mohm"):
        read(path)


def test_a_plausible_recording_gives_no_warning(table: Path) -> None:
    assert read(table).has_spikes is False  # warnings are errors in tests


def test_sweeps_of_several_files_follow_one_another(tmp_path: Path) -> None:
    columns = {"time [ms]": TIME, "I [pA]": CURRENT, "v [mV]": VOLTAGE}
    paths = [write(tmp_path / f"cell_{k}.csv", columns) for k in range(2)]

    found = read(paths)

    assert [sweep.label for sweep in found] == ["cell_0.csv sweep 0", "cell_1.csv sweep 0"]


def test_archives_hold_spike_times(tmp_path: Path) -> None:
    path = tmp_path / "cell.npz"
    np.savez(
        path, dt_ms=0.1, v_mV=np.tile(VOLTAGE, (2, 1)), I_pA=np.tile(CURRENT, (2, 1)),
        **{"spikes 0 [ms]": [1.0, 4.0]},
    )  # fmt: skip

    found = read(path)

    np.testing.assert_allclose(found.recordings[0].spike_trains[0], [1e-3, 4e-3])
    assert found.recordings[1].spike_trains[0].size == 0


@pytest.mark.needs_package("pynwb")
def test_reads_the_pairs_of_an_nwb_file(
    tmp_path: Path, optional_package: Callable[[str], ModuleType]
) -> None:
    path = made_files.write_nwb(tmp_path / "cell.nwb", n_sweeps=3)

    found = read(path)

    np.testing.assert_allclose(v_of(found, 2), made_files.voltage(2), rtol=1e-6)
    np.testing.assert_allclose(
        found.recordings[2].inputs["I"], made_files.current(2) * 1e-12, rtol=1e-6
    )
    assert found.metadata["institution"] == "nowhere"
    assert found.recordings[0].dt == pytest.approx(1e-4)


@pytest.mark.needs_package("neo")
def test_reads_the_channels_of_a_winwcp_file(tmp_path: Path) -> None:
    path = made_files.write_winwcp(tmp_path / "cell.wcp", n_sweeps=2)

    found = read(path)

    # The converter of the file has steps of 0.244 mV and 0.244 pA.
    n_values = made_files.N_VALUES
    np.testing.assert_allclose(v_of(found, 1)[:n_values], made_files.voltage(1), atol=0.123)
    np.testing.assert_allclose(
        1e12 * found.recordings[1].inputs["I"][:n_values], made_files.current(1), atol=0.123
    )


@pytest.mark.needs_package("neo")
def test_waves_of_an_igor_experiment_are_paired_by_their_numbers(tmp_path: Path) -> None:
    waves = {f"Vm_{k}": (1e-3 * made_files.voltage(k), "V") for k in (3, 1)}
    waves |= {f"Im_{k}": (1e-12 * made_files.current(k), "A") for k in (1, 3)}
    whole = made_files.write_igor_experiment(tmp_path / "cell.pxp", waves)
    del waves["Im_1"]
    half = made_files.write_igor_experiment(tmp_path / "half.pxp", waves)

    found = read(whole)

    assert [sweep.label for sweep in found] == ["sweep 1", "sweep 3"]
    np.testing.assert_allclose(v_of(found, 1), made_files.voltage(3))
    np.testing.assert_allclose(1e12 * found.recordings[1].inputs["I"], made_files.current(3))
    with pytest.raises(InvalidValueError, match=r"not clear which channel is the response.*Vm_3"):
        read(half)
    np.testing.assert_allclose(v_of(read(half, outputs={"v": "Vm_3"})), made_files.voltage(3))


@pytest.mark.needs_package("neo")
def test_reads_the_columns_of_an_axograph_file(tmp_path: Path) -> None:
    columns = {"Im (pA)": made_files.current(2), "Vm (mV)": made_files.voltage(0)}
    path = made_files.write_axograph(tmp_path / "cell.axgd", columns)

    found = read(path)

    # The integers of the file have steps of 75 mV / 32,000.
    np.testing.assert_allclose(v_of(found), made_files.voltage(0), atol=2e-3)
    np.testing.assert_allclose(1e12 * found.recordings[0].inputs["I"], made_files.current(2))


def test_a_file_of_patchmaster_is_told_from_a_table(tmp_path: Path) -> None:
    path = tmp_path / "cell.dat"
    path.write_bytes(b"DAT2\0" + bytes(300))

    with pytest.raises(UnreadableFileError, match="HEKA Patchmaster, which is not read. Export"):
        read(path)


@pytest.mark.needs_package("neo")
@pytest.mark.needs_shared
def test_reads_a_real_abf_file_with_the_steps_of_its_protocol(shared_data: Path) -> None:
    found = read(shared_data / "data" / "abf" / "171116sh_0018.abf")

    # 17 sweeps of 3 s at 20 kHz, steps from -100 to 300 pA by 25 pA (documentation of the file).
    assert len(found) == 17
    assert found.recordings[0].dt == pytest.approx(5e-5)
    assert found.recordings[0].duration == pytest.approx(3.0)
    largest = [1e12 * sweep.inputs["I"].max() for sweep in found]
    np.testing.assert_allclose(largest[4:], np.arange(0, 301, 25), atol=1e-6)
    assert -80 < np.median(v_of(found)) < -50


@pytest.mark.needs_package("neo", "igor2")
@pytest.mark.needs_shared
def test_reads_real_igor_waves_as_the_shipped_recording_has_them(shared_data: Path) -> None:
    folder = shared_data / "data" / "cells_bluepyefe"
    numbers = (181, 183)

    found = read(
        [folder / f"B6_Ch3_IDRest_{k}.ibw" for k in numbers],
        stimulus=[folder / f"B6_Ch0_IDRest_{k}.ibw" for k in numbers],
    )

    shipped = brianfit.example_recording("B6")[[0, 2]]
    for sweep, expected in zip(found, shipped, strict=True):
        np.testing.assert_allclose(sweep.traces["v"], expected.traces["v"], atol=1e-5)
        np.testing.assert_allclose(sweep.inputs["I"], expected.inputs["I"], atol=1e-13)


@pytest.mark.needs_package("pynwb")
@pytest.mark.needs_shared
def test_reads_a_real_nwb_file_and_doubts_its_scaling(shared_data: Path) -> None:
    with pytest.warns(PlausibilityWarning, match="unusual for a neuron"):
        found = read(shared_data / "data" / "nwb" / "99111002.nwb")

    # Steps from -2 to 1 nA by 0.2 nA, told by the stimulus series.
    extremes = [sweep.inputs["I"][np.argmax(np.abs(sweep.inputs["I"]))] for sweep in found]
    np.testing.assert_allclose(1e9 * np.array(extremes), np.arange(-10, 6) / 5, atol=1e-6)


@pytest.mark.parametrize(
    ("given", "kind", "complaint"),
    [
        ({"outputs": {"v": "x"}}, InvalidValueError, "no channel 'x'.*'I' \\[A\\], 'v' \\[V\\]"),
        ({"sweeps": [1]}, UnreadableFileError, "has 1 sweeps"),
        ({"dt": 0 * ms}, InvalidValueError, "positive"),
        ({"memory_limit": 10}, UnreadableFileError, "memory_limit"),
    ],
)
def test_says_what_cannot_be_had(
    table: Path, given: dict[str, Any], kind: type[Exception], complaint: str
) -> None:
    with pytest.raises(kind, match=complaint):
        read(table, **given)
