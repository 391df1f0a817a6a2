"""Pairs of response and stimulus in files of Neurodata Without Borders."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brianfit import read
from brianfit._foundation.errors import InvalidValueError

pytestmark = pytest.mark.needs_package("pynwb")

VOLTAGE = -70 + 5 * np.sin(np.arange(300) / 20)
CURRENT = np.where(np.arange(300) > 100, 50.0, 0.0)


def written(path: Path, fill: Any) -> Path:
    """Write a file whose content `fill(file, electrodes)` adds."""
    from pynwb import NWBHDF5IO, NWBFile

    content = NWBFile("a test", "made", datetime(2020, 1, 1, tzinfo=UTC))
    device = content.create_device("amplifier")
    electrodes = [
        content.create_icephys_electrode(name=name, device=device, description="patch")
        for name in ("e0", "e1")
    ]
    fill(content, electrodes)
    with NWBHDF5IO(str(path), "w") as file:
        file.write(content)
    return path


def clamp(electrode: Any, name: str, data: np.ndarray, **more: Any) -> Any:
    from pynwb.icephys import CurrentClampSeries

    given = {"rate": 10_000.0} | more
    return CurrentClampSeries(
        name=name, data=data, conversion=1e-3, electrode=electrode, gain=1.0, **given
    )


def injected(electrode: Any, name: str, data: np.ndarray, **more: Any) -> Any:
    from pynwb.icephys import CurrentClampStimulusSeries

    given = {"rate": 10_000.0} | more
    return CurrentClampStimulusSeries(
        name=name, data=data, conversion=1e-12, electrode=electrode, gain=1.0, **given
    )


def test_the_table_of_recordings_says_which_part_of_a_series_is_a_sweep(tmp_path: Path) -> None:
    def fill(content: Any, electrodes: list[Any]) -> None:
        response = clamp(electrodes[0], "all responses", VOLTAGE)
        stimulus = injected(electrodes[0], "all stimuli", CURRENT)
        for first in (0, 150):
            content.add_intracellular_recording(
                electrode=electrodes[0],
                response=response,
                response_start_index=first,
                response_index_count=150,
                stimulus=stimulus,
                stimulus_start_index=first,
                stimulus_index_count=150,
            )

    found = read(written(tmp_path / "cell.nwb", fill))

    assert len(found) == 2
    np.testing.assert_allclose(found.recordings[1].traces["v"], VOLTAGE[150:] * 1e-3)
    np.testing.assert_allclose(found.recordings[0].inputs["I"], CURRENT[:150] * 1e-12)


def test_without_table_and_sweep_number_names_tell_the_pairs_in_their_order(
    tmp_path: Path,
) -> None:
    def fill(content: Any, electrodes: list[Any]) -> None:
        for k in (10, 9):
            content.add_acquisition(clamp(electrodes[0], f"ic__{k}", VOLTAGE + k))
            content.add_stimulus(injected(electrodes[0], f"ics__{k}", k * CURRENT))

    found = read(written(tmp_path / "cell.nwb", fill))

    assert [sweep.label for sweep in found] == ["ic__9", "ic__10"]
    assert [1e12 * sweep.inputs["I"].max() for sweep in found] == pytest.approx([450, 500])


def test_times_tell_the_step_where_no_rate_does(tmp_path: Path) -> None:
    def fill(content: Any, electrodes: list[Any]) -> None:
        times = {"rate": None, "timestamps": 5.0 + np.arange(300) * 2e-4}
        content.add_acquisition(clamp(electrodes[0], "r 0", VOLTAGE, **times))
        content.add_stimulus(injected(electrodes[0], "s 0", CURRENT, **times))

    found = read(written(tmp_path / "cell.nwb", fill))

    assert found.recordings[0].dt == pytest.approx(2e-4)


def test_a_stimulus_of_another_step_is_brought_to_that_of_the_response(tmp_path: Path) -> None:
    def fill(content: Any, electrodes: list[Any]) -> None:
        content.add_acquisition(clamp(electrodes[0], "r 0", VOLTAGE))
        content.add_stimulus(injected(electrodes[0], "s 0", CURRENT[::2], rate=5_000.0))

    found = read(written(tmp_path / "cell.nwb", fill))

    (sweep,) = found
    assert sweep.inputs["I"].size == sweep.traces["v"].size == 299
    # Between 0 at value 100 and 50 pA at value 102 of the response, the line is half way up.
    np.testing.assert_allclose(sweep.inputs["I"][99:104] * 1e12, [0, 0, 25, 50, 50], atol=1e-9)
    assert any("another sampling step" in step for step in found.history)


def test_a_file_without_intracellular_recordings_says_so(tmp_path: Path) -> None:
    path = written(tmp_path / "cell.nwb", lambda content, electrodes: None)

    with pytest.raises(OSError, match="no intracellular recordings"):
        read(path)


def test_sweeps_of_both_clamps_cannot_be_mixed(tmp_path: Path) -> None:
    def fill(content: Any, electrodes: list[Any]) -> None:
        from pynwb.icephys import VoltageClampSeries

        content.add_acquisition(clamp(electrodes[0], "r 0", VOLTAGE))
        content.add_stimulus(injected(electrodes[0], "s 0", CURRENT))
        content.add_acquisition(
            VoltageClampSeries(
                name="r 1", data=CURRENT, conversion=1e-12, electrode=electrodes[0], gain=1.0,
                rate=10_000.0,
            )
        )  # fmt: skip

    path = written(tmp_path / "cell.nwb", fill)

    with pytest.raises(InvalidValueError, match="Sweeps of different kinds"):
        read(path)
