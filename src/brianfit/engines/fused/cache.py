"""Where compiled kernels are kept between processes, and under which names."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import platform
import sys
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

FOLDER_VARIABLE = "BRIANFIT_CACHE_DIR"

_logger = logging.getLogger(__name__)


def cache_folder() -> Path:
    """Return the folder of this user's caches: ``$BRIANFIT_CACHE_DIR``, or the system's place."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "brianfit" / "kernels"


def key_of(*parts: object) -> str:
    """Return a name for a content: equal for equal parts, in this installation on this machine."""
    content = repr((_installation(), parts))
    return hashlib.sha256(content.encode()).hexdigest()[:24]


def read_text(path: Path) -> str | None:
    """Return the content of a file; None if there is none that can be read."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def write_text(path: Path, text: str) -> bool:
    """Write a file so that others see all of it or nothing; return whether it could be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(temporary, path)  # noqa: PTH105 - atomic, on Windows too
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError as problem:
        _logger.info("The cache of kernels in %s cannot be written: %s", path.parent, problem)
        return False
    return True


def read_record(path: Path) -> Mapping[str, Any] | None:
    """Return what `write_record` wrote; None if it is missing or damaged."""
    text = read_text(path)
    if text is None:
        return None
    try:
        record, digest = json.loads(text)
    except (ValueError, TypeError):
        return None
    return record if isinstance(record, dict) and digest == _digest(record) else None


def write_record(path: Path, record: Mapping[str, Any]) -> None:
    """Write a dictionary of texts and numbers, with a sum that tells damage."""
    write_text(path, json.dumps([record, _digest(record)]))


def _digest(record: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


@cache
def _installation() -> tuple[str, ...]:
    """Return everything besides the model that decides what a kernel becomes."""
    from llvmlite.binding import get_host_cpu_features, get_host_cpu_name

    packages = ("brianfit", "brian2", "sympy", "numpy", "numba", "llvmlite")
    return (
        *(version(package) for package in packages),
        platform.python_version(),
        platform.machine(),
        get_host_cpu_name(),
        get_host_cpu_features().flatten(),
        _digest_of_files(sorted(Path(__file__).parent.rglob("*"))),
    )


def _digest_of_files(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        if path.suffix in (".py", ".template"):
            digest.update(path.read_bytes())
    return digest.hexdigest()
