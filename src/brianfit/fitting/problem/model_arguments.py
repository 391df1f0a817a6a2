"""The arguments of a fitter that make the model, each checked by itself."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from brianfit._foundation.arguments import check_instance
from brianfit._foundation.errors import BrianfitError, InvalidTypeError, InvalidValueError
from brianfit._foundation.types import QuantityLike, TimeLike
from brianfit._foundation.units import SECOND, scalar_si


def check_model_arguments(
    *, threshold: QuantityLike, reset: Any, refractory: TimeLike, method: Any, initial_values: Any
) -> Iterator[BrianfitError]:
    """Yield what is wrong with these arguments without looking at the equations."""
    checks: tuple[tuple[Callable[..., None], Any], ...] = (
        (_check_threshold, threshold),
        (partial(_check_reset, threshold=threshold), reset),
        (_check_refractory, refractory),
        (_check_method, method),
        (_check_initial_values, initial_values),
    )
    for check, given in checks:
        try:
            check(given)
        except BrianfitError as problem:
            yield problem


def _check_threshold(threshold: Any) -> None:
    _check_expression("threshold", threshold, "a condition, such as 'v > -40*mV'")


def _check_method(method: Any) -> None:
    if method is not None:
        check_instance("method", method, str, "the name of a method")


def _check_expression(name: str, text: Any, what: str) -> None:
    """Check that `text` is an expression, or None."""
    if text is None:
        return
    check_instance(name, text, str, what)
    if not text.strip():
        raise InvalidValueError(f"`{name}` must be {what}, but is empty.")
    _check_syntax(name, f"({text.strip()})", what, given=text)


def _check_reset(reset: Any, *, threshold: Any) -> None:
    what = "statements, such as 'v = -70*mV'"
    if reset is None:
        return
    check_instance("reset", reset, str, what)
    if threshold is None:
        raise InvalidTypeError(
            "`reset` says what a spike does, so the model needs a `threshold` that says when there "
            "is one. Give `threshold`, or leave `reset` out."
        )
    if not reset.strip():
        return
    _check_syntax("reset", textwrap.dedent(reset.lstrip("\n")).strip(), what, given=reset)


def _check_refractory(refractory: Any) -> None:
    if refractory is None or isinstance(refractory, bool | np.bool_):
        return
    if isinstance(refractory, str):
        _check_expression("refractory", refractory, "a time, or an expression")
        return
    seconds = scalar_si("refractory", refractory, SECOND, plain_is_si=False)
    if not (np.isfinite(seconds) and seconds >= 0):
        raise InvalidValueError(
            f"`refractory` must be a finite time of 0 s or longer, but is {refractory}."
        )


def _check_initial_values(initial_values: Any) -> None:
    if not isinstance(initial_values, Mapping):
        raise InvalidTypeError(
            "`param_init` must be a dictionary {variable: value}, but is of type "
            f"{type(initial_values).__name__}."
        )
    for name, value in initial_values.items():
        if isinstance(value, str):
            _check_expression(f"param_init['{name}']", value, "a value, or an expression")


def _check_syntax(name: str, code: str, what: str, *, given: str) -> None:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        raise InvalidValueError(
            f"`{name}` must be {what}, but {given!r} cannot be read: {reason}."
        ) from error
