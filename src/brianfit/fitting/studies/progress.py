"""One line for every fit of a study when it is done, with the time that the others will take.

A fit may be done in another process: it leaves a note in a folder of the study, which the process
that began the study reads. Where there is no such folder in common, the lines come at the end.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import final

from brianfit._foundation.arguments import check_instance
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.units import readable
from brianfit.results import FitResult

_PAUSE = 0.5  # seconds between looks


@contextmanager
def study_lines(n_fits: int, *, is_shown: bool) -> Iterator[StudyLines | None]:
    """Tell of fits while the block runs; None if nothing is to be told.

    Parameters
    ----------
    n_fits
        How many there are.
    """
    if not is_shown:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="brianfit-", ignore_cleanup_errors=True) as folder:
        lines = StudyLines(Path(folder), n_fits)
        try:
            yield lines
        finally:
            lines.close()


@final
class StudyLines:
    """Tells of the fits of a study as they are done; made by `study_lines`.

    Attributes
    ----------
    folder
        Where fits leave their notes; it may be handed to other processes.
    """

    def __init__(self, folder: Path, n_fits: int) -> None:
        self.folder = folder
        self._n_fits = n_fits
        self._started = time.monotonic()
        self._told: set[int] = set()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look_again, daemon=True)
        self._thread.start()

    def tell(self, number: int, words: str) -> None:
        """Tell that a fit is done, once."""
        with self._lock:
            if number in self._told:
                return
            self._told.add(number)
            n_done = len(self._told)
            seconds = (time.monotonic() - self._started) * (self._n_fits - n_done) / n_done
        left = f"; about {rounded(seconds)} left" if n_done < self._n_fits else ""
        print(f"{n_done} of {self._n_fits}: {words}{left}", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Read the last notes."""
        self._ended.set()
        self._thread.join()
        self._look()

    def _look_again(self) -> None:
        while not self._ended.wait(_PAUSE):
            self._look()

    def _look(self) -> None:
        with suppress(OSError):
            for path in sorted(self.folder.glob("*.done")):
                self.tell(int(path.stem), path.read_text(encoding="utf-8"))


def folder_of_stores(stores: str | os.PathLike[str]) -> Path:
    """Return the folder of the stores of a study, which is made if it is not there.

    Raises
    ------
    InvalidValueError
        If it cannot be.
    """
    check_instance("stores", stores, (str, os.PathLike), "the path of a folder")
    folder = Path(stores)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidValueError(f"`stores` is no folder that can be made: {error}") from error
    return folder


def leave_note(folder: Path | None, number: int, words: str) -> None:
    """Leave a note that a fit is done, whole or not at all; in whatever process."""
    if folder is None:
        return
    with suppress(OSError):
        partial = folder / f"{number}.partial"
        partial.write_text(words, encoding="utf-8")
        partial.replace(folder / f"{number}.done")


def words_of(name: str, outcome: FitResult | str) -> str:
    """Return what is told of a fit: its error, or why it failed."""
    if isinstance(outcome, str):
        return f"{name} failed: {outcome.partition(chr(10))[0]}"
    error = readable(outcome.error, outcome.dimensions.error)
    return f"{name}: error {error} after {outcome.history.n_evaluations} evaluations"


def rounded(seconds: float) -> str:
    """Return a time as a person would say it."""
    if seconds < 100:
        return f"{seconds:.2g} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
