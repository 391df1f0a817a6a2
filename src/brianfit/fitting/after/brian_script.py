"""A fitted model as a Python script that runs with Brian 2 alone."""

from __future__ import annotations

import base64
import io
import re
import textwrap
from collections.abc import Iterable, Mapping
from importlib.resources import files
from string import Template
from typing import Any

import brian2
import numpy as np
from brian2.core.functions import Function
from brian2.units import allunits
from brian2.units.fundamentalunits import get_unit

from brianfit._foundation.arguments import checked
from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit._foundation.strangers.escaping import in_python, in_python_block, version_text
from brianfit._foundation.unit_text import text_of_quantity
from brianfit._foundation.units import (
    DIMENSIONLESS,
    SECOND,
    dimensions_of,
    equation_unit,
    from_si,
)
from brianfit.fitting.problem.fitter_arguments import needed_names
from brianfit.fitting.problem.parameter_values import GENERATE_ITERATION
from brianfit.fitting.problem.problem import Problem
from brianfit.fitting.problem.problem_from_record import problem_of
from brianfit.model import Model, TimedValues
from brianfit.model.equation_text import equation_text
from brianfit.model.model import ITERATION
from brianfit.results import FitResult

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_LINE = 96  # characters of encoded values


@checked
def brian_script(result: FitResult) -> str:
    """Return a script that simulates all traces of a fit with the best parameters.

    It needs Brian 2 and nothing else: the stimuli are part of it, without loss. Its function
    ``simulate`` returns Brian's monitors; run as a program, it draws the first output.

    Raises
    ------
    InvalidValueError
        If no sample of the fit could be scored, or the result does not tell its problem.
    InvalidTypeError
        If the model uses Python functions, which only the calling script knows.
    """
    if result.problem is None or not result.best_values:
        raise InvalidValueError(
            "A script needs a model with parameters, but no sample of this fit could be scored."
        )
    problem = problem_of(result.problem)
    model, given = problem.model, _given_values(problem)
    template = files("brianfit.fitting").joinpath("brian_script.template")
    return Template(template.read_text(encoding="utf-8")).substitute(
        version=version_text(result.versions.get("brianfit", "")),
        equations=in_python_block(_equations(model, given)),
        parameters=_rows(_parameter_texts(model, result.best_values)),
        constants=_rows(_constant_texts(model)),
        start=_rows(_start_texts(model)),
        given=_rows(
            {
                name: f"({_base_unit(values)}, {quantity_text(from_si(values.dt, SECOND))})"
                for name, values in given.items()
            }
        ),
        n_traces=problem.n_traces,
        dt=quantity_text(from_si(problem.dt, SECOND)),
        n_steps=problem.n_steps,
        recorded=in_python(list(problem.trace_names or model.differential_variables[:1])),
        seed=in_python(result.seed),
        arguments="\n".join(f"        {line}," for line in _arguments(model)),
        statements="\n".join(f"    {line}" for line in _statements(model)),
        spikes="None" if model.threshold is None else "SpikeMonitor(neurons)",
        encoded=_encoded(given),
    )


def quantity_text(value: Any) -> str:
    """Return a number or a quantity as Python code with Brian's units, exact to the last digit."""
    if not isinstance(value, int | float | np.number | np.ndarray) or np.ndim(value) != 0:
        raise InvalidTypeError(f"{value!r} is no number or quantity; a script cannot hold it.")
    dimensions = dimensions_of(value)
    if dimensions is DIMENSIONLESS:
        return in_python(float(value))
    number, _, unit = text_of_quantity(value).partition(" ")
    known = (hasattr(brian2, name) or hasattr(allunits, name) for name in _IDENTIFIER.findall(unit))
    if not unit or not all(known):
        number, unit = repr(float(value)), equation_unit(dimensions)
    return f"{number} * {unit}"


def _given_values(problem: Problem) -> dict[str, TimedValues]:
    """Return the inputs, and those targets that the equations use."""
    task, needed = problem.task(), needed_names(problem.model)
    targets = {name: values for name, values in task.targets.items() if name in needed}
    return {**task.inputs, **targets}


def _equations(model: Model, given: Mapping[str, TimedValues]) -> str:
    added = [
        f"{name} = {name}_given(t, i) : {equation_unit(values.dimensions)}"
        for name, values in given.items()
    ]
    return "\n".join([equation_text(model.equations), *added])


def _parameter_texts(model: Model, values: Mapping[str, float]) -> dict[str, str]:
    return {
        name: repr(round(value))
        if model.is_integer(name)
        else quantity_text(from_si(value, model.dimensions(name)))
        for name, value in values.items()
    }


def _constant_texts(model: Model) -> dict[str, str]:
    functions = sorted(
        name
        for name, value in model.namespace.items()
        if isinstance(value, Function) or callable(value)
    )
    if functions:
        raise InvalidTypeError(
            f"The model uses {', '.join(functions)}, which the calling script defined as Python "
            "code; a script of the model alone does not know it."
        )
    return {name: quantity_text(value) for name, value in model.namespace.items()}


def _start_texts(model: Model) -> dict[str, str]:
    return {name: _start_text(model, name, value) for name, value in model.initial_values.items()}


def _start_text(model: Model, name: str, value: Any) -> str:
    if isinstance(value, str):
        return in_python(value)
    if dimensions_of(value) is DIMENSIONLESS:  # numbers without unit are SI numbers
        value = from_si(float(value), model.dimensions(name))
    return quantity_text(value)


def _rows(texts: Mapping[str, str]) -> str:
    return "\n".join(f"    {_key(name)}: {text}," for name, text in texts.items())


def _key(name: str) -> str:
    return f'"{name}"' if name.isidentifier() else in_python(name)


def _base_unit(values: TimedValues) -> str:
    """Return the SI unit of given values as Python code."""
    if values.dimensions is DIMENSIONLESS:
        return "1"
    name = str(get_unit(values.dimensions))
    return name if hasattr(brian2, name) else equation_unit(values.dimensions)


def _arguments(model: Model) -> Iterable[str]:
    for name in ("threshold", "reset", "method"):
        value = getattr(model, name)
        if value is not None:
            yield f"{name}={in_python(value)}"
    if model.refractory is not False:
        is_time = not isinstance(model.refractory, str | bool)
        text = quantity_text(model.refractory) if is_time else in_python(model.refractory)
        yield f"refractory={text}"
    if model.method_options:
        options = model.method_options.items()
        listed = ", ".join(f"{in_python(name)}: {_option_text(value)}" for name, value in options)
        yield f"method_options={{{listed}}}"
    if model.events:
        conditions = {name: event.condition for name, event in model.events.items()}
        yield f"events={in_python(conditions)}"


def _option_text(value: Any) -> str:
    return quantity_text(value) if isinstance(value, np.ndarray) else in_python(value)


def _statements(model: Model) -> Iterable[str]:
    if ITERATION in model.equations.names:
        yield f"neurons.{ITERATION} = {GENERATE_ITERATION}"
    for name, event in model.events.items():
        if event.code:
            yield f"neurons.run_on_event({in_python(name)}, {in_python(event.code)})"
    for it in model.run_regularly:
        step = "" if it.dt is None else f", dt={quantity_text(it.dt)}"
        slot = f"when={in_python(it.when)}, order={in_python(it.order)}"
        yield f"neurons.run_regularly({in_python(it.code)}{step}, {slot})"


def _encoded(given: Mapping[str, TimedValues]) -> str:
    """Return values as text: what a converter has digitised takes few levels and packs well."""
    arrays: dict[str, np.ndarray] = {}
    for name, values in given.items():
        levels, numbers = np.unique(values.values, return_inverse=True)
        smallest = np.min_scalar_type(max(levels.size - 1, 0))
        arrays[name] = numbers.reshape(values.values.shape).astype(smallest)
        arrays[f"{name}_levels"] = levels
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **arrays)
    return "\n".join(textwrap.wrap(base64.b64encode(packed.getvalue()).decode("ascii"), _LINE))
