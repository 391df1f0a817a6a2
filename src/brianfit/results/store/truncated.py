"""Read what is left of a database file that ends too early."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_HEADER_BYTES = 100
_PAGE_SIZE, _PAGE_COUNT = slice(16, 18), slice(28, 32)
"""Places of two numbers in the header; see https://www.sqlite.org/fileformat2.html."""


@contextmanager
def filled_up(path: Path) -> Iterator[Path]:
    """Yield a database of full length: the file itself, or a copy with zeros for what is missing.

    SQLite reads nothing at all of a file that is shorter than its header says. Of the copy it reads
    every page that is there; the copy is removed afterwards.
    """
    missing = _missing_bytes(path)
    if missing <= 0:
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        shutil.copy(path, copy)
        with copy.open("ab") as file:
            file.truncate(copy.stat().st_size + missing)
        yield copy


def _missing_bytes(path: Path) -> int:
    """Return how many bytes the file is too short; what is in its journal counts as there."""
    journal = path.with_name(path.name + "-wal")
    if not path.is_file() or (journal.exists() and journal.stat().st_size > 0):
        return 0
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES:
        return 0
    size = int.from_bytes(header[_PAGE_SIZE], "big")
    count = int.from_bytes(header[_PAGE_COUNT], "big")
    return (65536 if size == 1 else size) * count - path.stat().st_size
