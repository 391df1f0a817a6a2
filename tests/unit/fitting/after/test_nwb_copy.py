"""A fit is written into a copy of the file that was fitted, at the times of that file."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
from brian2 import ms, mV

from brianfit import TraceFitter, cut, read, subtract_junction_potential, write_nwb
from brianfit._foundation.errors import InvalidValueError, UnreadableFileError
from brianfit.data import RecordingSet
from brianfit.engines import ReferenceEngine
from brianfit.optimizers import RandomSearch
from brianfit.results import FitResult

RATE = 10_000.0
LEAKY = "dv/dt = (El - v + 1e9*ohm*I)/(10*ms) : volt\nEl : volt (constant)"


def made(path: Path, *, is_old: bool = False, seed: int = 3) -> Path:
    """Write two sweeps that begin 5 and 7 s after the session; the second is noisier."""
    random = np.random.default_rng(seed)
    with h5py.File(path, "w") as file:
        if is_old:
            file["nwb_version"] = "NWB-1.0.5"
        else:
            file.attrs["nwb_version"] = "2.6.0"
        for folder, kind, unit in (
            ("acquisition", "CurrentClampSeries", "volts"),
            ("stimulus/presentation", "CurrentClampStimulusSeries", "amperes"),
        ):
            for k in range(2):
                group = file.create_group(f"{folder}/{unit} {k}")
                group.attrs["neurodata_type"] = kind
                noise = random.normal(0, 1, 400) * (1 + k)
                values = -0.07 + 1e-4 * noise if unit == "volts" else 1e-12 * noise
                group["data"] = values
                group["data"].attrs["unit"] = unit
                group["starting_time"] = 5.0 + 2 * k
                group["starting_time"].attrs["rate"] = RATE
    return path


def fitted(recordings: RecordingSet) -> FitResult:
    fitter = TraceFitter(LEAKY, recordings, dt=0.1 * ms, n_samples=2, engine=ReferenceEngine())
    fitter.fit(RandomSearch(), n_rounds=1, seed=1, callback=None, El=[-80 * mV, -60 * mV])
    return fitter.result


@pytest.mark.slow
def test_sweeps_lie_where_they_were_cut_out_of_the_file(tmp_path: Path) -> None:
    whole = read(made(tmp_path / "cell.nwb"))
    part = subtract_junction_potential(cut(whole, 10 * ms, 30 * ms), 12 * mV)

    path = write_nwb(fitted(part), tmp_path / "fit.nwb", tmp_path / "cell.nwb")

    with h5py.File(path) as file:
        series = [file[f"processing/brianfit/v_{k}"] for k in range(2)]
        assert [one["starting_time"][()] for one in series] == pytest.approx([5.01, 7.01])
        assert [one["data"].size for one in series] == [200, 200]
        assert file["acquisition/volts 1/data"].shape == (400,)


@pytest.mark.slow
def test_what_cannot_be_written_back_is_said(tmp_path: Path) -> None:
    source = made(tmp_path / "cell.nwb")
    result, copy = fitted(read(source)), tmp_path / "fit.nwb"
    changed = made(tmp_path / "old.nwb", is_old=True)

    with pytest.raises(InvalidValueError, match="must be another file"):
        write_nwb(result, source, source)
    other = read(made(tmp_path / "other.nwb", seed=4))
    with pytest.raises(InvalidValueError, match="nothing in cell.nwb may be what was fitted"):
        write_nwb(result, copy, source, cut(other, 1 * ms))
    with pytest.raises(InvalidValueError, match="a time for each of the 2 sweeps"):
        write_nwb(result, copy, source, starts=[1.0])
    with pytest.raises(UnreadableFileError, match="NWB 2 only"):
        write_nwb(result, copy, changed, starts=[0 * ms, 1 * ms])
    write_nwb(result, copy, source)
    with pytest.raises(UnreadableFileError, match="'brianfit' already"):
        write_nwb(result, tmp_path / "again.nwb", copy)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "cell.nwb", "fit.nwb", "old.nwb", "other.nwb",
    ]  # fmt: skip
