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
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Protocol, final

from brianfit._foundation.arguments import check_no_surplus
from brianfit._foundation.errors import InvalidTypeError

_REMEMBERED = "_arguments_given"


class AbstractPart(ABC):  # noqa: B024 - what parts have in common needs nothing written
    """An interchangeable part: metric, optimizer, engine, executor.

    The arguments of its constructor are kept as they were given, whatever the part makes of them;
    `given_arguments` returns them. Arguments that the constructor does not have are refused by
    name. A method whose first arguments are positional only, so that any name may follow, takes
    these by name as well.

    Attributes
    ----------
    gone_methods
        Methods that were called once and no longer are, and what to do instead: a class that has
        one is refused (class attribute).
    """

    gone_methods: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in vars(cls).keys() & cls.gone_methods.keys():
            raise InvalidTypeError(
                f"The method `{name}` of {cls.__name__} would never be called. Instead, "
                f"{cls.gone_methods[name]}."
            )
        if "__init__" in cls.__dict__:
            cls.__init__ = _remembering(cls.__init__)  # type: ignore[method-assign]
        for name, method in list(vars(cls).items()):
            if inspect.isfunction(method) and not name.startswith("_"):
                setattr(cls, name, also_by_name(method, n_before=1))


def also_by_name(function: Callable[..., Any], *, n_before: int = 0) -> Callable[..., Any]:
    """Return a function whose positional-only arguments may be given by name as well.

    Parameters
    ----------
    n_before
        How many arguments come before them, such as `self`.
    """
    parameters = inspect.signature(function).parameters.values()
    first = [p.name for p in parameters if p.kind is inspect.Parameter.POSITIONAL_ONLY][n_before:]
    if not first:
        return function

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        missing = first[max(0, len(args) - n_before) :]
        absent = [name for name in missing if name not in kwargs]
        if absent:
            raise InvalidTypeError(f"{function.__qualname__} needs the argument `{absent[0]}`.")
        return function(*args, *(kwargs.pop(name) for name in missing), **kwargs)

    return call


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
    signature = inspect.signature(initialize)

    @functools.wraps(initialize)
    def remember(self: Any, *args: Any, **kwargs: Any) -> None:
        if _REMEMBERED not in self.__dict__:
            _check_call(type(self).__name__, signature, (self, *args), kwargs)
            self.__dict__[_REMEMBERED] = (args, kwargs)
        initialize(self, *args, **kwargs)

    return remember


def _check_call(
    name: str, signature: inspect.Signature, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    """Check that a constructor can be called like this."""
    try:
        signature.bind(*args, **kwargs)
    except TypeError as problem:
        known = [word for word, p in signature.parameters.items() if p.kind not in _OF_ANY_NAME][1:]
        check_no_surplus(name, kwargs, known)
        raise InvalidTypeError(
            f"{name}({', '.join(known)}) was called with other arguments: {problem}."
        ) from problem


_OF_ANY_NAME = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
