"""Find who draws a thing, by the metadata of what is installed.

Figures lie in a layer above the things that they show, so a thing does not import them. A package
offers a figure by an entry point of the group ``brianfit.figures``, called after what it draws.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

from brianfit._foundation.errors import MissingPackageError

GROUP = "brianfit.figures"


def figure_of(thing: str) -> Callable[..., Any]:
    """Return the function that draws `thing`.

    Raises
    ------
    MissingPackageError
        If nothing that is installed draws it.
    """
    for point in entry_points(group=GROUP, name=thing):
        return point.load()  # type: ignore[no-any-return]  # what is installed under this name
    raise MissingPackageError(
        f"Nothing that is installed draws {thing}. In a checkout of the sources, install brianfit "
        "again with: pip install -e ."
    )
