"""What a test could leave changed in Brian: its device, its preferences, its clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, final

import brian2
from brian2.devices.device import reset_device, runtime_device


@final
@dataclass(frozen=True, kw_only=True)
class BrianState:
    """A picture of Brian's global state."""

    device: object
    preferences: Mapping[str, Any]
    time_step: float  # of the default clock [s]

    @classmethod
    def now(cls) -> Self:
        """Take the picture."""
        return cls(
            device=brian2.get_device(),
            preferences={name: brian2.prefs[name] for name in brian2.prefs},
            time_step=float(brian2.defaultclock.dt),
        )

    def changes_since(self, earlier: BrianState) -> list[str]:
        """Say in words what differs from an earlier picture."""
        changes = []
        if self.device is not earlier.device:
            changes.append(f"device {earlier.device} became {self.device}")
        for name, value in self.preferences.items():
            if value != earlier.preferences.get(name, value):
                changes.append(f"preference {name} became {value!r}")
        if self.time_step != earlier.time_step:
            changes.append(f"defaultclock.dt {earlier.time_step} s became {self.time_step} s")
        return changes

    def restore(self) -> None:
        """Put Brian back into the state of the picture."""
        if brian2.get_device() is not self.device:
            brian2.get_device().reinit()
            if self.device is runtime_device:
                brian2.set_device("runtime")
            else:
                reset_device(self.device)
        for name, value in self.preferences.items():
            if brian2.prefs[name] != value:
                brian2.prefs[name] = value
        if float(brian2.defaultclock.dt) != self.time_step:
            brian2.defaultclock.dt = self.time_step * brian2.second
