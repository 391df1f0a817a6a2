"""The arguments of one call of `refine`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from numbers import Real
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_choice, check_instance
from brianfit._foundation.errors import BrianfitError, InvalidTypeError, InvalidValueError, Problems
from brianfit.model import Model

_TRACE_OPTIONS: Mapping[str, Any] = {
    "method": ("trf", "dogbox"),
    "loss": ("linear", "soft_l1", "huber", "cauchy", "arctan"),
    "tr_solver": ("exact", "lsmr"),
}
"""Options of `scipy.optimize.least_squares` that take one of several names."""

TRACE_OPTIONS = frozenset(
    {"ftol", "xtol", "gtol", "x_scale", "f_scale", "max_nfev", "tr_options", "verbose"}
    | set(_TRACE_OPTIONS)
)
"""Options of `scipy.optimize.least_squares` that can be set."""

SPIKE_OPTIONS = frozenset({"max_nfev", "ftol", "xtol"})
"""Options of a refinement that follows spike times."""


@final
class Gradient(IntEnum):
    """Where derivatives come from unless told."""

    AUTOMATIC = 0
    """From the engine if it has them, else finite differences. Equals False, as in the signature
    that older scripts know."""


@final
@dataclass(frozen=True, kw_only=True)
class RefineArguments:
    """The arguments of one call of `refine`, as the user gave them; see `AbstractFitter.refine`."""

    params: Any = None
    metric: Any = None
    callback: Any = None
    calc_gradient: Any = Gradient.AUTOMATIC
    optimize: Any = True
    iteration: Any = 0
    window: Any = None
    others: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.params is not None:
            check_instance("params", self.params, Mapping, "a dictionary {name: value}")
        if not isinstance(self.calc_gradient, bool | np.bool_ | Gradient):
            raise InvalidTypeError(
                f"`calc_gradient` must be True or False, but is {self.calc_gradient!r}."
            )
        check_instance("optimize", self.optimize, bool, "True or False")


def divided_keywords(
    model: Model, others: Mapping[str, Any], known_options: frozenset[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Divide further keywords into bounds of parameters and options, each checked.

    Raises
    ------
    BrianfitError
        If a name is neither, or the value of an option is none that it can have.
    """
    known = {*model.parameter_names, *model.differential_variables}
    bounds = {name: value for name, value in others.items() if name in known}
    options = {name: value for name, value in others.items() if name not in known}
    if "maxfev" in options:
        if "max_nfev" in options:
            raise InvalidValueError("`maxfev` and `max_nfev` mean the same: give only one of them.")
        options["max_nfev"] = options.pop("maxfev")
    unknown = sorted(set(options) - known_options)
    if unknown:
        raise InvalidValueError(
            f"refine() does not know {', '.join(map(repr, unknown))}: neither a parameter of the "
            f"model nor an option that can be set here ({', '.join(sorted(known_options))})."
        )
    problems = Problems()
    for name, value in options.items():
        try:
            _check_option(name, value)
        except BrianfitError as found:
            problems.add(found)
    problems.raise_if_any()
    return bounds, options


def _check_option(name: str, value: Any) -> None:
    if name in _TRACE_OPTIONS:
        check_instance(name, value, str, "the name of a method")
        check_choice(name, value, _TRACE_OPTIONS[name])
        return
    is_right, what = _CHECKS[name]
    if not is_right(value):
        raise InvalidValueError(f"`{name}` must be {what}, but is {value!r}.")


def _is_positive(value: Any) -> bool:
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    return is_number and bool(np.isfinite(float(value))) and float(value) > 0


def _is_count(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and bool(value > 0)


def _is_scale(value: Any) -> bool:
    if isinstance(value, str):
        return value == "jac"
    try:
        sizes = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        return False
    return bool(np.all(np.isfinite(sizes) & (sizes > 0)))


_TOLERANCE = (lambda value: value is None or _is_positive(value), "a positive number or None")
_CHECKS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "ftol": _TOLERANCE,
    "xtol": _TOLERANCE,
    "gtol": _TOLERANCE,
    "f_scale": (_is_positive, "a positive number"),
    "max_nfev": (
        lambda value: value is None or _is_count(value),
        "a positive whole number or None",
    ),
    "verbose": (lambda value: not isinstance(value, bool) and value in {0, 1, 2}, "0, 1 or 2"),
    "x_scale": (_is_scale, "'jac', or positive numbers"),
    "tr_options": (lambda value: isinstance(value, Mapping), "a dictionary"),
}
