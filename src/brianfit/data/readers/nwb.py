"""Neurodata Without Borders: intracellular series with their stimuli, through pynwb."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import UnreadableFileError
from brianfit._foundation.optional import import_optional
from brianfit._foundation.unit_text import unit_from_text
from brianfit._foundation.units import dimensions_of
from brianfit.data.readers._base import (
    AbstractReader,
    FileContent,
    ReadRequest,
    Role,
    Signal,
    Sweep,
    check_memory,
    chosen_sweeps,
    parsing,
    without_nan_tail,
)
from brianfit.data.readers.columns import Column, step_of_times

_STIMULI = {"CurrentClampStimulusSeries", "VoltageClampStimulusSeries"}
_RESPONSES = {"CurrentClampSeries", "VoltageClampSeries", "IZeroClampSeries"}
_LAST_NUMBER = re.compile(r"(\d+)\D*$")


@final
@dataclass(frozen=True, kw_only=True)
class _Pair:
    """A response and its stimulus, where there is one."""

    response: Any
    stimulus: Any = None


@final
class NWBReader(AbstractReader):
    """Reads ``.nwb`` files of current or voltage clamp.

    A response and its stimulus belong together by the table of intracellular recordings; in files
    without it by their sweep number, or else by the number at the end of their names.
    """

    @property
    def name(self) -> str:
        return "an NWB file"

    @property
    def suffixes(self) -> tuple[str, ...]:
        return (".nwb",)

    def read(self, path: Path, request: ReadRequest) -> FileContent:
        pynwb = import_optional("pynwb", purpose=f"Reading {path.name}")
        with parsing(path, self.name), pynwb.NWBHDF5IO(str(path), "r") as file:
            content = file.read()
            pairs = _pairs(path, content)
            chosen = [pairs[k] for k in chosen_sweeps(path, len(pairs), request)]
            check_memory(path, sum(_n_values(pair) for pair in chosen), request)
            return FileContent(
                sweeps=tuple(_sweep(path, pair, request) for pair in chosen),
                metadata=_metadata(content),
            )


def _pairs(path: Path, content: Any) -> list[_Pair]:
    table = content.intracellular_recordings
    if table is not None and len(table) > 0:
        return _pairs_of_table(table)
    responses = _series(content.acquisition.values(), _RESPONSES)
    stimuli = _series(content.stimulus.values(), _STIMULI)
    if not responses:
        raise UnreadableFileError(
            f"{path.name} holds no intracellular recordings (CurrentClampSeries or "
            "VoltageClampSeries)."
        )
    by_key: dict[Any, Any] = {_key(series): series for series in stimuli}
    return [
        _Pair(response=series, stimulus=by_key.get(_key(series)))
        for series in sorted(responses, key=_order)
    ]


def _pairs_of_table(table: Any) -> list[_Pair]:
    responses = table.category_tables["responses"]["response"]
    stimuli = table.category_tables["stimuli"]["stimulus"]
    pairs = []
    for k in range(len(table)):
        response, stimulus = responses[k], stimuli[k]
        has_stimulus = stimulus is not None and stimulus.count > 0
        if response is None or response.count <= 0:
            continue
        pairs.append(_Pair(response=response, stimulus=stimulus if has_stimulus else None))
    return pairs


def _series(everything: Any, kinds: set[str]) -> list[Any]:
    return [series for series in everything if type(series).__name__ in kinds]


def _key(series: Any) -> tuple[str, int]:
    """Return what a response and its stimulus have in common: electrode, and sweep or name."""
    electrode = getattr(series.electrode, "name", "")
    number = getattr(series, "sweep_number", None)
    return electrode, _number(series) if number is None else int(number)


def _order(series: Any) -> tuple[int, str]:
    return _key(series)[1], series.name


def _number(series: Any) -> int:
    match = _LAST_NUMBER.search(series.name)
    return int(match[1]) if match else -1


def _part(given: Any) -> tuple[Any, slice]:
    """Return a series and the part of it that belongs to a sweep."""
    if hasattr(given, "timeseries"):
        return given.timeseries, slice(given.idx_start, given.idx_start + given.count)
    return given, slice(None)


def _n_values(pair: _Pair) -> int:
    n_values = 0
    for given in (pair.response, pair.stimulus):
        if given is not None:
            series, part = _part(given)
            n_values += len(range(*part.indices(len(series.data))))
    return n_values


def _sweep(path: Path, pair: _Pair, request: ReadRequest) -> Sweep:
    response = _signal(path, pair.response, Role.RESPONSE, request)
    signals = [response]
    if pair.stimulus is not None:
        signals.append(_signal(path, pair.stimulus, Role.STIMULUS, request))
    return Sweep(label=_part(pair.response)[0].name, signals=tuple(signals))


def _signal(path: Path, given: Any, role: Role, request: ReadRequest) -> Signal:
    series, part = _part(given)
    name = str(getattr(series.electrode, "name", "") or series.name)
    stored = np.asarray(series.data[part], dtype=np.float64).reshape(-1)
    unit = request.units.get(name)
    if unit is None:
        unit = unit_from_text(str(series.unit))
        stored = stored * float(series.conversion) + float(series.offset or 0.0)
    return Signal(
        name=name,
        values=without_nan_tail(stored) * float(unit),
        dimensions=dimensions_of(unit),
        dt=_sampling_step(path, series, part),
        role=role,
    )


def _sampling_step(path: Path, series: Any, part: slice) -> float:
    if series.rate:
        return 1.0 / float(series.rate)
    times = np.asarray(series.timestamps[part], dtype=np.float64)
    return step_of_times(path, Column(heading="t", name="t", number=None, unit=1.0), times)


def _metadata(content: Any) -> dict[str, str]:
    fields: Sequence[str] = (
        "identifier",
        "session_description",
        "session_start_time",
        "experimenter",
        "institution",
        "lab",
        "related_publications",
    )
    found = {field: getattr(content, field, None) for field in fields}
    return {field: _in_words(value) for field, value in found.items() if value}


def _in_words(value: Any) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, list | tuple) else str(value)
