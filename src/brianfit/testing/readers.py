"""What every reader of files must do; subclass `ReaderContract` to test your own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from brianfit._foundation.errors import BrianfitError, UnreadableFileError
from brianfit.data.readers import AbstractReader, FileContent, ReadRequest


class ReaderContract:
    """A reader keeps what it promises.

    A subclass gives three fixtures: ``reader``, ``good_file`` (a file of two sweeps or more, with
    units) and ``request_for_file`` (what must be told besides the file; usually nothing).
    """

    @pytest.fixture
    def request_for_file(self) -> ReadRequest:
        """Return what the reader is told besides the file."""
        return ReadRequest()

    @pytest.fixture
    def content(
        self, reader: AbstractReader, good_file: Path, request_for_file: ReadRequest
    ) -> FileContent:
        """Return what the reader finds in the good file."""
        return reader.read(good_file, request_for_file)

    def test_says_which_files_it_reads(self, reader: AbstractReader, good_file: Path) -> None:
        assert reader.name
        assert good_file.suffix.lower() in reader.suffixes
        assert all(suffix == suffix.lower() for suffix in reader.suffixes)

    def test_finds_sweeps_with_signals(self, content: FileContent) -> None:
        assert len(content.sweeps) >= 2
        for sweep in content.sweeps:
            assert sweep.label
            assert sweep.signals
            for signal in sweep.signals:
                assert signal.name
                assert signal.values.dtype == np.float64
                assert signal.values.size >= 2
                assert signal.dt is not None
                assert 1e-7 < signal.dt < 1.0

    def test_the_same_file_gives_the_same_numbers(
        self,
        reader: AbstractReader,
        content: FileContent,
        good_file: Path,
        request_for_file: ReadRequest,
    ) -> None:
        again = reader.read(good_file, request_for_file)

        for one, other in zip(content.sweeps, again.sweeps, strict=True):
            for a, b in zip(one.signals, other.signals, strict=True):
                np.testing.assert_array_equal(a.values, b.values)

    def test_reads_the_sweeps_that_are_asked_for(
        self,
        reader: AbstractReader,
        content: FileContent,
        good_file: Path,
        request_for_file: ReadRequest,
    ) -> None:
        found = reader.read(good_file, replace(request_for_file, sweeps=[1]))

        assert len(found.sweeps) == 1
        np.testing.assert_array_equal(
            found.sweeps[0].signals[0].values, content.sweeps[1].signals[0].values
        )

    def test_a_sweep_that_is_not_there_is_named(
        self, reader: AbstractReader, good_file: Path, request_for_file: ReadRequest
    ) -> None:
        with pytest.raises(UnreadableFileError, match="sweep 999"):
            reader.read(good_file, replace(request_for_file, sweeps=[999]))

    def test_a_file_larger_than_the_memory_allowed_is_not_read(
        self, reader: AbstractReader, good_file: Path, request_for_file: ReadRequest
    ) -> None:
        with pytest.raises(UnreadableFileError, match="memory_limit"):
            reader.read(good_file, replace(request_for_file, memory_limit=8))

    @pytest.mark.parametrize("share", [0.02, 0.3, 0.7])
    def test_a_truncated_file_gives_a_clear_error_or_fewer_values(
        self,
        reader: AbstractReader,
        content: FileContent,
        good_file: Path,
        request_for_file: ReadRequest,
        *,
        tmp_path: Path,
        share: float,
    ) -> None:
        whole = good_file.read_bytes()
        truncated = tmp_path / f"truncated{good_file.suffix}"
        truncated.write_bytes(whole[: int(share * len(whole))])

        try:
            found = reader.read(truncated, request_for_file)
        except BrianfitError:
            return

        assert _n_values(found) < _n_values(content)

    @pytest.mark.parametrize("filling", [b"\0", b"hello\n", bytes(range(256))])
    def test_something_else_gives_a_clear_error(
        self,
        reader: AbstractReader,
        good_file: Path,
        request_for_file: ReadRequest,
        tmp_path: Path,
        filling: bytes,
    ) -> None:
        other = tmp_path / f"other{good_file.suffix}"
        other.write_bytes(filling * 50)

        with pytest.raises(BrianfitError, match=r"\w"):
            reader.read(other, request_for_file)


def _n_values(content: FileContent) -> int:
    return sum(signal.values.size for sweep in content.sweeps for signal in sweep.signals)


__all__ = ["ReaderContract"]
