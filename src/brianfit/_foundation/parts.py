"""Parts that remember how they were made, so that a result can say it and a file can repeat it."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from abc import ABC
from collections.abc import Callable
from typing import Any

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
