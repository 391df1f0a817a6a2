"""What sensitivity equations cannot do, said before anything is simulated."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from brian2.core.functions import DEFAULT_FUNCTIONS, Function
from brian2.core.namespace import DEFAULT_UNITS
from brian2.parsing.statements import parse_statement
from brian2.utils.stringtools import get_identifiers, strip_empty_lines
from sympy.core.function import AppliedUndef

from brianfit._foundation.arguments import suggestion
from brianfit._foundation.errors import (
    BrianfitError,
    InvalidValueError,
    Problems,
    UnknownNameError,
)
from brianfit._foundation.units import dimensions_of, scalar_si
from brianfit.model.derivatives import USE_DIFFERENCES
from brianfit.model.jumps import find_jump
from brianfit.model.model import Model
from brianfit.model.model_expressions import ModelExpressions

SPIKE_VARIABLES = frozenset({"not_refractory", "lastspike"})
"""Variables that Brian changes at a spike."""


def check_names(
    model: Model, *, parameters: Sequence[str], outputs: Sequence[str], inputs: Collection[str]
) -> None:
    """Check that parameters and outputs exist and can be used as such.

    Raises
    ------
    BrianfitError
        If not; all problems are listed.
    """
    problems = Problems()
    can_vary = (*model.parameter_names, *model.differential_variables)
    for name in parameters:
        for problem in _parameter_problems(model, name, can_vary):
            problems.add(problem)
    known = (*model.variable_names, *inputs)
    for name in outputs:
        if name not in known:
            problems.add(
                UnknownNameError(
                    f"The model has no variable '{name}' (named in outputs)."
                    f"{suggestion(name, known)} It has: {', '.join(known)}."
                )
            )
    problems.raise_if_any()


def _parameter_problems(
    model: Model, name: str, can_vary: Collection[str]
) -> Iterator[BrianfitError]:
    if name not in can_vary:
        yield UnknownNameError(
            f"'{name}' is neither a parameter of the model nor a variable with a differential "
            f"equation.{suggestion(name, can_vary)} The model has: {', '.join(can_vary)}."
        )
        return
    if model.is_integer(name):
        yield InvalidValueError(
            f"Parameter '{name}' is an integer or boolean: nothing has a derivative with respect "
            f"to it. {USE_DIFFERENCES}"
        )
    if name in model.initial_values:
        yield InvalidValueError(
            f"Parameter '{name}' is varied, but has an initial value as well, which would replace "
            "it in every run. Remove one of the two."
        )


def check_differentiable(
    model: Model,
    expressions: ModelExpressions,
    *,
    relevant: Collection[str],
    moving: Collection[str],
) -> None:
    """Check that the sensitivity equations are the whole truth about the outputs.

    Parameters
    ----------
    relevant
        Everything that the outputs depend on.
    moving
        What depends on the parameters, themselves included.

    Raises
    ------
    InvalidValueError
        If not; all problems are listed.
    """
    problems = Problems()
    for complaint in (
        *_code_complaints(model, relevant),
        *_refractory_complaints(model, relevant),
        *_random_complaints(model, expressions, relevant),
        *_integer_complaints(model, relevant, moving),
        *_jump_complaints(model, expressions, relevant, moving),
    ):
        problems.add(InvalidValueError(f"{complaint} {USE_DIFFERENCES}"))
    problems.raise_if_any()


def _code_complaints(model: Model, relevant: Collection[str]) -> Iterator[str]:
    codes = {f"the event '{name}'": event.code for name, event in model.events.items()}
    if model.run_regularly:
        codes["code that is run regularly"] = "\n".join(it.code for it in model.run_regularly)
    if model.threshold is not None:
        codes["the reset"] = model.reset or ""
    for place, code in codes.items():
        changed = sorted(_written(code) & set(relevant))
        if changed:
            yield (
                f"The outputs depend on {_listed(changed)}, which {place} changes; the derivatives "
                "would not know of that."
            )


def _written(code: str) -> set[str]:
    lines = strip_empty_lines(code.replace(";", "\n")).split("\n")
    return {parse_statement(line.strip())[0] for line in lines if line.strip()}


def _refractory_complaints(model: Model, relevant: Collection[str]) -> Iterator[str]:
    if model.threshold is None:
        return
    flagged = [
        name
        for name in sorted(relevant)
        if model.has_variable(name) and "unless refractory" in model.equations[name].flags
    ]
    if flagged and model.refractory is not False:
        yield (
            f"The outputs depend on {_listed(flagged)}, which stands still during refractoriness; "
            "the derivatives would not know of that."
        )
    used = sorted(SPIKE_VARIABLES & set(relevant))
    if used:
        yield (
            f"The outputs depend on {_listed(used)}, which changes at a spike; the derivatives "
            "would not know of that."
        )


def _random_complaints(
    model: Model, expressions: ModelExpressions, relevant: Collection[str]
) -> Iterator[str]:
    noise = sorted(set(relevant) & set(model.equations.stochastic_variables))
    if noise:
        yield f"The outputs depend on the noise {_listed(noise)}."
    for name in sorted(relevant):
        calls = expressions.of(name).atoms(AppliedUndef)
        drawn = sorted(
            {call.func.__name__ for call in calls if _is_random(model, call.func.__name__)}
        )
        if drawn:
            yield f"The equation of '{name}' draws random numbers with {_listed(drawn)}."


def _is_random(model: Model, function: str) -> bool:
    known = model.namespace.get(function, DEFAULT_FUNCTIONS.get(function))
    return isinstance(known, Function) and not known.stateless


def _integer_complaints(
    model: Model, relevant: Collection[str], moving: Collection[str]
) -> Iterator[str]:
    names = [
        name
        for name in sorted(set(relevant) & set(model.initial_values))
        if model.has_variable(name) and model.is_integer(name)
    ]
    for name in names:
        value = model.initial_values[name]
        if isinstance(value, str) and get_identifiers(value) & set(moving):
            yield (
                f"The outputs depend on '{name}', an integer or boolean whose initial value "
                f"{value!r} depends on the parameters."
            )


def _jump_complaints(
    model: Model,
    expressions: ModelExpressions,
    relevant: Collection[str],
    moving: Collection[str],
) -> Iterator[str]:
    for name in sorted(set(relevant) & set(expressions.rates)):
        rate = expressions.rates[name]
        values = _known_values(model, expressions, {str(s) for s in rate.free_symbols})
        jump = find_jump(rate, moving, values)
        if jump is not None:
            yield (
                f"The equation of '{name}' jumps where {jump!r} changes, at a moment that depends "
                "on the parameters; the derivatives would not know of that."
            )


def _known_values(
    model: Model, expressions: ModelExpressions, names: Collection[str]
) -> dict[str, float]:
    """Return the numbers among `names` [SI]: constants, units, zeros."""
    known = {name: 0.0 for name in names if expressions.language.is_zero(name)}
    for name in names:
        value = model.namespace.get(name, DEFAULT_UNITS.get(name))
        if value is not None and not isinstance(value, Function):
            known[name] = scalar_si(name, value, dimensions_of(value))
    return known


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
