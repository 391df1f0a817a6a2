"""Broken inputs: how each is made, what is run, and what the message must say."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import final

import numpy as np

GOOD_TABLE = "time [ms],I [pA],v [mV]\n" + "".join(
    f"{k},{100 if 20 <= k < 80 else 0},{-70 + (5 if 20 <= k < 80 else 0)}\n" for k in range(100)
)
GOOD_PROBLEM = """
[recording]
files = ["cell.csv"]

[model]
name = "lif"

[fit]
outputs = ["v"]
rounds = 2
"""
OWN_MODEL = """
[recording]
files = ["cell.csv"]

[model]
equations = '''
dv/dt = (EL - v + R*I)/tau : volt
EL : volt (constant)
R : ohm (constant)
'''
constants = { tau = "10 ms" }

[parameters]
EL = ["-80 mV", "-60 mV"]
R = ["10 Mohm", "500 Mohm"]
"""


@final
@dataclass(frozen=True, kw_only=True)
class Broken:
    """One kind of broken input.

    Attributes
    ----------
    make
        Writes files into an empty folder.
    run
        Arguments of the command, run in that folder.
    says
        What the message must contain.
    package
        An optional package that is needed to notice.
    """

    make: Callable[[Path], None]
    run: tuple[str, ...]
    says: tuple[str, ...]
    package: str = ""


def _file(name: str, content: str | bytes) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        data = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(data)

    return make


def _table(content: str) -> Callable[[Path], None]:
    return _file("cell.csv", content)


def _problem(content: str, recording: str = GOOD_TABLE) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        (folder / "cell.csv").write_text(recording)
        (folder / "cell.toml").write_text(content)

    return make


def _changed(old: str, new: str, text: str = GOOD_PROBLEM) -> Callable[[Path], None]:
    assert old in text
    return _problem(text.replace(old, new))


def _added(lines: str, text: str = GOOD_PROBLEM) -> Callable[[Path], None]:
    return _problem(text + lines)


def _folder(folder: Path) -> None:
    (folder / "cell.csv").mkdir()


def _nothing(folder: Path) -> None:
    pass


def _truncated_archive(folder: Path) -> None:
    np.savez(folder / "whole.npz", v_mV=np.zeros((2, 100)), dt_ms=0.1)
    content = (folder / "whole.npz").read_bytes()
    (folder / "cell.npz").write_bytes(content[: len(content) // 2])


def _pickled_archive(folder: Path) -> None:
    np.savez(folder / "cell.npz", v_mV=np.array([{"a": 1}], dtype=object))


def _archive_without_step(folder: Path) -> None:
    np.savez(folder / "cell.npz", v_mV=np.zeros((2, 100)))


def _archive_of_text(folder: Path) -> None:
    np.savez(folder / "cell.npz", v_mV=np.array(["a", "b"]))


def _bomb(folder: Path) -> None:
    header = np.lib.format.magic(1, 0)
    with zipfile.ZipFile(folder / "cell.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("v_mV.npy", header + b"\0" * 10_000_000)
    content = (folder / "cell.npz").read_bytes()
    size = (10_000_000 + len(header)).to_bytes(4, "little")
    assert size in content
    (folder / "cell.npz").write_bytes(content.replace(size, (3_900_000_000).to_bytes(4, "little")))


def _huge_table(folder: Path) -> None:
    with (folder / "cell.csv").open("wb") as file:
        file.truncate(40 * 1024**3)  # sparse: takes no space


def _other_hdf5(folder: Path) -> None:
    import h5py

    with h5py.File(folder / "cell.nwb", "w") as file:
        file["values"] = np.zeros(10)


def _two_stimuli(folder: Path) -> None:
    (folder / "cell.csv").write_text(GOOD_TABLE)
    (folder / "short.csv").write_text("time [ms],I [pA]\n0,1\n1,2\n")


def _existing_problem(folder: Path) -> None:
    (folder / "cell.csv").write_text(GOOD_TABLE)
    (folder / "cell.toml").write_text(GOOD_PROBLEM)


INSPECT = ("inspect", "cell.csv")
FIT = ("fit", "cell.toml")

FILES: dict[str, Broken] = {
    "no such file": Broken(make=_nothing, run=INSPECT, says=("There is no file cell.csv",)),
    "a folder": Broken(make=_folder, run=INSPECT, says=("is a folder",)),
    "an empty file": Broken(make=_table(""), run=INSPECT, says=("cell.csv is empty",)),
    "an unknown ending": Broken(
        make=_file("cell.xyz", "1"), run=("inspect", "cell.xyz"), says=("'.xyz'", ".abf")
    ),
    "bytes that are no text": Broken(make=_table("a\0b"), run=INSPECT, says=("is no text",)),
    "headings without rows": Broken(
        make=_table("time [ms],v [mV]\n"), run=INSPECT, says=("no rows of numbers",)
    ),
    "a word among the numbers": Broken(
        make=_table("time [ms],v [mV]\n0,-70\n1,oops\n"), run=INSPECT, says=("'oops' in row 2",)
    ),
    "a ragged table": Broken(
        make=_table("time [ms],v [mV]\n0,1\n1,2,3,4\n"), run=INSPECT, says=("no regular table",)
    ),
    "a column without a unit": Broken(
        make=_table("time [ms],v\n0,1\n1,2\n"), run=INSPECT, says=("unit of the column 'v'",)
    ),
    "no times": Broken(make=_table("v [mV]\n0\n1\n"), run=INSPECT, says=("no column of times",)),
    "uneven times": Broken(
        make=_table("time [ms],v [mV]\n0,1\n1,2\n5,3\n"), run=INSPECT, says=("equal steps",)
    ),
    "an unknown unit": Broken(
        make=_table("time [ms],v [furlong]\n0,1\n1,2\n"), run=INSPECT, says=("'furlong'",)
    ),
    "two channels that could be the response": Broken(
        make=_table("time [ms],a [mV],b [mV]\n0,1,2\n1,2,2\n"), run=INSPECT, says=("'a' [V], 'b'",)
    ),
    "gaps in the stimulus": Broken(
        make=_table("time [ms],I [pA],v [mV]\n0,1,2\n1,,2\n2,3,4\n"),
        run=INSPECT,
        says=("stimulus 'I' is not a number at value 1",),
    ),
    "a table larger than memory": Broken(
        make=_huge_table, run=INSPECT, says=("more than the limit",)
    ),
    "a truncated archive": Broken(
        make=_truncated_archive, run=("inspect", "cell.npz"), says=("NumPy archive",)
    ),
    "pickled objects": Broken(
        make=_pickled_archive, run=("inspect", "cell.npz"), says=("NumPy archive",)
    ),
    "an archive that unpacks to gigabytes": Broken(
        make=_bomb, run=("inspect", "cell.npz"), says=("cell.npz",)
    ),
    "an archive without numbers": Broken(
        make=_archive_of_text, run=("inspect", "cell.npz"), says=("no arrays of numbers",)
    ),
    "an archive without sampling step": Broken(
        make=_archive_without_step, run=("inspect", "cell.npz"), says=("sampling step",)
    ),
    "text called abf": Broken(
        make=_file("cell.abf", "hello"),
        run=("inspect", "cell.abf"),
        says=("cannot be read",),
        package="neo",
    ),
    "an ABF header and nothing more": Broken(
        make=_file("cell.abf", b"ABF2" + bytes(range(256)) * 8),
        run=("inspect", "cell.abf"),
        says=("cannot be read",),
        package="neo",
    ),
    "a broken Igor wave": Broken(
        make=_file("cell.ibw", bytes(range(200))),
        run=("inspect", "cell.ibw"),
        says=("cannot be read",),
        package="neo",
    ),
    "text called nwb": Broken(
        make=_file("cell.nwb", "hello"),
        run=("inspect", "cell.nwb"),
        says=("NWB file",),
        package="pynwb",
    ),
    "HDF5 that is no NWB": Broken(
        make=_other_hdf5, run=("inspect", "cell.nwb"), says=("NWB file",), package="pynwb"
    ),
    "a stimulus of another length": Broken(
        make=_two_stimuli,
        run=("inspect", "cell.csv", "--stimulus", "short.csv"),
        says=("2 values",),
    ),
    "a unit option without channel": Broken(
        make=_table(GOOD_TABLE), run=(*INSPECT, "--unit", "mV"), says=("'IN 0=mV'",)
    ),
    "a sampling step in mV": Broken(
        make=_table(GOOD_TABLE), run=(*INSPECT, "--dt", "1 mV"), says=("`dt` must have the unit s",)
    ),
    "a picture of an unknown kind": Broken(
        make=_table(GOOD_TABLE), run=(*INSPECT, "--plot", "a.xyz"), says=("a.xyz cannot be",)
    ),
}

PROBLEMS: dict[str, Broken] = {
    "no problem file": Broken(make=_nothing, run=FIT, says=("brianfit init",)),
    "no TOML": Broken(make=_problem("[recording\n"), run=FIT, says=("no valid TOML", "line 1")),
    "no UTF-8": Broken(make=_file("cell.toml", b"\xff\xfe"), run=FIT, says=("is no text",)),
    "an empty problem file": Broken(make=_problem("# nothing\n"), run=FIT, says=("is empty",)),
    "an unknown table": Broken(
        make=_added("[ftt]\n"), run=FIT, says=("line 11", "Did you mean 'fit'")
    ),
    "a misspelt key": Broken(
        make=_changed("rounds", "runds"), run=FIT, says=("line 10", "Did you mean 'rounds'")
    ),
    "a value instead of a table": Broken(
        make=_problem("fit = 1\n"), run=FIT, says=("line 1", "must be a table")
    ),
    "no recording": Broken(
        make=_problem('[model]\nname = "lif"\n'), run=FIT, says=("[recording]", "missing")
    ),
    "no model": Broken(
        make=_problem('[recording]\nfiles = ["cell.csv"]\n'), run=FIT, says=("[model]", "missing")
    ),
    "a recording that is missing": Broken(
        make=_changed("cell.csv", "other.csv"), run=FIT, says=("line 3", "There is no file")
    ),
    "a path that is none": Broken(
        make=_changed("cell.csv", "cell\\u0000.csv"), run=FIT, says=("line 3", "must be a text")
    ),
    "a path that leads out": Broken(
        make=_changed("cell.csv", "../cell.csv"), run=FIT, says=("line 3", "--allow-outside")
    ),
    "an absolute path": Broken(
        make=_changed("cell.csv", "/etc/hostname"), run=FIT, says=("line 3", "--allow-outside")
    ),
    "an output that leads out": Broken(
        make=_added('[output]\nreport = "../a.html"\n'), run=FIT, says=("line 12", "outside")
    ),
    "an output in no folder": Broken(
        make=_added('[output]\nreport = "x/a.html"\n'), run=FIT, says=("line 12", "no folder")
    ),
    "an unknown model": Broken(
        make=_changed('"lif"', '"liff"'), run=FIT, says=("line 6", "Did you mean 'lif'")
    ),
    "an unknown parameter": Broken(
        make=_added('[parameters]\ngL = ["1 nS", "2 nS"]\n'), run=FIT, says=("line 12", "gL")
    ),
    "reversed bounds": Broken(
        make=_added('[parameters]\nR = ["2 Mohm", "1 Mohm"]\n'),
        run=FIT,
        says=("line 12", "reversed"),
    ),
    "bounds in another unit": Broken(
        make=_added('[parameters]\nR = ["1 mV", "2 mV"]\n'), run=FIT, says=("line 12", "unit")
    ),
    "three bounds": Broken(
        make=_added("[parameters]\nR = [1, 2, 3]\n"), run=FIT, says=("line 12", "list of 2")
    ),
    "an unreadable quantity": Broken(
        make=_added('[parameters]\nR = ["1 Mohn", "2 Mohm"]\n'), run=FIT, says=("line 12", "'Mohn'")
    ),
    "code instead of a quantity": Broken(
        make=_added('[parameters]\nR = "__import__(\'os\').getcwd()"\n'),
        run=FIT,
        says=("line 12", "Cannot read"),
    ),
    "no rounds": Broken(make=_changed("= 2", "= 0"), run=FIT, says=("line 10", "at least 1")),
    "a step in mV": Broken(
        make=_added('dt = "1 mV"\n'), run=FIT, says=("line 11", "10 ms")
    ),
    "an unknown metric": Broken(
        make=_added('[metric.v]\nkind = "msee"\n'), run=FIT, says=("line 12", "Did you mean 'mse'")
    ),
    "a metric of an unknown output": Broken(
        make=_added('[metric.w]\nkind = "mse"\n'), run=FIT, says=("line 11", "no output")
    ),
    "a coincidence window that is missing": Broken(
        make=_added('[recording.preprocess]\nspikes = "-66 mV"\n[metric.spikes]\nkind = "gamma"\n',
                    GOOD_PROBLEM.replace('["v"]', '["spikes"]')),
        run=FIT, says=("line 13", 'delta = "4 ms"'),
    ),
    "spikes that were not detected": Broken(
        make=_changed('["v"]', '["spikes"]'), run=FIT, says=("line 9", "preprocess")
    ),
    "a sweep that is not there": Broken(
        make=_added("[held_out]\nsweeps = [3]\n"), run=FIT, says=("line 12", "sweep 3")
    ),
    "no sweep to fit": Broken(
        make=_added("[held_out]\nsweeps = [0]\n"), run=FIT, says=("line 12", "no sweep to fit")
    ),
    "a stimulus without times": Broken(
        make=_added('[recording.stimulus]\nkind = "steps"\namplitudes = ["1 pA"]\n'),
        run=FIT, says=("line 11", "needs start, stop"),
    ),
    "a filter above the sampling rate": Broken(
        make=_added('[recording.preprocess]\nlow_pass = "9 kHz"\n'),
        run=FIT,
        says=("line 12", "500"),
    ),
    "equations that are none": Broken(
        make=_changed("dv/dt =", "dv/dt", OWN_MODEL), run=FIT, says=("line 6", "equations")
    ),
    "a name that nothing defines": Broken(
        make=_changed("R*I", "R*I + foo", OWN_MODEL), run=FIT, says=("foo",)
    ),
    "units that do not match": Broken(
        make=_changed("R*I", "I", OWN_MODEL), run=FIT, says=("unit",)
    ),
    "bounds that are missing": Broken(
        make=_changed('R = ["10 Mohm", "500 Mohm"]', "", OWN_MODEL), run=FIT, says=("line 13", "R")
    ),
    "an input that the model does not use": Broken(
        make=_changed(" + R*I", "", OWN_MODEL), run=FIT, says=("'I' is not used",)
    ),
}  # fmt: skip

OTHERS: dict[str, Broken] = {
    "a result that is missing": Broken(make=_nothing, run=("resume", "a.fit"), says=("a.fit",)),
    "a result that is none": Broken(
        make=_file("a.fit", "hello"), run=("report", "a.fit"), says=("a.fit",)
    ),
    "no result at all": Broken(make=_nothing, run=("report",), says=("no file *.fit",)),
    "a model of no library": Broken(make=_nothing, run=("models", "x"), says=("'x'",)),
    "a problem file that is there": Broken(
        make=_existing_problem, run=("init", "cell.csv"), says=("--force",)
    ),
    "a recording for init that is broken": Broken(
        make=_table("x"), run=("init", "cell.csv"), says=("cell.csv",)
    ),
}

ALL = {**FILES, **PROBLEMS, **OTHERS}
