"""Time and memory of reading files of gigabytes: a sweep of an NWB file, a table of text.

Files are made in a temporary folder, which is removed at the end. Every figure is that of a process
of its own, imports included; memory is the most that it held, times are those of the processor. The
system holds the files in its memory when they are read, as they were written just before.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from benchmarks.shared_folder import NotPossibleHere
from benchmarks.tables import Row, Table

GIGABYTE = 1e9
N_SWEEPS = 100
NWB_BYTES, CSV_BYTES = 2e9, 5e8
SPARE = 1e9
"""Room on the disk [bytes] that is left free."""

_ROWS_AT_ONCE = 100_000
_SWEEP_OF_NWB = "brianfit.read(path, sweeps=[57])"
_ALL_OF_IT = "brianfit.read(path)"
_INSPECT = "from brianfit.cli.main import app; app(['inspect', path])"
_INSPECT_A_SWEEP = "from brianfit.cli.main import app; app(['inspect', path, '--sweeps', '57'])"
_CHILD = """
import contextlib, io, json, resource, sys, time, warnings
warnings.simplefilter("ignore")
path = sys.argv[1]
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    import brianfit
    {work}
kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
json.dump([time.process_time(), 1024 * kilobytes], sys.stdout)
"""


def run() -> Table:
    """Measure all of it."""
    with tempfile.TemporaryDirectory() as folder:
        free = shutil.disk_usage(folder).free
        if free < NWB_BYTES + SPARE:
            raise NotPossibleHere(
                f"{NWB_BYTES / GIGABYTE:g} GB are written to {folder}, where {free / GIGABYTE:.1f} "
                "GB are free."
            )
        table = Table("Files of gigabytes (processor time and memory of a whole process)")
        for words, (write, tasks) in _PLAN.items():
            path = write(Path(folder))
            for task, (work, seconds, megabytes) in tasks.items():
                taken = measured(path, work)
                table.extend(
                    [
                        Row(f"{words}: {task}", taken[0], "s", at_most=seconds),
                        Row("... memory", taken[1] / 1e6, "MB", at_most=megabytes),
                    ]
                )
            path.unlink()
    return table


def measured(path: Path, work: str) -> tuple[float, float]:
    """Return the time of the processor [s] and the largest memory [bytes] of a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", _CHILD.format(work=work), str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    seconds, n_bytes = json.loads(done.stdout)
    return seconds, n_bytes


def nwb_of_sweeps(folder: Path) -> Path:
    """Write a response and a stimulus for each of 100 sweeps, as 32-bit numbers, whole."""
    return _nwb(folder / "whole.nwb", {})


def nwb_in_chunks(folder: Path) -> Path:
    """Write the same as packed chunks."""
    return _nwb(folder / "chunks.nwb", {"chunks": (65_536,), "compression": "gzip"})


def table_of_text(folder: Path) -> Path:
    """Write times, a current and a voltage, a row each."""
    path = folder / "cell.csv"
    random = np.random.default_rng(1)
    lines = [f"{i:.3f},{v:.4f}\n" for i, v in random.normal(0, 1, (_ROWS_AT_ONCE, 2))]
    first = 0
    with path.open("w") as file:
        n_bytes = file.write("time [ms],I [pA],v [mV]\n")
        while n_bytes < CSV_BYTES:
            n_bytes += file.write(
                "".join(f"{0.1 * (first + k):.1f},{line}" for k, line in enumerate(lines))
            )
            first += _ROWS_AT_ONCE
    return path


def _nwb(path: Path, storage: Mapping[str, object]) -> Path:
    import h5py

    n_values = round(NWB_BYTES / (2 * N_SWEEPS * 4))
    noise = np.random.default_rng(1).normal(0, 0.2, n_values).astype(np.float32)
    with h5py.File(path, "w") as file:
        file.attrs["nwb_version"] = "2.6.0"
        for folder, prefix, kind, unit, conversion in (
            ("acquisition", "response", "CurrentClampSeries", "volts", 1e-3),
            ("stimulus/presentation", "stimulus", "CurrentClampStimulusSeries", "amperes", 1e-12),
        ):
            for k in range(N_SWEEPS):
                group = file.create_group(f"{folder}/{prefix}_{k:03}")
                group.attrs.update(neurodata_type=kind, sweep_number=np.uint32(k))
                level = -70 if unit == "volts" else 5 * k
                group.create_dataset("data", data=noise + np.float32(level), **storage)
                group["data"].attrs.update(unit=unit, conversion=conversion)
                group["starting_time"] = float(100 * k)
                group["starting_time"].attrs["rate"] = 50_000.0
    return path


Task = tuple[str, float | None, float | None]
"""A piece of code, and the most that it may take: seconds and megabytes."""

_OF_NWB: Mapping[str, Task] = {
    "one sweep": (_SWEEP_OF_NWB, 5.0, 300.0),
    "inspect": (_INSPECT, 5.0, 300.0),
    "inspect, one sweep": (_INSPECT_A_SWEEP, None, None),
}
_PLAN: Mapping[str, tuple[Callable[[Path], Path], Mapping[str, Task]]] = {
    "2 GB of NWB": (nwb_of_sweeps, _OF_NWB),
    "2 GB of NWB, packed": (nwb_in_chunks, _OF_NWB),
    "500 MB of text": (table_of_text, {"all": (_ALL_OF_IT, 30.0, 700.0)}),
}

if __name__ == "__main__":
    sys.stdout.write(str(run()) + "\n")
