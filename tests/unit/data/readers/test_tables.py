"""Tables as programs write them: dialects, headings, pairs of columns, rounded times."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from brian2 import ms, mV, pA

from brianfit import RecordingSet, read
from brianfit._foundation.errors import InvalidValueError, UnreadableFileError
from brianfit.data import PlausibilityWarning
from brianfit.data.readers import ReadingWarning

TIME = np.arange(300) * 0.1
CURRENT = np.where((TIME >= 5) & (TIME < 20), 50.0, 0.0)
VOLTAGE = -70 + 0.04 * CURRENT
ROWS = list(zip(TIME.tolist(), VOLTAGE.tolist(), CURRENT.tolist(), strict=True))


def text_of(above: str, separator: str = ",", *, comma: bool = False, end: str = "") -> str:
    rows = [separator.join(f"{cell:.4f}" for cell in row) + end for row in ROWS]
    text = "\n".join(rows)
    return above + (text.replace(".", ",") if comma else text) + "\n"


def check(found: RecordingSet) -> None:
    (sweep,) = found
    assert sweep.dt == pytest.approx(1e-4)
    np.testing.assert_allclose(1e3 * sweep.traces["v"], VOLTAGE, atol=1e-4)
    np.testing.assert_allclose(1e12 * sweep.inputs["I"], CURRENT, atol=1e-4)


DIALECTS = {
    "units in the second row": text_of("time,v,I\nms,mV,pA\n"),
    "units in brackets in the second row": text_of("time\tv\tI\n[ms]\t[mV]\t[pA]\n", "\t"),
    "headings in a line with a #": text_of("# made by hand\n# t[ms] v[mV] I[pA]\n", " "),
    "headings with blanks between blanks": text_of("time (ms)  v (mV)  I (pA)\n", "   "),
    "a preamble": text_of("cell 7\nrecorded: yesterday\nrate 10000\n\nt [ms],v [mV],I [pA]\n"),
    "decimal commas": text_of("time [ms];v [mV];I [pA]\n", ";", comma=True),
    "decimal commas between tabs": text_of("time [ms]\tv [mV]\tI [pA]\n", "\t", comma=True),
    "a separator at the ends": text_of("time [ms],v [mV],I [pA],\n", end=","),
    "a separator at the ends of rows alone": text_of("time [ms],v [mV],I [pA]\n", end=","),
    "a # in a heading": text_of("Time (ms),v #1 (mV),I #1 (pA)\n"),
    "ATF": text_of(
        'ATF\t1.0\n2\t3\n"Comment="\n"YTop=20"\n"Time (ms)"\t"v #1 (mV)"\t"I #1 (pA)"\n', "\t"
    ),
    "LabChart": text_of(
        "Interval=\t0.0001 s\nTimeFormat=\tStartOfBlock\nChannelTitle=\tv\tI\nUnitName=\tmV\tpA\n",
        "\t",
    ).replace("\n0.1000", "\n0.1000"),
}  # fmt: skip


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name != "LabChart"])
def test_a_dialect_is_read(tmp_path: Path, dialect: str) -> None:
    path = tmp_path / "cell.txt"
    path.write_text(DIALECTS[dialect])

    found = read(path)

    check(found)


def test_the_times_of_labchart_are_seconds(tmp_path: Path) -> None:
    path = tmp_path / "cell.txt"
    path.write_text(DIALECTS["LabChart"])

    (sweep,) = read(path)

    assert sweep.dt == pytest.approx(0.1)
    np.testing.assert_allclose(1e3 * sweep.traces["v"], VOLTAGE, atol=1e-4)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
def test_every_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "cell.csv"
    path.write_text(text_of("time [µs],v [µV],I [pA]\n"), encoding=encoding)

    (sweep,) = read(path, units={"time": ms, "v": mV})

    np.testing.assert_allclose(1e3 * sweep.traces["v"], VOLTAGE, atol=1e-4)


def test_a_packed_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cell.csv.gz"
    path.write_bytes(gzip.compress(text_of("time [ms],v [mV],I [pA]\n").encode()))

    check(read(path))


def test_a_first_row_of_whole_numbers_does_not_hide_decimal_commas(tmp_path: Path) -> None:
    path = tmp_path / "cell.csv"
    path.write_text("t [ms];v [mV];I [pA]\n0;-70;0\n0,1;-70;0\n0,2;-69,5;50\n")

    (sweep,) = read(path)

    np.testing.assert_allclose(1e3 * sweep.traces["v"], [-70, -70, -69.5])


def test_columns_are_paired_by_their_number_whatever_their_order(tmp_path: Path) -> None:
    columns = {"time [ms]": TIME}
    for kind, base, k in (
        ("v", VOLTAGE, 2),
        ("v", VOLTAGE, 1),
        ("I", CURRENT, 1),
        ("I", CURRENT, 2),
    ):
        unit = "mV" if kind == "v" else "pA"
        columns[f"{kind} {k} [{unit}]"] = base + (k if kind == "v" else 100 * k)
    path = tmp_path / "cell.csv"
    pd.DataFrame(columns).to_csv(path, index=False)

    found = read(path)

    for k, sweep in enumerate(found, start=1):
        np.testing.assert_allclose(1e3 * sweep.traces["v"], VOLTAGE + k)
        np.testing.assert_allclose(1e12 * sweep.inputs["I"], CURRENT + 100 * k)


def test_numbers_that_do_not_match_are_an_error_that_lists_them(tmp_path: Path) -> None:
    columns = {"time [ms]": TIME, "v 1 [mV]": VOLTAGE, "v 2 [mV]": VOLTAGE}
    columns |= {"I 0 [pA]": CURRENT, "I 1 [pA]": CURRENT}
    path = tmp_path / "cell.csv"
    pd.DataFrame(columns).to_csv(path, index=False)

    with pytest.raises(UnreadableFileError, match="v: 1, 2; I: 0, 1"):
        read(path)


def test_channels_of_one_name_and_two_units_are_two_signals(tmp_path: Path) -> None:
    path = tmp_path / "cell.csv"
    columns = {"time [ms]": TIME, "IN 0 (mV)": VOLTAGE, "IN 1 (pA)": CURRENT}
    pd.DataFrame(columns).to_csv(path, index=False)

    check(read(path))


def test_headings_that_repeat_are_sweeps(tmp_path: Path) -> None:
    path = tmp_path / "cell.csv"
    rows = [",".join(map(str, (t, v, i, v + 1, 2 * i))) for t, v, i in ROWS]
    path.write_text("time [ms],v [mV],I [pA],v [mV],I [pA]\n" + "\n".join(rows))

    found = read(path)

    np.testing.assert_allclose(1e3 * found.recordings[1].traces["v"], VOLTAGE + 1)
    np.testing.assert_allclose(1e12 * found.recordings[1].inputs["I"], 2 * CURRENT)


@pytest.mark.parametrize("heading", ["temperature [degC]", "marker", "note", "", "level [%]"])
def test_a_column_that_is_not_wanted_does_not_block_the_others(
    tmp_path: Path, heading: str
) -> None:
    columns: dict[str, Any] = {"time [ms]": TIME, "v [mV]": VOLTAGE, "I [pA]": CURRENT}
    columns[heading] = ["on"] * TIME.size if heading == "note" else TIME
    path = tmp_path / "cell.csv"
    pd.DataFrame(columns).to_csv(path, index=False)

    check(read(path, outputs={"v": "v"}, inputs={"I": "I"}))


def test_an_index_without_a_heading_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "cell.csv"
    pd.DataFrame({"time [ms]": TIME, "v [mV]": VOLTAGE, "I [pA]": CURRENT}).to_csv(path)

    check(read(path))


def test_a_column_without_a_heading_within_the_others_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cell.csv"
    pd.DataFrame({"time [ms]": TIME, "v [mV]": VOLTAGE, "": TIME, "I [pA]": CURRENT}).to_csv(
        path, index=False
    )

    with pytest.warns(ReadingWarning, match="columns 3 have no heading, and were left out"):
        found = read(path)

    check(found)


def test_a_signal_called_trace_is_no_number_of_sweeps(tmp_path: Path) -> None:
    table = pd.DataFrame({"trace": VOLTAGE + 0.25, "I [pA]": CURRENT})

    found = read(table, units={"trace": mV}, dt=0.1 * ms)

    assert len(found) == 1
    np.testing.assert_allclose(1e3 * found.recordings[0].traces["v"], VOLTAGE + 0.25)


def test_a_value_that_is_missing_is_noticed_however_long_the_recording_is(tmp_path: Path) -> None:
    times = np.delete(np.arange(1_500_000), 700_000) * 0.1  # [ms]; 150 s
    table = pd.DataFrame({"time [ms]": times, "v [mV]": -70.0, "I [pA]": 0.0})

    with pytest.raises(UnreadableFileError, match="equal steps, but the steps range from"):
        read(table)


def test_a_row_that_is_too_long_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "cell.csv"
    path.write_text(text_of("time [ms],v [mV],I [pA]\n") + "30,-70,0,7\n")

    with pytest.raises(UnreadableFileError, match="no regular table"):
        read(path)


def test_fewer_headings_than_columns_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "cell.csv"
    path.write_text(text_of("time [ms],v [mV]\n"))

    with pytest.raises(UnreadableFileError, match="3 columns, but there are 2 headings"):
        read(path)


def test_a_channel_without_a_unit_is_told_where_the_stimulus_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "cell.csv"
    pd.DataFrame({"time [ms]": TIME, "v [mV]": VOLTAGE, "Im": CURRENT}).to_csv(path, index=False)

    with (
        pytest.warns(ReadingWarning, match="'Im' was left out, since its unit is not told"),
        pytest.warns(PlausibilityWarning, match="no stimulus"),
    ):
        read(path)


@pytest.mark.parametrize(("step", "digits"), [(0.1, 0), (0.25, 0), (0.05, 1), (0.02, 1)])
def test_rounded_times_tell_the_step_if_there_is_one_round_number(
    tmp_path: Path, step: float, digits: int
) -> None:
    path = tmp_path / "cell.csv"
    times = np.round(np.arange(2000) * step, digits)
    values = {"time [ms]": times, "v [mV]": np.tile(VOLTAGE, 7)[:2000]}
    pd.DataFrame(values | {"I [pA]": np.tile(CURRENT, 7)[:2000]}).to_csv(path, index=False)

    with pytest.warns(ReadingWarning, match="rounded to .* was inferred"):
        found = read(path)

    assert found.recordings[0].dt == pytest.approx(step * 1e-3)


def test_rounded_times_that_leave_the_step_open_ask_for_it(tmp_path: Path) -> None:
    path = tmp_path / "cell.csv"
    times = np.round(np.arange(60) * 0.137)
    pd.DataFrame({"time [ms]": times, "v [mV]": -70.0, "I [pA]": 1.0}).to_csv(path, index=False)

    with pytest.raises(InvalidValueError, match="rounded to 0.001 s.*dt=0.1\\*ms"):
        read(path)


def test_every_row_of_times_has_its_own_step(tmp_path: Path) -> None:
    path = tmp_path / "cell.npz"
    times = np.array([TIME, 2 * TIME])
    np.savez(path, t_ms=times, v_mV=np.array([VOLTAGE] * 2), I_pA=np.array([CURRENT] * 2))

    found = read(path)

    assert [sweep.dt for sweep in found] == pytest.approx([1e-4, 2e-4])


def test_one_stimulus_beside_several_responses_is_that_of_all(tmp_path: Path) -> None:
    path = tmp_path / "cell.npz"
    np.savez(path, dt_ms=0.1, v_mV=np.array([VOLTAGE, VOLTAGE + 1]), I_pA=CURRENT)

    found = read(path)

    assert len(found) == 2
    for sweep in found:
        np.testing.assert_allclose(1e12 * sweep.inputs["I"], CURRENT)


def test_transposed_arrays_are_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "cell.npz"
    np.savez(path, dt_ms=0.1, v_mV=np.array([VOLTAGE] * 3).T, I_pA=np.array([CURRENT] * 3).T)

    with pytest.raises(InvalidValueError, match="300 sweeps of 3 values.*array.T"):
        read(path)


def test_a_single_array_is_called_like_its_file(tmp_path: Path) -> None:
    path = tmp_path / "v_mV.npy"
    np.save(path, np.array([VOLTAGE, VOLTAGE + 1]))

    found = read(path, dt=0.1 * ms, stimulus=np.array([CURRENT] * 2) * pA)

    np.testing.assert_allclose(1e3 * found.recordings[1].traces["v"], VOLTAGE + 1)
