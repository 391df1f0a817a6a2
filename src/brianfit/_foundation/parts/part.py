"""Parts that remember how they were made: for records, for files, for comparing them by value."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from abc import ABC
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from brianfit._foundation.arguments import check_no_surplus
from brianfit._foundation.errors import InvalidTypeError
from brianfit._foundation.parts.call_text import call_text
from brianfit._foundation.parts.same_values import same_value

_REMEMBERED = "_arguments_given"
_CHANGED = "_arguments_changed"


class AbstractPart(ABC):  # noqa: B024 - what parts have in common needs nothing written
    """An interchangeable part: metric, optimizer, engine, executor.

    The arguments of its constructor are kept as they were given, whatever the part makes of them;
    `given_arguments` returns them. Arguments that the constructor does not have are refused by
    name. Two parts are equal if they are of one class and were made with equal arguments, whatever
    they have done since; `repr` is the call that makes such a part. A method whose first arguments
    are positional only, so that any name may follow, takes these by name as well.

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

    def __repr__(self) -> str:
        return call_text(type(self).__qualname__.rpartition("<locals>.")[2], _chosen(self))

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return same_value(_settings(self), _settings(other))

    def __hash__(self) -> int:
        return hash(type(self))


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
    return {**bound, **part.__dict__.get(_CHANGED, {})}


def note_changes(part: object, **changes: Any) -> None:
    """Note that a part, such as a changed copy, is as if it had been made with other arguments."""
    part.__dict__[_CHANGED] = {**part.__dict__.get(_CHANGED, {}), **changes}


def _settings(part: object) -> dict[str, Any]:
    """Return the arguments with which a part was made, those left out as well."""
    return {**_defaults(part), **given_arguments(part)}


def _chosen(part: object) -> dict[str, Any]:
    """Return the arguments with which a part was made, as far as they are not the defaults."""
    defaults, given = _defaults(part), given_arguments(part)
    return {
        name: value
        for name, value in given.items()
        if name not in defaults or not same_value(value, defaults[name])
    }


def _defaults(part: object) -> dict[str, Any]:
    parameters = inspect.signature(type(part).__init__).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty}


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
