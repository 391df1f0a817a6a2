"""Compiled kernels on disk: whether they are what was written, and how many of them are kept.

Machine code is run as it lies there, so that a single wrong bit may end the process. A seal beside
the files of a kernel holds the sum of their content; what does not agree with its seal is removed.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterable
from pathlib import Path

from brianfit.engines.fused.cache import read_record, write_record

MOST_BYTES = 300_000_000
"""When all kept kernels together take more, those that were used least recently are removed."""

_logger = logging.getLogger(__name__)


def is_intact(path: Path) -> bool:
    """Return whether what is kept of the source at `path` is what was sealed, or nothing."""
    files = _files_of(path)
    if not files:
        return True
    record = read_record(_seal_of(path))
    return record is not None and record.get("sum") == _sum_of(files)


def seal(path: Path) -> None:
    """Note what is kept of the source at `path`, and that it is used now; make room if need be."""
    try:
        if _seal_of(path).exists():
            os.utime(_seal_of(path))
            return
        files = _files_of(path)
        if files:
            write_record(_seal_of(path), {"sum": _sum_of(files)})
            _make_room(path.parent, keep=path)
    except OSError as problem:
        _logger.info("The kept kernel %s cannot be sealed: %s", path, problem)


def discard(path: Path) -> None:
    """Remove what is kept of the source at `path`, its seal first."""
    for kept in (_seal_of(path), *_files_of(path)):
        try:
            kept.unlink(missing_ok=True)
        except OSError:
            return


def _seal_of(path: Path) -> Path:
    return path.with_suffix(".seal")


def _files_of(path: Path) -> list[Path]:
    return sorted((path.parent / "__pycache__").glob(f"{path.stem}.*"))


def _sum_of(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode())
        try:
            digest.update(file.read_bytes())
        except OSError:  # another process removes it
            return ""
    return digest.hexdigest()


def _make_room(folder: Path, *, keep: Path) -> None:
    """Remove the kernels that were used least recently until the rest has room."""
    sources = sorted(folder.glob("kernel_*.py"), key=_last_use, reverse=True)
    total = 0
    for source in sources:
        total += sum(_size(file) for file in (source, *_files_of(source)))
        if total > MOST_BYTES and source != keep:
            discard(source)
            source.unlink(missing_ok=True)


def _last_use(source: Path) -> float:
    try:
        return _seal_of(source).stat().st_mtime
    except OSError:
        return 0.0


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
