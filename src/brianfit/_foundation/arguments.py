"""Checks of arguments; the wording of their messages lives here, once."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin

import numpy as np

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError

Function = TypeVar("Function", bound=Callable[..., Any])


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
    if isinstance(value, str) and value in choices:
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


def check_fraction(name: str, value: Any) -> float:
    """Return `value` as a number of at least 0 and below 1.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise InvalidTypeError(f"`{name}` must be a number, but is {_described(value)}.")
    if not 0 <= value < 1:
        raise InvalidValueError(f"`{name}` must be in [0, 1), but is {value}.")
    return float(value)


def check_texts(name: str, values: Any) -> tuple[str, ...]:
    """Return a list of texts as a tuple.

    Raises
    ------
    InvalidTypeError
        If it is none.
    """
    is_list = isinstance(values, Sequence | np.ndarray) and not isinstance(values, str | bytes)
    if not is_list or not all(isinstance(value, str) for value in values):
        raise InvalidTypeError(f"`{name}` must be a list of texts, but is {_described(values)}.")
    return tuple(values)


def check_integers(name: str, values: Any) -> tuple[int, ...]:
    """Return whole numbers as a tuple.

    Raises
    ------
    InvalidTypeError
        If anything else is among them.
    """
    if not isinstance(values, Collection | np.ndarray) or not all(
        isinstance(value, int | np.integer) and not isinstance(value, bool) for value in values
    ):
        raise InvalidTypeError(
            f"`{name}` must be a list of whole numbers, but is {_described(values)}."
        )
    return tuple(int(value) for value in values)


def check_flag(name: str, value: object) -> bool:
    """Return `value`, which must be True or False.

    Raises
    ------
    InvalidTypeError
        If it is something else, such as a text.
    """
    check_instance(name, value, (bool, np.bool_), "True or False")
    return bool(value)


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


def also_called(**names: str) -> Callable[[Function], Function]:
    """Let arguments be given by other names too: ``@also_called(other="name")``."""

    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            known = {name: value for name, value in kwargs.items() if name not in names}
            renamed = {names[name]: value for name, value in kwargs.items() if name in names}
            return function(*args, **known, **renamed)

        return cast(Function, call)

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


def checked(function: Function) -> Function:
    """Check what a public function is given against the kinds that its signature names.

    Only classes are checked (a `RecordingSet`, a text, a whole number, True or False, a sequence),
    alone or in a union; what a value must be beyond that, the function checks itself.

    Raises
    ------
    InvalidTypeError
        When the function is called with something else; the argument is named.
    """
    kinds: dict[str, tuple[type, ...]] = {}
    signature = inspect.signature(function)
    state = {"is_ready": False}

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if not state["is_ready"]:
            kinds.update(_kinds_of(function, signature))
            state["is_ready"] = True
        for name, value in signature.bind(*args, **kwargs).arguments.items():
            if name in kinds:
                _check_kind(name, value, kinds[name])
        return function(*args, **kwargs)

    return cast("Function", call)


_WORDS: Mapping[type, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "True or False",
    type(None): "None",
    Mapping: "a dictionary",
    Sequence: "a list",
    Collection: "a list",
}


def _kinds_of(
    function: Callable[..., Any], signature: inspect.Signature
) -> dict[str, tuple[type, ...]]:
    """Return the classes of which a value of each argument must be, where these are known."""
    found = {}
    for name, parameter in signature.parameters.items():
        if parameter.kind in {parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL}:
            continue
        if parameter.annotation is parameter.empty:  # as that of `self` is
            continue
        hint = parameter.annotation
        if isinstance(hint, str):
            try:
                hint = eval(hint, function.__globals__)  # noqa: S307 - an annotation of ours
            except NameError:  # known to type checkers alone
                continue
        classes = tuple(get_origin(part) or part for part in _parts_of(hint))
        if all(isinstance(part, type) and part not in {object, Any} for part in classes):
            found[name] = classes
    return found


def _parts_of(hint: Any) -> tuple[Any, ...]:
    if hint is None:
        return (type(None),)
    if isinstance(hint, UnionType) or get_origin(hint) is Union:
        return tuple(part for inner in get_args(hint) for part in _parts_of(inner))
    return (hint,)


def _check_kind(name: str, value: Any, kinds: tuple[type, ...]) -> None:
    is_bool = isinstance(value, bool | np.bool_)
    for kind in kinds:
        if kind is bool and is_bool:
            return
        if kind in {int, float} and not is_bool and isinstance(value, int | np.integer):
            return
        if kind is float and isinstance(value, float | np.floating):
            return
        if kind in {Sequence, Collection}:
            if isinstance(value, np.ndarray | kind) and not isinstance(value, str | bytes):
                return
        elif kind not in {bool, int, float} and isinstance(value, kind):
            return
    words = [_WORDS.get(kind, f"a {kind.__name__}") for kind in kinds]
    listed = " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    raise InvalidTypeError(f"`{name}` must be {listed}, but is {_described(value)}.")
