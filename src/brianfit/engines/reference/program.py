"""A compiled standalone program in its directory: values in by files, run, results out by files."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any, final

import numpy as np
from brian2.core.preferences import prefs

from brianfit._foundation.errors import SimulationError

_numbers = itertools.count(1)


@final
class BuildDirectory:
    """A directory for one program; a temporary one is removed with it, at the latest at exit."""

    def __init__(self, path: Path, *, is_temporary: bool) -> None:
        self.path = path
        if is_temporary:
            weakref.finalize(self, _remove, path, os.getpid())


def new_directory(below: str | os.PathLike[str] | None) -> BuildDirectory:
    """Return a directory that no other program uses.

    Parameters
    ----------
    below
        The user's directory, in which it is made and stays; None for a temporary one. Runs of
        the same script use the same directories, and so need not compile again.
    """
    if below is None:
        path = Path(tempfile.mkdtemp(prefix="brianfit_"))
        return BuildDirectory(path, is_temporary=True)
    name = f"brianfit_{next(_numbers)}"
    if multiprocessing.parent_process() is not None:
        name = f"brianfit_worker_{os.getpid()}_{next(_numbers)}"
    path = Path(below).absolute() / name
    path.mkdir(parents=True, exist_ok=True)
    return BuildDirectory(path, is_temporary=False)


@final
class Program:
    """A program that Brian has written and compiled."""

    def __init__(self, directory: BuildDirectory, environment: Mapping[str, str]) -> None:
        self._directory = directory
        self._environment = environment

    def write(self, name: str, values: np.ndarray) -> None:
        """Replace the values of a static array."""
        values.tofile(self._directory.path / "static_arrays" / name)

    def read(self, name: str, dtype: np.dtype[Any]) -> np.ndarray:
        """Return an array that the program left behind."""
        return np.fromfile(self._directory.path / "results" / name, dtype=dtype)

    def run(self) -> None:
        """Run the program to its end.

        Raises
        ------
        SimulationError
            If it fails; the message ends with what it said.
        """
        results = str(self._directory.path / "results") + os.sep
        finished = subprocess.run(
            [*_command(self._directory.path), "--results_dir", results],
            cwd=self._directory.path,
            env=self._full_environment(),
            capture_output=True,
            check=False,
        )
        if finished.returncode:
            said = (finished.stdout + finished.stderr).decode(errors="replace").strip()
            raise SimulationError(
                f"The compiled simulation in {self._directory.path} ended with the exit status "
                f"{finished.returncode}. It said: {said[-2000:] or 'nothing'}"
            )

    def _full_environment(self) -> dict[str, str]:
        wanted = prefs["devices.cpp_standalone.run_environment_variables"]
        return {**os.environ, **wanted, **self._environment}


def _command(directory: Path) -> list[str]:
    if sys.platform == "win32":
        return [str(directory / "main.exe")]
    command = prefs["devices.cpp_standalone.run_cmd_unix"]
    return [command] if isinstance(command, str) else list(command)


def _remove(path: Path, owner: int) -> None:
    """Remove a directory, but not from a forked process, whose parent still uses it."""
    if os.getpid() == owner:
        shutil.rmtree(path, ignore_errors=True)
