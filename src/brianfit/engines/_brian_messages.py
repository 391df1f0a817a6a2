"""Keep Brian's chatter from the user, and say in one sentence what Brian complains about."""

from __future__ import annotations

import gc
import logging
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from brian2.core.base import BrianObjectException
from brian2.equations.equations import EquationError
from brian2.stateupdaters.base import UnsupportedEquationsException
from brian2.units.fundamentalunits import DimensionMismatchError

from brianfit._foundation.errors import (
    BrianfitError,
    InvalidValueError,
    SimulationError,
    UnitMismatchError,
    UnknownNameError,
    UserCodeError,
)

UNWANTED = (
    "invalid_values",  # samples diverge in every search
    "unused_brian_object",
    "monitors.statemonitor",  # a shared variable is recorded for every neuron, as it should
    "input.timedarray",  # values are held, whatever their step; it also warns of rounding errors
)
"""Ends of the names of Brian's warnings that are no news here."""

_GENERATED = ("(string)", "_cython_magic")
"""Beginnings of the names of files with code that Brian generated."""

_ARGUMENTS = {
    "_thresholder": "`threshold`",
    "_resetter": "`reset`",
    "_stateupdater": "the equations of `model` or in `refractory`",
    "_neurons": "the equations of `model`",
}
"""What the user gave, by the end of the name of the object that Brian makes of it."""

_OTHER_METHOD = (
    "The `method` cannot integrate these equations: choose another, such as 'euler' or 'rk4', or "
    "leave it out."
)

_NOT_OF_USERS = {"brian2", "numpy"}
"""Packages whose functions generated code calls besides those of the user."""

_BRIAN_ERRORS = (
    ArithmeticError,
    AttributeError,
    BrianObjectException,
    EquationError,
    DimensionMismatchError,
    LookupError,
    NameError,
    RuntimeError,
    SyntaxError,
    TypeError,
    UnsupportedEquationsException,
    ValueError,
)


@contextmanager
def quiet() -> Iterator[None]:
    """Show only warnings of Brian that a user can act on, each once; no numerical warnings."""
    handlers = [
        handler
        for handler in logging.getLogger("brian2").handlers
        if not isinstance(handler, logging.FileHandler)
    ]
    for handler in handlers:
        handler.addFilter(_only_useful)
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            yield
    finally:
        for handler in handlers:
            handler.removeFilter(_only_useful)


@contextmanager
def clear_errors(what: str) -> Iterator[None]:
    """Turn Brian's errors into one `BrianfitError` that says what failed and why.

    Raises
    ------
    UnknownNameError
        If the equations use a name that nothing defines.
    UnitMismatchError
        If units do not match.
    InvalidValueError
        If Brian refuses the equations or the code for another reason.
    UserCodeError
        If a function that the equations call raised.
    """
    try:
        yield
        return
    except (BrianfitError, *_BRIAN_ERRORS) as error:
        _release_objects(error)
        problem, cause = _clear_error(what, error)
    # The half-built objects are freed here, where Brian's warning of unused objects is off.
    gc.collect()
    raise problem from cause


def _release_objects(error: BaseException) -> None:
    """Let go of the half-built objects in the frames of the traceback and in the error itself."""
    current: BaseException | None = error
    while current is not None:
        traceback.clear_frames(current.__traceback__)
        if isinstance(current, BrianObjectException):
            current.args = current.args[:1]  # the second is the object
        current = current.__cause__ or current.__context__


def _clear_error(what: str, error: BaseException) -> tuple[BrianfitError, BaseException | None]:
    """Return the error to be raised, and its cause, which holds no objects of Brian."""
    if isinstance(error, BrianfitError):
        return error, error.__cause__
    reasons = _reasons(error)
    root = reasons[-1]
    message = f"{what}{_place(error)}: {_told(reasons)}"
    if isinstance(root, UnsupportedEquationsException):
        message += f" {_OTHER_METHOD}"
    function = _function_of_user(root)
    if function is not None:
        told = f"The function '{function}' of the namespace raised {type(root).__name__}: {root}"
        return UserCodeError(told), root
    if isinstance(root, DimensionMismatchError):
        return UnitMismatchError(message), root
    if isinstance(root, LookupError | NameError) and "resolved" in str(root):
        return UnknownNameError(message), root
    if isinstance(root, RuntimeError | ArithmeticError):
        return SimulationError(message), root
    return InvalidValueError(message), root


def _place(error: BaseException) -> str:
    """Return the argument in which Brian found the error, as ", in `threshold`"; or nothing."""
    current: BaseException | None = error
    while current is not None:
        name = str(getattr(current, "_brian_objname", ""))
        for ending, argument in _ARGUMENTS.items():
            if name.endswith(ending):
                return f", in {argument}"
        current = current.__cause__
    return ""


def _function_of_user(error: BaseException) -> str | None:
    """Return the name of the function, called by code that Brian generated, that raised."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    for caller, called in zip(frames[-2::-1], frames[:0:-1], strict=True):
        if caller.f_code.co_filename.startswith(_GENERATED):
            owner = str(called.f_globals.get("__name__", "")).partition(".")[0]
            return None if owner in _NOT_OF_USERS else called.f_code.co_name
    return None


def _reasons(error: BaseException) -> list[BaseException]:
    """Return the errors from the outermost to the cause, without those that only wrap."""
    chain = []
    current: BaseException | None = error
    while current is not None:
        if not isinstance(current, BrianObjectException):
            chain.append(current)
        current = current.__cause__
    return chain or [error]


def _told(reasons: list[BaseException]) -> str:
    """Return the messages one after the other, without those that an earlier one repeats."""
    told = ""
    for reason in reasons:
        sentence = _sentence(reason)
        if sentence not in told:
            told = f"{told} {sentence}".strip()
    return told


def _sentence(error: BaseException) -> str:
    """Return the message on one line, ending in a full stop."""
    text = error.args[0] if isinstance(error, KeyError) and error.args else str(error)
    line = " ".join(str(text).split()) or type(error).__name__
    return line if line.endswith((".", "!", "?")) else line + "."


_shown: set[str] = set()


def _only_useful(record: logging.LogRecord) -> bool:
    if record.levelno < logging.WARNING or record.name.endswith(UNWANTED):
        return False
    message = record.getMessage()
    if message in _shown:
        return False
    _shown.add(message)
    return True
