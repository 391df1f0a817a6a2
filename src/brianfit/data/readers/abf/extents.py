"""Where the sweeps of an Axon file begin and end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from brianfit._foundation.errors import UnreadableFileError
from brianfit.data.readers.abf.protocol import GAP_FREE, Extent


def extents_of(
    path: Path,
    *,
    mode: int,
    n_channels: int,
    n_values: tuple[int, int],
    n_sweeps: int,
    spans: Sequence[tuple[float, int]],
) -> tuple[Extent, ...]:
    """Return the sweeps, each of its own length.

    Parameters
    ----------
    n_values
        How many values the header promises, and how many the file has.
    spans
        Start [s] and number of values of every sweep, where the file lists them.

    Raises
    ------
    UnreadableFileError
        If the header contradicts itself or the file is too short.
    """
    promised, there = n_values
    if n_channels < 1:
        raise UnreadableFileError(f"{path.name} has no channels: its header is broken.")
    if promised < n_channels or promised > there:
        raise UnreadableFileError(
            f"{path.name} should hold {promised} values, but has {there}: it is truncated or "
            "broken."
        )
    if spans and mode != GAP_FREE:
        return _listed(path, n_channels, promised, spans)
    n_sweeps = 1 if mode == GAP_FREE else max(n_sweeps, 1)
    n_rows = promised // (n_sweeps * n_channels)
    if n_rows * n_sweeps * n_channels != promised:
        raise UnreadableFileError(
            f"{path.name}: {promised} values cannot be shared out to {n_sweeps} sweeps of "
            f"{n_channels} channels: the header is broken, or the recording was broken off."
        )
    return tuple(Extent(first=k * n_rows, n_rows=n_rows) for k in range(n_sweeps))


def _listed(
    path: Path, n_channels: int, promised: int, spans: Sequence[tuple[float, int]]
) -> tuple[Extent, ...]:
    total = sum(length for _, length in spans)
    if total > promised or any(length < n_channels or length % n_channels for _, length in spans):
        raise UnreadableFileError(
            f"{path.name}: its sweeps should have {total} values together, but it has {promised}: "
            "the header is broken."
        )
    extents, first = [], 0
    for start, length in spans:
        n_rows = length // n_channels
        extents.append(Extent(first=first, n_rows=n_rows, start=start))
        first += n_rows
    return tuple(extents)
