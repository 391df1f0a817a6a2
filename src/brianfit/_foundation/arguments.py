"""Checks of arguments; the wording of their messages lives here, once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from typing import Any

import numpy as np

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError


def check_shape(
    name: str, array: np.ndarray, shape: tuple[int, ...], dimensions: tuple[str, ...]
) -> None:
    """Check that `array` has `shape`, whose axes are called `dimensions`.

    Raises
    ------
    InvalidValueError
        If the shape differs; a transposed array is recognised.
    """
    if array.shape == shape:
        return
    words = ", ".join(dimensions)
    message = f"Expected `{name}` to have shape ({words}) = {shape} but it has shape {array.shape}."
    if array.T.shape == shape:
        message += f" Did you mean `{name}.T`?"
    raise InvalidValueError(message)


def check_choice(name: str, value: object, choices: Collection[str]) -> None:
    """Check that `value` is one of `choices`.

    Raises
    ------
    InvalidValueError
        If it is not; the nearest choice is suggested.
    """
    if value in choices:
        return
    listed = ", ".join(repr(choice) for choice in choices)
    raise InvalidValueError(
        f"`{name}` must be one of {listed}, but is {value!r}.{suggestion(str(value), choices)}"
    )


def check_instance(name: str, value: object, kind: type | tuple[type, ...], what: str) -> None:
    """Check that `value` is an instance of `kind`, described to the reader as `what`.

    Raises
    ------
    InvalidTypeError
        If it is not.
    """
    if not isinstance(value, kind):
        raise InvalidTypeError(f"`{name}` must be {what}, but is {_described(value)}.")


def check_positive_integer(name: str, value: Any, minimum: int = 1) -> int:
    """Return `value` as an integer of at least `minimum`.

    Raises
    ------
    InvalidTypeError
        If it is not a whole number.
    InvalidValueError
        If it is too small.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InvalidTypeError(f"`{name}` must be a whole number, but is {_described(value)}.")
    if value < minimum:
        raise InvalidValueError(f"`{name}` must be at least {minimum}, but is {value}.")
    return int(value)


def check_no_surplus(what: str, given: Mapping[str, Any], known: Collection[str]) -> None:
    """Check that every key of `given` is `known`; `what` names the place where it was given.

    Raises
    ------
    InvalidTypeError
        If there are unknown keys; all of them are listed.
    """
    surplus = [name for name in given if name not in known]
    if surplus:
        hints = "".join(suggestion(name, known) for name in surplus)
        listed = ", ".join(repr(name) for name in surplus)
        raise InvalidTypeError(f"{what} does not know the argument {listed}.{hints}")


def also_called(**names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let arguments be given by other names too: ``@also_called(other="name")``."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            known = {name: value for name, value in kwargs.items() if name not in names}
            renamed = {names[name]: value for name, value in kwargs.items() if name in names}
            return function(*args, **known, **renamed)

        return call

    return decorate


def suggestion(word: str, known: Collection[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for the nearest known word, or nothing."""
    by_lower_case = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), list(by_lower_case), n=1)
    return f" Did you mean {by_lower_case[near[0]]!r}?" if near else ""


def _described(value: object) -> str:
    text = repr(value)
    if len(text) > 60:
        text = text[:57] + "..."
    return f"{text} (of type {type(value).__name__})"
