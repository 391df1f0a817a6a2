"""Find who writes reports: packages name a function for every kind of file they can write.

A result lies below the layer that draws, so it cannot import it; it asks for a writer through the
metadata of the installed packages instead. brianfit itself names the one for HTML there, and
another package may add its own kind of file in the same way::

    [project.entry-points."brianfit.reports"]
    html = "brianfit.plots.report:write_report"
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from brianfit._foundation.errors import InvalidValueError

GROUP = "brianfit.reports"


def report_writer(path: Path) -> Callable[..., Path]:
    """Return the function that writes reports into files with the ending of `path`.

    Raises
    ------
    InvalidValueError
        If there is none for this ending.
    """
    ending = path.suffix.removeprefix(".").lower()
    known = {point.name: point for point in entry_points(group=GROUP)}
    if ending not in known:
        endings = ", ".join(f"'.{name}'" for name in sorted(known))
        hint = endings or "none: install brianfit again (pip install .), so that they are listed"
        raise InvalidValueError(
            f"Nobody here writes a report into '{path.name}'. Endings that are known: {hint}."
        )
    writer: Callable[..., Any] = known[ending].load()
    return writer
