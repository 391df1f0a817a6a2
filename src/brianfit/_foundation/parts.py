"""What interchangeable parts have in common: they remember how they were made, and can do more.

What a part can do beyond its base class is told by a protocol whose metaclass is `Capability`. The
most derived definition wins: where a subclass has written anew what the methods of a capability
stand in for, an inherited capability does not count.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
from abc import ABC
from collections.abc import Callable
from typing import Any, Protocol, final

_REMEMBERED = "_arguments_given"


class AbstractPart(ABC):  # noqa: B024 - what parts have in common needs nothing written
    """An interchangeable part: metric, optimizer, engine, executor.

    The arguments of its constructor are kept as they were given, whatever the part makes of them;
    `given_arguments` returns them.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__init__" in cls.__dict__:
            cls.__init__ = _remembering(cls.__init__)  # type: ignore[method-assign]


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


def _is_public_method(name: str, value: object) -> bool:
    return callable(value) and not name.startswith("_")


def _place_of_definition(part: object, name: str) -> int:
    """Return how far up a method is defined: 0 for the class of the part, 1 for its base, ..."""
    if name in getattr(part, "__dict__", ()):
        return -1
    line = type(part).__mro__
    return next((n for n, kind in enumerate(line) if name in vars(kind)), len(line))


def given_arguments(part: object) -> dict[str, Any]:
    """Return the arguments with which a part was made, by name; those left out are not there.

    Examples
    --------
    ``MSEMetric(t_start=50*ms)`` gives ``{'t_start': 50*ms}``.
    """
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        return {field.name: getattr(part, field.name) for field in dataclasses.fields(part)}
    args, kwargs = part.__dict__.get(_REMEMBERED, ((), {}))
    signature = inspect.signature(type(part).__init__)
    bound = dict(signature.bind(part, *args, **kwargs).arguments)
    del bound[next(iter(signature.parameters))]
    for name, parameter in signature.parameters.items():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            bound.update(bound.pop(name, {}))
    return bound


def _remembering(initialize: Callable[..., None]) -> Callable[..., None]:
    """Return a constructor that notes its arguments; the outermost of several notes them."""

    @functools.wraps(initialize)
    def remember(self: Any, *args: Any, **kwargs: Any) -> None:
        self.__dict__.setdefault(_REMEMBERED, (args, kwargs))
        initialize(self, *args, **kwargs)

    return remember
