"""What interchangeable parts have in common: they remember how they were made, and can do more.

What a part can do beyond its base class is told by a protocol whose metaclass is `Capability`. The
most derived definition wins: where a subclass has written anew what the methods of a capability
stand in for, an inherited capability does not count.
"""

from brianfit._foundation.parts.capability import Capability, is_in_force
from brianfit._foundation.parts.part import (
    AbstractPart,
    also_by_name,
    given_arguments,
    note_changes,
)
from brianfit._foundation.parts.same_values import same_value

__all__ = [
    "AbstractPart",
    "Capability",
    "also_by_name",
    "given_arguments",
    "is_in_force",
    "note_changes",
    "same_value",
]
