"""Time limits, as users give them."""

from __future__ import annotations

import math
from typing import Any

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.units import SECOND, scalar_si


def checked_limit(name: str, limit: Any) -> float:
    """Return a time limit [s]; inf for None.

    Raises
    ------
    InvalidValueError
        If it is not a time above zero.
    """
    if limit is None:
        return math.inf
    seconds = scalar_si(name, limit, SECOND)
    if not seconds > 0:
        raise InvalidValueError(f"`{name}` must be a time above zero, but is {limit}.")
    return seconds
