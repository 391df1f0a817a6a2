"""Read a store without touching it: what is left of a file that ends too early, or its journal."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from brianfit.results.store.database import check_file, clear_errors
from brianfit.results.store.journal import journal_of

_HEADER_BYTES = 100
_MOST_BYTES = 2**33  # more is not missing: the header is damaged
_PAGE_SIZE, _PAGE_COUNT = slice(16, 18), slice(28, 32)
"""Places of two numbers in the header; see https://www.sqlite.org/fileformat2.html."""


@contextmanager
def readable_copy(path: Path) -> Iterator[Path]:
    """Yield a database that can be read without changing anything beside `path`.

    Where there is a journal it is a copy of both, as reading clears a journal up. SQLite reads
    nothing at all of a file that is shorter than its header says: then it is a copy of full length
    with zeros for what is missing. Copies are removed afterwards.

    Raises
    ------
    StoreError
        If the copy cannot be made.
    """
    check_file(path)
    journal = journal_of(path)
    missing = _missing_bytes(path)
    if missing <= 0 and not _has_content(journal):
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        with clear_errors(path, "copy"):
            shutil.copy(path, copy)
            if _has_content(journal):
                shutil.copy(journal, journal_of(copy))
            with copy.open("ab") as file:
                file.truncate(copy.stat().st_size + max(0, missing))
        yield copy


def _has_content(journal: Path) -> bool:
    return journal.is_file() and journal.stat().st_size > 0


def _missing_bytes(path: Path) -> int:
    """Return how many bytes the file is too short; what is in its journal counts as there."""
    if not path.is_file() or _has_content(journal_of(path)):
        return 0
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES:
        return 0
    size = int.from_bytes(header[_PAGE_SIZE], "big")
    count = int.from_bytes(header[_PAGE_COUNT], "big")
    missing = (65536 if size == 1 else size) * count - path.stat().st_size
    return missing if missing <= _MOST_BYTES else 0
