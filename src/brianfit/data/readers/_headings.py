"""What a heading of a column says: name, number of the sweep, unit.

A heading is ``name [unit]``, ``name (unit)`` or ``name_unit``. Columns whose names differ in a
number at the end, ``v 1``, ``v 2``, are sweeps of one signal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

from brianfit._foundation.errors import BrianfitError
from brianfit._foundation.unit_text import unit_from_text
from brianfit._foundation.units import SECOND, same_dimensions
from brianfit.data.readers._base import ChannelUnit, channel_unit

_BRACKETED = re.compile(r"^(?P<name>.*?)\s*[\[(](?P<unit>[^\])]*)[\])](?P<rest>\s*\d*)\s*$")
# One letter after an underscore is part of a name, as in V_m or g_s; so units have two at least.
_UNDERSCORED = re.compile(r"^(?P<name>.+?)_(?P<unit>[A-Za-zµμ]{2,}|(?<=time_)s|(?<=t_)s)$")
_NUMBERED = re.compile(r"^(?P<name>.*?[^\d\s_.#-])[\s_.#-]*(?P<number>\d+)$")
_TIME_NAMES = {"t", "time", "times", "zeit"}


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """One heading, read: its title, the bare name and the sweep of it, and the unit.

    Two columns are the same only if they are the same object.
    """

    heading: str
    title: str
    name: str
    number: int | None
    unit: ChannelUnit

    @property
    def is_time(self) -> bool:
        """Whether it holds times: its unit is one of time, or its name says so."""
        if self.unit.dimensions is None:
            return self.name.lower() in _TIME_NAMES and not self.unit.text
        return same_dimensions(self.unit.dimensions, SECOND)


def read_heading(heading: str, units: Mapping[str, Any]) -> Column:
    """Return what a heading says; `units` are those given by the user, by heading or name.

    Raises
    ------
    InvalidValueError
        If what the user gave is no unit.
    """
    name, text = heading.strip(), ""
    if match := _BRACKETED.match(name):
        name, text = (match["name"] + match["rest"]).strip(), match["unit"]
    elif match := _UNDERSCORED.match(name):
        try:
            unit_from_text(match["unit"])
        except BrianfitError:
            pass  # v_target ends in no unit: it is a name
        else:
            name, text = match["name"], match["unit"]
    numbered = _NUMBERED.match(name)
    bare = numbered["name"] if numbered else name
    given = next((units[key] for key in (heading, name, bare) if key in units), None)
    return Column(
        heading=heading,
        title=name,
        name=bare,
        number=int(numbered["number"]) if numbered else None,
        unit=channel_unit(text, given),
    )
