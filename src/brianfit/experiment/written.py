"""Protocols as files that rigs read: tables of text, Axon text files, Neurodata Without Borders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import numpy as np

from brianfit._foundation.errors import InvalidValueError, MissingPackageError
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import unit_name
from brianfit.data import RecordingSet

_PICO = 1e12


def write_protocol(recordings: RecordingSet, path: Path, *, description: str) -> Path:
    """Write the one input of recordings; the ending of the path says how.

    Raises
    ------
    InvalidValueError
        If nobody writes this ending, or the input is no current where it must be one.
    """
    writers: Mapping[str, Callable[[RecordingSet, Path, str], None]] = {
        ".csv": _write_csv, ".atf": _write_atf, ".nwb": _write_nwb,
    }  # fmt: skip
    ending = path.suffix.lower()
    if ending not in writers:
        raise InvalidValueError(
            f"A protocol is written as {', '.join(writers)}, but '{path.name}' ends differently."
        )
    writers[ending](recordings, path, description)
    return path


def _table(recordings: RecordingSet) -> tuple[str, Float[np.ndarray, "n_values n_columns"]]:
    """Return the name of the input, and times and values of all sweeps as columns [SI]."""
    (name,) = recordings.input_names
    rows = [sweep.inputs[name] for sweep in recordings]
    times = np.arange(rows[0].size) * recordings.recordings[0].dt
    return name, np.column_stack([times, *rows])


def _write_csv(recordings: RecordingSet, path: Path, _description: str) -> None:
    name, table = _table(recordings)
    unit = unit_name(recordings.dimensions[name])
    headings = ["time [s]", *(f"{name} {number} [{unit}]" for number in range(len(recordings)))]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(",".join(headings) + "\n")
        np.savetxt(file, table, fmt="%.9g", delimiter=",")


def _write_atf(recordings: RecordingSet, path: Path, description: str) -> None:
    """Write Axon Text File 1.0: header records in quotes, then columns with tabs between them."""
    name, table = _table(recordings)
    _check_current(recordings, name)
    table[:, 1:] *= _PICO
    records = [
        '"AcquisitionMode=Episodic Stimulation"',
        f'"Comment={description.replace(chr(34), "")}"',
        f'"SyncTimeUnits={1e6 * recordings.recordings[0].dt:g}"',
        f'"Signals="\t{chr(9).join([chr(34) + name + chr(34)] * len(recordings))}',
    ]
    headings = [
        '"Time (s)"',
        *(f'"Trace #{number} (pA)"' for number in range(1, len(recordings) + 1)),
    ]
    with path.open("w", encoding="utf-8", newline="\r\n") as file:
        file.write(f"ATF\t1.0\n{len(records)}\t{table.shape[1]}\n")
        file.write("\n".join([*records, "\t".join(headings)]) + "\n")
        np.savetxt(file, table, fmt="%.9g", delimiter="\t")


def _write_nwb(recordings: RecordingSet, path: Path, description: str) -> None:
    try:
        from pynwb import NWBHDF5IO, NWBFile
        from pynwb.icephys import CurrentClampStimulusSeries
    except ImportError as missing:
        raise MissingPackageError(
            "NWB files are written by the package pynwb: pip install pynwb."
        ) from missing
    (name,) = recordings.input_names
    _check_current(recordings, name)
    content = NWBFile(
        session_description=f"protocol: {description}",
        identifier=str(uuid4()),
        session_start_time=datetime.now(UTC),
    )
    device = content.create_device("amplifier")
    electrode = content.create_icephys_electrode(
        name="electrode", device=device, description="the electrode that injects the current"
    )
    for number, sweep in enumerate(recordings):
        content.add_stimulus(
            CurrentClampStimulusSeries(
                name=f"stimulus {number:03d}",
                data=_PICO * sweep.inputs[name],
                conversion=1.0 / _PICO,
                rate=1.0 / sweep.dt,
                electrode=electrode,
                gain=1.0,
                sweep_number=np.uint32(number),
            )
        )
    with NWBHDF5IO(str(path), "w") as file:
        file.write(content)


def _check_current(recordings: RecordingSet, name: str) -> None:
    unit = unit_name(recordings.dimensions[name])
    if unit != "A":
        raise InvalidValueError(
            f"Such a file holds a current, but '{name}' is in {unit}: write it as '.csv'."
        )
