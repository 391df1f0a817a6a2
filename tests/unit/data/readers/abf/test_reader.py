"""Axon files: which channel is what, sweeps of their own length, files that outputs played."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from brianfit import read
from brianfit._foundation.errors import InvalidValueError, UnreadableFileError
from brianfit.data.readers import ReadingWarning
from tests.contracts.made_abf import MadeChannel, MadeFile, MadeOutput, write_abf1, write_abf2

N_ROWS = 640
STEP = (1, 100.0, 50.0, 200, 0, 0, 0)  # 100 pA, 50 more in every sweep, 20 ms
RNG = np.random.default_rng(3)


def current(sweep: int) -> np.ndarray:
    values = np.zeros(N_ROWS)
    values[10:210] = 100 + 50 * sweep
    return values


def voltage(sweep: int) -> np.ndarray:
    return -70 + 0.1 * current(sweep) + RNG.normal(0, 0.1, N_ROWS)


def rows(function: Callable[[int], np.ndarray], n_sweeps: int = 2) -> list[np.ndarray]:
    return [function(k) for k in range(n_sweeps)]


V = MadeChannel(name="IN 0", unit="mV", values=rows(voltage))
COMMAND = MadeOutput(name="Cmd 0", unit="pA", epochs=[STEP])

both_versions = pytest.mark.parametrize("write", [write_abf1, write_abf2])


@both_versions
def test_the_stimulus_is_drawn_from_the_header(
    tmp_path: Path, write: Callable[[Path, MadeFile], Path]
) -> None:
    path = write(tmp_path / "cell.abf", MadeFile(channels=[V], outputs=[COMMAND]))

    found = read(path)

    for k, sweep in enumerate(found):
        assert sweep.dt == pytest.approx(1e-4)
        np.testing.assert_allclose(sweep.inputs["I"], 1e-12 * current(k), atol=1e-20)
        # A count of the converter is less than 0.003 mV.
        np.testing.assert_allclose(1e3 * sweep.traces["v"], V.values[k], atol=0.003)


@both_versions
def test_a_list_of_the_user_is_found(
    tmp_path: Path, write: Callable[[Path, MadeFile], Path]
) -> None:
    parameter = 21 if write is write_abf1 else 61
    output = MadeOutput(name="C", unit="pA", epochs=[STEP], user_list=(parameter, "-20, 300"))

    found = read(write(tmp_path / "cell.abf", MadeFile(channels=[V], outputs=[output])))

    assert [1e12 * sweep.inputs["I"][100] for sweep in found] == pytest.approx([-20, 300])


def test_the_unit_of_the_command_tells_voltage_clamp(tmp_path: Path) -> None:
    made = MadeFile(
        channels=[
            MadeChannel(name="Im", unit="pA", values=rows(current)),
            MadeChannel(name="Vcmd", unit="mV", values=rows(lambda k: -70 + 0.1 * current(k))),
        ],
        outputs=[
            MadeOutput(name="Cmd", unit="mV", holding=-70, epochs=[(1, -60, 5, 200, 0, 0, 0)])
        ],
    )

    found = read(write_abf2(tmp_path / "cell.abf", made))

    assert (found.trace_names, found.input_names) == (("I",), ("v",))


def test_a_recorded_current_that_differs_from_the_command_is_told(tmp_path: Path) -> None:
    held = MadeChannel(name="I_m", unit="pA", values=rows(lambda k: current(k) - 50))
    path = write_abf2(tmp_path / "cell.abf", MadeFile(channels=[V, held], outputs=[COMMAND]))

    with pytest.warns(ReadingWarning, match="'I_m' differs from the commanded 'Cmd 0', by -50 pA"):
        found = read(path)

    np.testing.assert_allclose(1e12 * found.recordings[0].inputs["I"][50], 50, atol=0.02)
    chosen = read(path, inputs={"I": "Cmd 0"})
    np.testing.assert_allclose(chosen.recordings[0].inputs["I"], 1e-12 * current(0), atol=1e-20)


def test_a_recorded_current_that_agrees_gives_way_to_the_command(tmp_path: Path) -> None:
    noisy = [current(k) + RNG.normal(-1, 3, N_ROWS) for k in range(2)]
    channel = MadeChannel(name="I_m", unit="pA", values=noisy)

    found = read(
        write_abf2(tmp_path / "cell.abf", MadeFile(channels=[V, channel], outputs=[COMMAND]))
    )

    np.testing.assert_allclose(found.recordings[1].inputs["I"], 1e-12 * current(1), atol=1e-20)


def test_a_command_that_stays_constant_can_be_named(tmp_path: Path) -> None:
    still = MadeOutput(name="Cmd 1", unit="pA", holding=25, source=0)
    path = write_abf2(tmp_path / "cell.abf", MadeFile(channels=[V], outputs=[COMMAND, still]))

    found = read(path, inputs={"I": "Cmd 1"})

    np.testing.assert_allclose(1e12 * found.recordings[0].inputs["I"], 25)


def two_cells() -> MadeFile:
    other = MadeChannel(name="IN 1", unit="mV", values=[row + 10 for row in V.values])
    commands = [COMMAND, MadeOutput(name="Cmd 1", unit="pA", epochs=[(1, 7, 0, 200, 0, 0, 0)])]
    return MadeFile(channels=[V, other], outputs=commands)


def test_two_cells_are_not_mixed(tmp_path: Path) -> None:
    path = write_abf2(tmp_path / "cells.abf", two_cells())

    with pytest.raises(InvalidValueError, match="which channel is the response.*'IN 0'.*'IN 1'"):
        read(path)


def test_a_pair_is_told_by_the_number_that_both_names_have(tmp_path: Path) -> None:
    path = write_abf2(tmp_path / "cells.abf", two_cells())

    found = read(path, outputs={"v": "IN 1"})

    assert 1e12 * found.recordings[0].inputs["I"].max() == pytest.approx(7)


def test_without_such_a_number_the_candidates_are_listed(tmp_path: Path) -> None:
    made = two_cells()
    named = MadeFile(
        channels=made.channels,
        outputs=[MadeOutput(name=name, unit="pA", epochs=[STEP]) for name in ("left", "right")],
    )

    with pytest.raises(InvalidValueError, match="which channel is the stimulus.*'left'.*'right'"):
        read(write_abf2(tmp_path / "cells.abf", named), outputs={"v": "IN 1"})


def test_a_channel_in_an_unknown_unit_is_left_out_unless_it_is_asked_for(tmp_path: Path) -> None:
    pressure = MadeChannel(name="P", unit="mmHg", values=rows(current))
    path = write_abf2(tmp_path / "cell.abf", MadeFile(channels=[pressure, V], outputs=[COMMAND]))

    assert read(path).trace_names == ("v",)
    with pytest.raises(InvalidValueError, match="'P' is 'mmHg', which is no unit that is known"):
        read(path, outputs={"v": "P"})


def test_sweeps_keep_their_own_length(tmp_path: Path) -> None:
    lengths = (500, 1300, 700)
    events = MadeChannel(name="IN 0", unit="pA", values=[np.arange(n) % 7.0 for n in lengths])
    made = MadeFile(
        channels=[events], outputs=[MadeOutput(name="Cmd 0", unit="mV", holding=-70, source=0)],
        mode=1, lists_sweeps=True,
    )  # fmt: skip

    found = read(write_abf2(tmp_path / "cell.abf", made))

    assert [sweep.traces["I"].size for sweep in found] == list(lengths)
    assert [float(sweep.inputs["v"][0]) for sweep in found] == pytest.approx([-0.07] * 3)


def test_a_file_that_an_output_played_is_asked_for_and_taken_with_its_scale(tmp_path: Path) -> None:
    output = MadeOutput(
        name="Cmd 0", unit="pA", source=2, file=r"C:\waves\noise.abf", file_scale=2.0,
        file_offset=5.0,
    )  # fmt: skip
    path = write_abf2(tmp_path / "cell.abf", MadeFile(channels=[V], outputs=[output]))
    wave = tmp_path / "noise.csv"
    played = np.sin(np.arange(N_ROWS) / 20)
    pd.DataFrame({"time [ms]": np.arange(N_ROWS) / 10, "I [pA]": played}).to_csv(wave, index=False)

    with pytest.raises(InvalidValueError, match="played the file.*noise.abf.*stimulus='noise.abf'"):
        read(path)
    found = read(path, stimulus=wave)

    for sweep in found:
        np.testing.assert_allclose(1e12 * sweep.inputs["I"], 2 * played + 5, atol=1e-6)


def test_a_left_over_table_of_epochs_is_not_drawn(tmp_path: Path) -> None:
    output = MadeOutput(name="Cmd 0", unit="pA", source=0, holding=3, epochs=[STEP])

    found = read(write_abf2(tmp_path / "c.abf", MadeFile(channels=[V], outputs=[output])))

    np.testing.assert_allclose(1e12 * found.recordings[0].inputs["I"], 3)


@both_versions
@pytest.mark.parametrize("size", [3, 100, 1000])
def test_a_truncated_file_is_an_error(
    tmp_path: Path, write: Callable[[Path, MadeFile], Path], size: int
) -> None:
    path = write(tmp_path / "cell.abf", MadeFile(channels=[V], outputs=[COMMAND]))
    path.write_bytes(path.read_bytes()[:size])

    with pytest.raises(UnreadableFileError, match="cell.abf"):
        read(path)
