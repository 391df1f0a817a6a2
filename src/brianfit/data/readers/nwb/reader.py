"""NWB files to sweeps, read with h5py: headers first, values when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import UnreadableFileError
from brianfit._foundation.optional import import_optional
from brianfit.data.readers._base import (
    AbstractReader,
    FileContent,
    ReadRequest,
    Role,
    Signal,
    Sweep,
    parsing,
)
from brianfit.data.readers.nwb.pairs import Pair, Pairs, by_template, paired
from brianfit.data.readers.nwb.series import Part, Series, SeriesReader, check_count

_TABLE = "general/intracellular_ephys/intracellular_recordings"
_DEEPEST = 6  # folders below acquisition, stimulus or processing
_METADATA = {
    "identifier": "identifier",
    "session_description": "session_description",
    "session_start_time": "session_start_time",
    "experimenter": "general/experimenter",
    "institution": "general/institution",
    "lab": "general/lab",
    "related_publications": "general/related_publications",
}


@final
class NWBReader(AbstractReader):
    """Reads ``.nwb`` files of current or voltage clamp.

    A response and its stimulus belong together by the table of intracellular recordings; in files
    without it by sweep number and electrode, or else by the one number by which their names differ,
    or by their times.
    """

    @property
    def name(self) -> str:
        return "an NWB file"

    @property
    def suffixes(self) -> tuple[str, ...]:
        return (".nwb",)

    def open(self, path: Path, request: ReadRequest) -> FileContent:
        h5py = import_optional("h5py", purpose=f"Reading {path.name}")
        with parsing(path, self.name), h5py.File(path, "r") as file:
            return _Content(path, file, request).content()


@final
class _Content:
    def __init__(self, path: Path, file: Any, request: ReadRequest) -> None:
        self._path = path
        self._file = file
        self._reader = SeriesReader(path, request)

    def content(self) -> FileContent:
        if not {"nwb_version", "acquisition"} & {*self._file, *self._file.attrs}:
            raise UnreadableFileError(
                f"{self._path.name} cannot be read as an NWB file: it is HDF5, but not NWB."
            )
        pairs = self._pairs()
        by_key: dict[Any, list[Pair]] = {}
        for pair in pairs.pairs:
            by_key.setdefault(pair.key, []).append(pair)
        return FileContent(
            sweeps=tuple(
                self._sweep(number, together) for number, together in enumerate(by_key.values())
            ),
            metadata=self._metadata(),
            notes=(pairs.note,) if pairs.note else (),
        )

    def _pairs(self) -> Pairs:
        if _TABLE in self._file and "responses/response" in self._file[_TABLE]:
            found = self._pairs_of_table(self._file[_TABLE])
            if found.pairs:
                return found
        responses = self._below("acquisition", Role.RESPONSE) or self._below(
            "processing", Role.RESPONSE
        )
        if not responses:
            return self._plain()
        stimuli = self._below("stimulus/presentation", Role.STIMULUS)
        templates = self._below("stimulus/templates", Role.STIMULUS)
        if stimuli or not templates:
            return paired(responses, stimuli)
        return by_template(responses, templates)

    def _below(self, place: str, role: Role) -> list[Series]:
        """Return the intracellular series in a folder of the file, and its folders."""
        is_old = "nwb_version" in self._file and hasattr(self._file["nwb_version"], "shape")
        found = [series for series in self._series_below(place, role) if series.role is role]
        if role is Role.RESPONSE and not is_old:
            return [series for series in found if series.clamp is not None]
        return found

    def _plain(self) -> Pairs:
        """Return series that the file does not call intracellular, by their units."""
        plain = [*self._series_below("acquisition", Role.UNKNOWN)]
        plain = plain or [*self._series_below("processing", Role.UNKNOWN)]
        of_cells = [series for series in plain if series.unit.dimensions is not None]
        if not of_cells:
            raise UnreadableFileError(
                f"{self._path.name} holds no intracellular recordings (CurrentClampSeries or "
                "VoltageClampSeries), and no other series of voltage or current."
            )
        stimuli = self._series_below("stimulus/presentation", Role.STIMULUS)
        return paired(of_cells, [*stimuli])

    def _series_below(self, place: str, role: Role) -> Iterator[Series]:
        if place not in self._file:
            return
        folders = [(self._file[place], 0)]
        while folders:
            folder, depth = folders.pop()
            for key in folder:
                entry = folder.get(key)
                if self._reader.is_series(entry):
                    series = self._reader.series(entry, role)
                    if series is not None:
                        yield series
                elif hasattr(entry, "keys") and depth < _DEEPEST:
                    folders.append((entry, depth + 1))

    def _pairs_of_table(self, table: Any) -> Pairs:
        n_rows = table["responses/response"].shape[0]
        pairs = []
        for row in range(n_rows):
            response = self._part(table["responses/response"][row], Role.RESPONSE)
            if response is None:
                continue
            stimuli = []
            if "stimuli/stimulus" in table:
                stimuli = [self._part(table["stimuli/stimulus"][row], Role.STIMULUS)]
            pairs.append(
                Pair(
                    response=response,
                    stimuli=tuple(part for part in stimuli if part is not None),
                    key=row,
                )
            )
        return Pairs(pairs=tuple(pairs), note="")

    def _part(self, reference: Any, role: Role) -> Part | None:
        first, count, target = (reference[name] for name in reference.dtype.names)
        if int(count) <= 0 or int(first) < 0:
            return None
        series = self._reader.series(self._file[target], role)
        if series is None:
            return None
        part = Part(series=series, first=int(first), count=int(count))
        check_count(self._path, part)
        return part

    def _sweep(self, number: int, pairs: Sequence[Pair]) -> Sweep:
        signals: list[Signal] = []
        for pair in pairs:
            response = self._reader.signal(pair.response)
            signals.append(response)
            for part in pair.stimuli:
                start = response.start if pair.is_shared else None
                signals.append(self._reader.signal(part, start=start, role=Role.STIMULUS))
        label = pairs[0].response.series.name if len(pairs) == 1 else f"sweep {number}"
        return Sweep(label=label, number=number, signals=tuple(signals))

    def _metadata(self) -> dict[str, str]:
        found = {}
        for name, place in _METADATA.items():
            if place in self._file and hasattr(self._file[place], "shape"):
                text = _words(self._file[place][()])
                if text:
                    found[name] = text
        return found


def _words(value: Any) -> str:
    parts = np.atleast_1d(np.asarray(value, dtype=object))
    texts = [part.decode("utf-8", "replace") if isinstance(part, bytes) else part for part in parts]
    return ", ".join(str(text) for text in texts)
