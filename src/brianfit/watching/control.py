"""Ask fits under way for something, and say in words what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from brianfit._foundation.store_file.holding import is_held
from brianfit._foundation.store_file.requests import Request, ask


def ask_each(stores: Sequence[Path], request: Request) -> dict[Path, str]:
    """Ask the fit that writes to each store; return by store what is wrong, empty if nothing is."""
    return {store: _asked(store, request) for store in stores}


def words_of(request: Request) -> str:
    """Return what is asked for, in words."""
    parts = []
    if request.stop:
        parts.append("to stop after its round")
    if request.rounds:
        parts.append(f"for {request.rounds} more rounds")
    if request.seconds:
        parts.append(f"for {request.seconds:g} s more")
    return "asked " + " and ".join(parts)


def _asked(store: Path, request: Request) -> str:
    if not is_held(store):
        return "no fit is writing to it, so there is none to ask"
    try:
        ask(store, request)
    except OSError as error:
        return f"nothing can be asked: {error.strerror}"
    return ""
