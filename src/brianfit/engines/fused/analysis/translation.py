"""Let Brian check all code of a model as it does before a run: what it refuses is refused here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from brian2.codegen.codeobject import create_runner_codeobj
from brian2.core.base import BrianObject, BrianObjectException
from brian2.core.variables import Variables
from brian2.equations.equations import check_subexpressions
from brian2.groups.neurongroup import NeuronGroup

from brianfit.engines._brian_messages import clear_errors
from brianfit.model import Model


def translate(group: NeuronGroup, model: Model) -> None:
    """Check units and syntax of everything that Brian would run, and write the abstract code.

    Raises
    ------
    BrianObjectException
        With the object that Brian made of the wrong block; the cause says what is wrong.
    BrianfitError
        If an initial value is wrong.
    """
    with _naming(group):
        group.equations.check_units(group, run_namespace={})
        check_subexpressions(group, group.equations, {})
    for runner in group.contained_objects:
        with _naming(runner):
            runner.create_code_objects({})
    for name, value in model.initial_values.items():
        if isinstance(value, str):
            with clear_errors(f"`param_init['{name}']` cannot be used"):
                _translate_initial_value(group, name, value)


@contextmanager
def _naming(made: BrianObject) -> Iterator[None]:
    """Say in which object an error was found."""
    try:
        yield
    except Exception as error:  # whatever Brian raises
        problem = BrianObjectException("Brian refuses the code of an object.", made)
        if isinstance(made, NeuronGroup):
            problem._brian_objname = "brianfit_neurons"  # its own name may end in a number
        raise problem from error


def _translate_initial_value(group: NeuronGroup, name: str, expression: str) -> None:
    variables = Variables(None)
    variables.add_auxiliary_variable("_cond", dtype=bool)
    create_runner_codeobj(
        group,
        {"condition": "_cond = True", "statement": f"{name} = {expression}"},
        "group_variable_set_conditional",
        additional_variables=variables,
        check_units=True,
        run_namespace={},
    )
