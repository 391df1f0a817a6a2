"""Several stores, or all below a folder, looked at together."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import final

from brianfit.watching.frame import Frame, frame_of
from brianfit.watching.store_view import State, StoreView

PathName = str | os.PathLike[str]

SUFFIX = ".fit"

MOST_STORES = 1000
"""More are not looked for below a folder."""

_MOST_FOLDERS = 20_000


@final
class Watched:
    """Stores that are watched; folders stand for all stores below them, also those to come.

    Parameters
    ----------
    places
        Paths of stores and of folders, or one path.

    Raises
    ------
    InvalidTypeError
        If they are no paths.
    """

    def __init__(self, places: PathName | Sequence[PathName]) -> None:
        several = places if isinstance(places, list | tuple) else [places]
        self._places = [_checked(place) for place in several]
        self._views: dict[Path, StoreView] = {}

    def paths(self) -> list[Path]:
        """Return the stores that are watched now."""
        found: dict[Path, None] = {}
        for place in self._places:
            if place.is_dir():
                found.update(dict.fromkeys(stores_below(place)))
            else:
                found[place] = None
        return list(found)

    def frames(self, *, n_points: int = 400) -> list[Frame]:
        """Return what every store shows now.

        Parameters
        ----------
        n_points
            Of the course of the error, at most about so many.
        """
        paths = self.paths()
        gone = [path for path in self._views if path not in paths]
        for path in gone:
            del self._views[path]
        views = [self._views.setdefault(path, StoreView(path)) for path in paths]
        return [_frame(view, n_points) for view in views]


def _frame(view: StoreView, n_points: int) -> Frame:
    """Return what a store shows; whatever a stranger wrote into it, the others are shown too."""
    try:
        return frame_of(view.look(), n_points=n_points)
    except (ArithmeticError, LookupError, MemoryError, OSError, TypeError, ValueError) as problem:
        return Frame(path=view.path, state=State.UNREADABLE, words=f"It makes no sense: {problem}")


def seconds_left(frames: Sequence[Frame]) -> float | None:
    """Return how long the running fits take all together at most; None where it is not known."""
    left = [frame.seconds_left for frame in frames if frame.state is State.RUNNING]
    known = [seconds for seconds in left if seconds is not None]
    return max(known) if known and len(known) == len(left) else None


def stores_below(folder: PathName) -> list[Path]:
    """Return all stores below a folder, ``*.fit``, in the order of their names.

    Links to folders are not followed.

    Raises
    ------
    InvalidTypeError
        If `folder` is no path.
    """
    found: list[Path] = []
    for path in _files_below(_checked(folder)):
        found.append(path)
        if len(found) == MOST_STORES:
            break
    return sorted(found)


def _checked(place: object) -> Path:
    if isinstance(place, str | os.PathLike) and "\0" not in os.fsdecode(place):
        return Path(os.fsdecode(place))
    from brianfit._foundation.errors import InvalidTypeError  # imports Brian

    raise InvalidTypeError(f"Stores and folders are named by their paths, but this is {place!r}.")


def _files_below(folder: Path) -> Iterator[Path]:
    for number, (place, folders, names) in enumerate(os.walk(folder)):
        if number == _MOST_FOLDERS:
            return
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place) / name for name in sorted(names) if name.endswith(SUFFIX))
