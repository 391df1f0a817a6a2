"""Every reader keeps the contract."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from brianfit.data.readers import READERS, AbstractReader
from brianfit.data.readers.abf import AxonReader
from brianfit.data.readers.csv import TextReader
from brianfit.data.readers.neo import NeoReader
from brianfit.data.readers.npz import NumpyReader
from brianfit.data.readers.nwb import NWBReader
from brianfit.testing.readers import ReaderContract
from tests.contracts.made_files import write_nwb, write_winwcp


class TestTextReader(ReaderContract):
    @pytest.fixture
    def reader(self) -> AbstractReader:
        return TextReader()

    @pytest.fixture
    def good_file(self, tmp_path: Path) -> Path:
        path = tmp_path / "cell.csv"
        time = np.arange(200) * 0.1
        columns = {"time [ms]": time}
        for k in range(3):
            columns[f"I {k} [pA]"] = np.where(time > 5, 10.0 * k, 0.0)
            columns[f"v {k} [mV]"] = -70 + np.sin(time + k)
        pd.DataFrame(columns).to_csv(path, index=False)
        return path


class TestNumpyReader(ReaderContract):
    @pytest.fixture
    def reader(self) -> AbstractReader:
        return NumpyReader()

    @pytest.fixture
    def good_file(self, tmp_path: Path) -> Path:
        path = tmp_path / "cell.npz"
        voltage = np.random.default_rng(1).normal(-70, 1, (3, 200))
        np.savez(path, dt_ms=0.1, v_mV=voltage, I_pA=np.zeros((3, 200)))
        return path


@pytest.mark.needs_package("neo")
@pytest.mark.needs_shared
class TestAxonReader(ReaderContract):
    @pytest.fixture
    def reader(self) -> AbstractReader:
        return AxonReader()

    @pytest.fixture
    def good_file(self, shared_data: Path) -> Path:
        return shared_data / "data" / "abf" / "171116sh_0018.abf"


@pytest.mark.needs_package("pynwb")
class TestNWBReader(ReaderContract):
    @pytest.fixture
    def reader(self) -> AbstractReader:
        return NWBReader()

    @pytest.fixture
    def good_file(self, tmp_path: Path) -> Path:
        return write_nwb(tmp_path / "cell.nwb", n_sweeps=3)


@pytest.mark.needs_package("neo")
class TestNeoReader(ReaderContract):
    @pytest.fixture
    def reader(self) -> AbstractReader:
        return NeoReader()

    @pytest.fixture
    def good_file(self, tmp_path: Path) -> Path:
        return write_winwcp(tmp_path / "cell.wcp", n_sweeps=3)


def test_every_ending_has_one_reader() -> None:
    suffixes = [suffix for reader in READERS for suffix in reader.suffixes]

    assert len(set(suffixes)) == len(suffixes)


def test_every_reader_is_tested() -> None:
    tested = {TextReader, NumpyReader, AxonReader, NWBReader, NeoReader}

    assert {type(reader) for reader in READERS} == tested
