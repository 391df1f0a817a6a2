"""Files of many sources that were read wrongly once, or must stay right, from the shared folder."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brian2 import pA

from brianfit import RecordingSet, read
from brianfit._foundation.errors import BrianfitError
from brianfit.data.readers import ReadRequest
from brianfit.data.readers.abf import AxonReader

pytestmark = pytest.mark.needs_shared


def found(
    folder: Path, name: str, **options: Any
) -> tuple[RecordingSet | BrianfitError, list[str]]:
    """Return what a file gives, recordings or an error, and its warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            outcome: RecordingSet | BrianfitError = read(folder / name, **options)
        except BrianfitError as error:
            outcome = error
    return outcome, [str(one.message) for one in caught]


@pytest.fixture
def cases(shared_data: Path) -> Path:
    return shared_data / "data" / "reader_cases"


def inputs(recordings: Any, unit: float) -> list[np.ndarray]:
    return [next(iter(sweep.inputs.values())) / unit for sweep in recordings]


PA, MV = 1e-12, 1e-3


@pytest.mark.parametrize(
    ("name", "options", "channel", "unit"),
    [
        ("17o05027_ic_ramp.abf", {}, 0, PA),
        ("171116sh_0013.abf", {}, 0, MV),
        ("18702001-pulseTrain.abf", {"outputs": {"I": "IN 0"}, "inputs": {"v": "Cmd 0"}}, 0, MV),
        ("18702001-pulseTrain.abf", {"outputs": {"I": "IN 1"}, "inputs": {"v": "Cmd 1"}}, 1, MV),
        ("18702001-cosTrain.abf", {"outputs": {"I": "IN 1"}}, 1, MV),
        ("18702001-ramp.abf", {"outputs": {"I": "IN 1"}}, 1, MV),
        ("14o16001_vc_pair_step.abf", {"outputs": {"I": "IN 1"}}, 1, MV),
        ("05210017_vc_abf1.abf", {"outputs": {"I": "Voltage 0"}}, 0, MV),
        ("File_axon_3.abf", {"outputs": {"v": "VmRK"}}, 0, 1e-9),
        ("DM1_0000.abf", {}, 0, MV),
        ("2015_09_10_0001.abf", {"inputs": {"v": "Cmd 0"}}, 0, MV),
        ("2018_12_09_pCLAMP11_0001.abf", {}, 0, MV),
        ("abf-v2.abf", {}, 0, MV),
    ],
)
@pytest.mark.needs_package("pyabf")
def test_a_stimulus_is_the_yardstick_sample_by_sample(
    cases: Path, name: str, options: dict[str, Any], channel: int, unit: float
) -> None:
    import pyabf

    yardstick = pyabf.ABF(str(cases / name))

    recordings, _ = found(cases, name, **options)

    assert isinstance(recordings, RecordingSet)
    assert len(recordings) == yardstick.sweepCount
    for number, values in enumerate(inputs(recordings, unit)):
        yardstick.setSweep(number, channel=channel)
        # Both compute in double precision from the same single-precision levels.
        np.testing.assert_allclose(values, yardstick.sweepC, atol=1e-6)


@pytest.mark.needs_package("pyabf")
def test_responses_of_axon_files_are_those_of_the_yardstick(cases: Path) -> None:
    import pyabf

    for path in sorted(cases.glob("*.abf")):
        yardstick = pyabf.ABF(str(path))
        sweeps = AxonReader().open(path, ReadRequest()).sweeps
        if len({sweep.signals[0].n_values for sweep in sweeps}) > 1:
            continue  # it cuts events to one length

        for sweep in (sweeps[0], sweeps[-1]):
            for channel, name in enumerate(yardstick.adcNames):
                yardstick.setSweep(sweep.number, channel=channel)
                signal = sweep.signals[channel]

                assert signal.name in {name.strip(), "ADC 0"}
                if signal.dimensions is not None:
                    values = signal.values
                    factor = float(np.abs(values).max() / max(np.abs(yardstick.sweepY).max(), 1e-9))
                    # It keeps single precision.
                    np.testing.assert_allclose(
                        values, yardstick.sweepY * factor, rtol=1e-4, atol=1e-4 * abs(values).max()
                    )


def test_a_ramp_is_drawn_as_a_ramp(cases: Path) -> None:
    recordings, _ = found(cases, "17o05027_ic_ramp.abf")

    rise = inputs(recordings, PA)[1]
    assert (rise[0], rise.max()) == (0, pytest.approx(10))
    assert np.unique(rise).size > 19_000


def test_the_list_of_the_user_is_drawn_as_it_was_recorded(cases: Path) -> None:
    recordings, caught = found(cases, "2020_03_02_0000.abf")

    assert [row.max() for row in inputs(recordings, PA)[-3:]] == pytest.approx([400, 500, 600])
    assert not [sentence for sentence in caught if "differs" in sentence]


def test_a_file_of_the_output_is_asked_for_and_taken(cases: Path) -> None:
    without, _ = found(cases, "171116sh_0017.abf")
    given, _ = found(cases, "171116sh_0017.abf", stimulus=cases / "sine_sweep_magnitude_20.atf")

    assert "sine sweep magnitude 20.abf" in str(without)
    assert "stimulus=" in str(without)
    for values in inputs(given, PA):
        assert (values.min(), values.max()) == pytest.approx((-20, 20), abs=0.1)


def test_events_keep_their_length(cases: Path) -> None:
    recordings, _ = found(cases, "2020_06_16_0001.abf")

    assert [sweep.traces["I"].size for sweep in recordings] == [22040, 11040]


def test_episodes_of_an_old_file_are_sweeps(cases: Path) -> None:
    recordings, _ = found(cases, "130618-1-12.abf")

    assert [sweep.duration for sweep in recordings] == pytest.approx([1.0] * 3)


def test_voltage_clamp_is_told_by_the_unit_of_the_command(cases: Path) -> None:
    recordings, _ = found(cases, "2015_09_10_0001.abf")

    assert recordings.trace_names == ("I",)
    assert recordings.input_names == ("v",)


def test_a_channel_in_a_unit_that_is_not_known_does_not_block_the_others(cases: Path) -> None:
    recordings, _ = found(cases, "DM1_0000.abf")
    asked, _ = found(cases, "DM1_0000.abf", inputs={"p": "P_in"})

    assert recordings.trace_names == ("I",)
    assert "'mmHg', which is no unit that is known" in str(asked)


def test_the_step_of_a_slow_file_is_right(cases: Path) -> None:
    recordings, _ = found(cases, "File_axon_7.abf")

    assert recordings.recordings[0].dt == pytest.approx(2.48e-3)


def test_the_holding_level_of_version_1_is_that_of_the_output(cases: Path) -> None:
    recordings, _ = found(cases, "abf-v1.abf")

    # The recorded current is zero before and after the epoch, which begins at -100 mV; the
    # yardstick takes that level for the holding one.
    first = inputs(recordings, MV)[0]
    assert (first[0], first[500], first[-1]) == pytest.approx((0, -100, 0))


NWB_CASES: list[tuple[str, dict[str, Any], list[float], int]] = [
    ("n01_int16_conv_offset.nwb", {}, [50, 100, 150], 4000),
    ("n02_two_cells_sweepnumber.nwb", {"electrode": "cellA"}, [50, 100, 150], 4000),
    ("n02_two_cells_sweepnumber.nwb", {"electrode": "cellB"}, [100, 200, 300], 4000),
    ("n03_vc_and_cc.nwb", {"clamp": "current"}, [100, 150], 4000),
    ("n03_vc_and_cc.nwb", {"sweeps": [1, 2]}, [100, 150], 4000),
    ("n05_stimulus_starting_time.nwb", {}, [50, 100], 4000),
    ("n05b_stimulus_timestamps_later.nwb", {}, [100], 4000),
    ("n08_names_number_not_last.nwb", {}, [50, 100, 150, 200], 4000),
    ("n09c_one_sweep_all_nan.nwb", {}, [100], 4000),
    ("n14_stimulus_template.nwb", {}, [50], 4000),
    ("n26_nwb1_allen.nwb", {}, [50, 100], 4000),
]


@pytest.mark.needs_package("h5py")
@pytest.mark.parametrize(("name", "options", "amplitudes", "n_values"), NWB_CASES)
def test_steps_of_an_nwb_file_lie_where_they_were(
    cases: Path, name: str, options: dict[str, Any], amplitudes: list[float], n_values: int
) -> None:
    recordings, _ = found(cases, name, **options)

    assert [sweep.traces["v"].size for sweep in recordings] == [n_values] * len(amplitudes)
    times = np.arange(n_values) * 1e-4
    step = (times >= 0.1 - 1e-9) & (times < 0.3 - 1e-9)
    for values, amplitude in zip(inputs(recordings, PA), amplitudes, strict=True):
        # Some files keep single precision.
        np.testing.assert_allclose(values, amplitude * step, atol=1e-4)


@pytest.mark.needs_package("h5py")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("n02_two_cells_sweepnumber.nwb", ("cellA, cellB", "electrode=")),
        ("n03_vc_and_cc.nwb", ("different kinds", "`clamp`")),
        ("n25_two_stimuli.nwb", ("'stimA'", "'stimB'")),
    ],
)
def test_what_is_open_in_an_nwb_file_is_asked(
    cases: Path, name: str, words: tuple[str, ...]
) -> None:
    error, _ = found(cases, name)

    assert isinstance(error, BrianfitError)
    assert all(word in str(error) for word in words)


@pytest.mark.needs_package("h5py")
def test_two_stimuli_are_added_on_request(cases: Path) -> None:
    together, _ = found(cases, "n25_two_stimuli.nwb", inputs={"I": "stimA + stimB"})
    alone = [
        found(cases, "n25_two_stimuli.nwb", inputs={"I": name})[0] for name in ("stimA", "stimB")
    ]

    parts = [inputs(one, PA)[0] for one in alone]
    np.testing.assert_allclose(inputs(together, PA)[0], parts[0] + parts[1], atol=1e-9)


@pytest.mark.needs_package("h5py")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("n05_stimulus_starting_time.nwb", "from 0.1 s to 0.3 s of the response only"),
        ("n09c_one_sweep_all_nan.nwb", "data_0: has no measured value, and was left out"),
    ],
)
def test_what_was_filled_or_left_out_is_told(cases: Path, name: str, words: str) -> None:
    _, caught = found(cases, name)

    assert any(words in sentence for sentence in caught)


STEP = (np.arange(600) >= 100) & (np.arange(600) < 400)
TABLES = {
    "c02_decimalcomma_first_row_integers.csv": 1, "c04_units_second_row.csv": 1,
    "c08_hash_header_savetxt.txt": 1, "c11_sweep_numbers_out_of_order.csv": 2,
    "c15_trailing_comma.csv": 1, "c18_time_rounded.csv": 1, "c26_index_column.csv": 1,
    "z03_time_2d.npz": 3,
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_tables_give_the_steps_that_were_written(cases: Path, name: str) -> None:
    recordings, _ = found(cases, name)

    assert len(recordings) == TABLES[name]
    for k, sweep in enumerate(recordings):
        assert sweep.dt == pytest.approx(1e-4 * (2**k if name.startswith("z03") else 1))
        np.testing.assert_allclose(sweep.inputs["I"] / PA, 50 * (k + 1) * STEP, atol=1e-6)
        np.testing.assert_allclose(sweep.traces["v"] / MV, -70 + 2 * (k + 1) * STEP, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "n_sweeps"), [("c03_clampfit_hash.csv", 3), ("c27_atf_in_txt.txt", 2)]
)
def test_exports_of_clampfit_have_sweeps(cases: Path, name: str, n_sweeps: int) -> None:
    recordings, _ = found(cases, name)

    for k, sweep in enumerate(recordings):
        np.testing.assert_allclose(sweep.traces["v"] / MV, -70 + 2 * (k + 1) * STEP, atol=1e-6)
    assert len(recordings) == n_sweeps


def test_labchart_is_read_with_the_units_that_its_ranges_allow(cases: Path) -> None:
    bare, caught = found(cases, "c07_labchart.txt")
    told, _ = found(cases, "c07_labchart.txt", units={"Im": pA})

    # Currents of 50 do not lie within the range of 1 nA that the file states.
    assert any("'Im' was left out, since its unit is not told" in one for one in caught)
    np.testing.assert_allclose(bare.recordings[0].traces["v"] / MV, -70 + 2 * STEP, atol=1e-6)
    np.testing.assert_allclose(inputs(told, PA)[0], 50 * STEP, atol=1e-6)


def test_quoted_decimal_commas_are_read(cases: Path) -> None:
    recordings, _ = found(cases, "c19_quoted_decimal_comma.csv")

    np.testing.assert_allclose(inputs(recordings, PA)[0], 50 * STEP, atol=1e-6)
    np.testing.assert_allclose(
        recordings.recordings[0].traces["v"] / MV, -69.5 + 2 * STEP, atol=1e-6
    )


def test_a_column_too_many_is_an_error(cases: Path) -> None:
    error, _ = found(cases, "c16_extra_column_in_rows.csv")

    assert "3 columns, but there are 2 headings" in str(error)


def test_one_stimulus_of_an_archive_is_that_of_all_sweeps(cases: Path) -> None:
    recordings, _ = found(cases, "z04_shared_stimulus.npz")

    assert len(recordings) == 3
    for values in inputs(recordings, PA):
        np.testing.assert_allclose(values, 50 * STEP, atol=1e-6)


@pytest.mark.needs_package("neo")
def test_the_control_of_winwcp_stays_right(cases: Path) -> None:
    recordings, _ = found(cases, "wcp-file.wcp")

    assert isinstance(recordings, RecordingSet)
