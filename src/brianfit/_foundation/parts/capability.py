"""What a part can do beyond its base class: protocols that heed the most derived definition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, final

_PROTOCOL_KIND: Any = type(Protocol)
_REPLACED: dict[type, tuple[str, ...]] = {}


@final
class Capability(_PROTOCOL_KIND):  # type: ignore[misc]  # it has no public name
    """The kind of protocols that tell what a part can do beyond its base class.

    A part offers a capability by having its methods. ``isinstance(part, SupportsX)`` is true if it
    has them, and no class more derived than those that define them has written one of the methods
    that they stand in for, `instead_of`: they would speak for another definition than its own.

    Examples
    --------
    ``class SupportsX(Protocol, metaclass=Capability, instead_of=("get_features",))``
    """

    def __new__(
        cls, name: str, bases: tuple[type, ...], body: dict[str, Any], instead_of: tuple[str, ...]
    ) -> Any:
        made = super().__new__(cls, name, bases, body)
        _REPLACED[made] = instead_of
        return made

    def __init__(
        self, name: str, bases: tuple[type, ...], body: dict[str, Any], instead_of: tuple[str, ...]
    ) -> None:
        super().__init__(name, bases, body)

    def __instancecheck__(self, part: object) -> bool:
        if not super().__instancecheck__(part):
            return False
        methods = [name for name, value in vars(self).items() if _is_public_method(name, value)]
        defined = max(_place_of_definition(part, name) for name in methods)
        return all(defined <= _place_of_definition(part, name) for name in _REPLACED[self])


def is_in_force(part: object, name: str, instead_of: Sequence[str]) -> bool:
    """Return whether no class more derived than the one that defines `name` defines others anew.

    Parameters
    ----------
    instead_of
        The names of these: what `name` says is said of them.
    """
    defined = _place_of_definition(part, name)
    return all(defined <= _place_of_definition(part, other) for other in instead_of)


def _is_public_method(name: str, value: object) -> bool:
    return callable(value) and not name.startswith("_")


def _place_of_definition(part: object, name: str) -> int:
    """Return how far up a method is defined: 0 for the class of the part, 1 for its base, ..."""
    if name in getattr(part, "__dict__", ()):
        return -1
    line = type(part).__mro__
    return next((n for n, kind in enumerate(line) if name in vars(kind)), len(line))
