"""Recordings that may not enter the repository."""

from __future__ import annotations

import os
from pathlib import Path


class NotPossibleHere(RuntimeError):  # noqa: N818 - a reason to skip, not an error
    """A benchmark cannot run here; the message says what it would need."""


def shared_folder() -> Path:
    """Return the folder ``shared`` beside the checkout, or the one named by BRIANFIT_SHARED.

    Raises
    ------
    NotPossibleHere
        If there is none.
    """
    beside = Path(__file__).parents[2] / "shared"
    folder = Path(os.environ.get("BRIANFIT_SHARED", beside))
    if not (folder / "data").is_dir():
        raise NotPossibleHere(
            f"There are no recordings in {folder}; BRIANFIT_SHARED may name a folder with them."
        )
    return folder
