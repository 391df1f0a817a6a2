"""Read what a user gave for the parameters: bounds, fixed values, ties."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import suggestion
from brianfit._foundation.errors import (
    BrianfitError,
    InvalidTypeError,
    InvalidValueError,
    Problems,
)
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import DIMENSIONLESS, Quantity, scalar_si
from brianfit.model import Model, Parameter, ParameterSpace, Prior
from brianfit.model.parameter_columns import ParameterColumns
from brianfit.model.parameters import parameter_from, uses_log_scale
from brianfit.model.tied import compile_tied


@final
@dataclass(frozen=True, kw_only=True)
class Parameters:
    """The free parameters, and how all columns of the simulation follow from them.

    Attributes
    ----------
    priors
        Of free parameters for which one was given, with SI numbers.
    """

    space: ParameterSpace
    columns: ParameterColumns
    given: Mapping[str, Parameter]
    priors: Mapping[str, Prior] = field(default_factory=dict)

    def has_columns_of(self, other: Parameters) -> bool:
        """Return whether the same parameters are free, fixed to the same values, and tied alike."""
        return (
            self.columns.free == other.columns.free
            and self.columns.fixed == other.columns.fixed
            and self._ties == other._ties
        )

    @property
    def _ties(self) -> dict[str, str | None]:
        return {name: self.given[name].tied for name in self.columns.tied}


@final
@dataclass(frozen=True, kw_only=True)
class _Numbers:
    """The numbers of one free parameter, SI."""

    low: float
    high: float
    is_log: bool
    starts: tuple[float, ...]
    prior: Prior | None


def read_parameters(
    model: Model,
    given: Mapping[str, Any],
    *,
    use_units: bool = True,
    option_names: Collection[str] = (),
) -> Parameters:
    """Check everything that was given for parameters, and return it ready for use.

    Parameters
    ----------
    given
        ``{name: [low, high] or Parameter}``.
    use_units
        Whether numbers for a parameter with a unit must carry it; if not, they are SI numbers.
    option_names
        Other names that could have been meant by a misspelt one.

    Raises
    ------
    BrianfitError
        If anything is wrong; all problems are listed.
    """
    problems = Problems()
    known = {*model.parameter_names, *model.differential_variables}
    for name in given:
        if name not in known:
            problems.add(_unknown(name, known, option_names))
        elif name in model.initial_values:
            problems.add(
                InvalidValueError(
                    f"'{name}' cannot be both a parameter of the fit and in `param_init`, which "
                    "would overwrite it."
                )
            )
    for name in model.parameter_names:
        if name not in given and name not in model.initial_values:
            problems.add(InvalidTypeError(f"Bounds must be set for parameter {name}"))
    parameters: dict[str, Parameter] = {}
    numbers: dict[str, _Numbers] = {}
    fixed: dict[str, float] = {}
    for name in [name for name in given if name in known]:
        try:
            parameter = parameter_from(name, given[name])
            parameters[name] = parameter
            _check_can_vary(model, name, parameter)
            if parameter.is_free:
                numbers[name] = _free_numbers(model, name, parameter, use_units=use_units)
            elif parameter.tied is None:
                fixed[name] = _value(model, name, parameter.fixed, "value", use_units=use_units)
        except BrianfitError as problem:
            problems.add(problem)
    problems.raise_if_any()
    _check_starts(numbers)
    return Parameters(
        space=_space(model, numbers),
        columns=ParameterColumns(
            free=tuple(numbers), fixed=fixed, tied=_tied(model, parameters, problems)
        ),
        given=parameters,
        priors={name: one.prior for name, one in numbers.items() if one.prior is not None},
    )


def _tied(model: Model, parameters: Mapping[str, Parameter], problems: Problems) -> dict[str, Any]:
    known = {
        name: model.dimensions(name)
        for name, parameter in parameters.items()
        if parameter.tied is None
    }
    functions = {}
    for name, parameter in parameters.items():
        if parameter.tied is None:
            continue
        try:
            functions[name] = compile_tied(
                name,
                parameter.tied,
                dimensions=model.dimensions(name),
                parameters=known,
                namespace=model.namespace,
            )
            known[name] = model.dimensions(name)
        except BrianfitError as problem:
            problems.add(problem)
    problems.raise_if_any()
    return functions


def _space(model: Model, numbers: Mapping[str, _Numbers]) -> ParameterSpace:
    entries = list(numbers.values())
    return ParameterSpace(
        names=tuple(numbers),
        dimensions=tuple(model.dimensions(name) for name in numbers),
        low=np.array([entry.low for entry in entries], dtype=np.float64),
        high=np.array([entry.high for entry in entries], dtype=np.float64),
        is_log=np.array([entry.is_log for entry in entries], dtype=bool),
        is_integer=np.array([model.is_integer(name) for name in numbers], dtype=bool),
        starts=_starts([entry.starts for entry in entries]),
    )


def _starts(
    given: Sequence[tuple[float, ...]],
) -> Float[np.ndarray, "n_starts n_parameters"]:
    """Return points to start from: single values stand in all of them, nan where none is given."""
    n_starts = max((len(values) for values in given), default=0)
    starts = np.full((n_starts, len(given)), np.nan)
    for number, values in enumerate(given):
        if values:
            starts[:, number] = values
    return starts


def _free_numbers(model: Model, name: str, parameter: Parameter, *, use_units: bool) -> _Numbers:
    low = _value(model, name, parameter.low, "lower bound", use_units=use_units)
    high = _value(model, name, parameter.high, "upper bound", use_units=use_units)
    with np.errstate(all="ignore"):  # Brian looks for a fitting unit, of huge numbers as well
        found = f"the bounds of parameter '{name}' are [{parameter.low}, {parameter.high}]"
    if low >= high:
        hint = " They seem to be reversed." if low > high else " Use Parameter(fixed=...) for that."
        raise InvalidValueError(f"The lower bound must be below the upper one, but {found}.{hint}")
    if parameter.scale == "log" and low <= 0:
        raise InvalidValueError(f"A logarithmic scale needs bounds above zero, but {found}.")
    starts = []
    for given in _single_values(parameter.value):
        starts.append(_value(model, name, given, "start value", use_units=use_units))
        if not low <= starts[-1] <= high:
            raise InvalidValueError(
                f"The start value {given} of parameter '{name}' is not within its bounds "
                f"[{parameter.low}, {parameter.high}]."
            )
    return _Numbers(
        low=low,
        high=high,
        is_log=uses_log_scale(parameter.scale, low, high),
        starts=tuple(starts),
        prior=_prior(model, name, parameter.prior, use_units=use_units),
    )


def _prior(model: Model, name: str, given: Prior | None, *, use_units: bool) -> Prior | None:
    """Return a prior with SI numbers."""
    if given is None:
        return None
    prior = given.converted(
        lambda what, value: _value(model, name, value, f"{what} of the prior", use_units=use_units),
        lambda what, value: scalar_si(f"{what} of the prior", value, DIMENSIONLESS),
    )
    prior.check(name)
    return prior


def _single_values(given: Any) -> Sequence[Any]:
    """Return one or several values, or none, one by one."""
    if given is None:
        return ()
    if isinstance(given, list | tuple) or np.ndim(given) == 1:
        return list(given)
    return (given,)


def _check_starts(numbers: Mapping[str, _Numbers]) -> None:
    """Check that parameters with several values to start from have equally many.

    Raises
    ------
    InvalidValueError
        If they have not.
    """
    several = {name: len(n.starts) for name, n in numbers.items() if len(n.starts) > 1}
    if len(set(several.values())) > 1:
        listed = ", ".join(f"{count} for '{name}'" for name, count in several.items())
        raise InvalidValueError(
            "Parameters with several start values need equally many, since the first values are "
            f"one sample, the second ones the next; found {listed}."
        )


def _value(model: Model, name: str, given: Any, what: str, *, use_units: bool) -> float:
    dimensions = model.dimensions(name)
    zero_or_si = not use_units or (not isinstance(given, Quantity) and _is_zero(given))
    described = f"{what} of parameter '{name}'"
    if dimensions is not DIMENSIONLESS and not zero_or_si:
        value = scalar_si(described, given, dimensions, plain_is_si=False)
    else:
        value = scalar_si(described, given, dimensions)
    if not np.isfinite(value):
        raise InvalidValueError(f"The {described} must be finite, but is {given}.")
    if model.is_integer(name) and value != round(value):
        raise InvalidValueError(
            f"The {described} must be a whole number, as the model declares it, but is {given}."
        )
    return value


def _is_zero(given: Any) -> bool:
    return isinstance(given, int | float) and bool(given == 0)


def _check_can_vary(model: Model, name: str, parameter: Parameter) -> None:
    if model.is_shared(name) and parameter.fixed is None:
        raise InvalidValueError(
            f"Parameter '{name}' is declared as shared, so it cannot differ between samples. "
            "Remove the flag, or give it as Parameter(fixed=...)."
        )


def _unknown(name: str, known: Collection[str], option_names: Collection[str]) -> BrianfitError:
    hint = suggestion(name, [*known, *option_names])
    return InvalidValueError(
        f"'{name}' is neither a parameter of the model nor an argument.{hint} Parameters of the "
        f"model: {', '.join(sorted(known)) or 'none'}."
    )
