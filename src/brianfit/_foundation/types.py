"""Names for the kinds of values that users give, for readers and type checkers.

Whether a value really is of its kind is checked where it is read, with a message of its own; so at
run time the names stand for any object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike

    import numpy as np

    from brianfit._foundation.units import Quantity

    QuantityLike: TypeAlias = Quantity | float | np.ndarray | Sequence[float]
    """A value, or several, with a unit; or plain numbers where these are allowed."""

    SpikeTimes: TypeAlias = Sequence[QuantityLike | Sequence[QuantityLike]]
    """For every sweep spike times, or a list of these where the stimulus was repeated."""

    PathName: TypeAlias = str | PathLike[str]
    """The path of a file."""
else:
    QuantityLike = SpikeTimes = PathName = object

__all__ = ["PathName", "QuantityLike", "SpikeTimes"]
