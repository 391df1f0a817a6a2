"""The model to be fitted: equations, threshold, reset, refractoriness, method, initial values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, final

from brian2.equations.equations import (
    BOOLEAN,
    DIFFERENTIAL_EQUATION,
    EQUATIONS,
    INTEGER,
    SUBEXPRESSION,
    Equations,
    SingleEquation,
)
from pyparsing import ParseException

from brianfit._foundation.arguments import suggestion
from brianfit._foundation.errors import InvalidTypeError, InvalidValueError, UnknownNameError
from brianfit._foundation.parts.call_text import call_of
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.strangers.expressions import check_expression
from brianfit._foundation.units import Dimension
from brianfit.model.equation_text import equation_text

ITERATION = "iteration"
"""The variable of the model that holds the number of the round."""


@final
@dataclass(frozen=True, kw_only=True)
class Event:
    """An event besides the spike: when it happens, and what is run then."""

    condition: str
    code: str = ""


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class RegularOperation:
    """Code that is run by the clock, as by `run_regularly` of Brian.

    Attributes
    ----------
    code
        Statements.
    dt
        Time between two runs, the first of which is at the start; None: every step.
    when, order
        Where in a step, as for Brian; by default before the recording and the state update.
    """

    code: str
    dt: Any = None
    when: str = "start"
    order: int = 0


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class Model:
    """A neuron model in the language of Brian 2; it is never changed.

    Attributes
    ----------
    equations
        The user's equations. Names that are used but not defined are inputs, targets
        (``<output>_target``), or external constants of `namespace`.
    threshold, reset
        As for `brian2.NeuronGroup`; None for a model without spikes.
    refractory
        As for `brian2.NeuronGroup`.
    method
        Name of the integration method, or None: Brian chooses.
    events
        Further events besides the spike, by name.
    run_regularly
        Code that is run by the clock, in this order.
    initial_values
        Value at the start of every run for variables and parameters: quantity, number (SI), or an
        expression as a string that may use parameters.
    namespace
        External constants and functions, resolved; nothing else is looked up.
    """

    equations: Equations
    threshold: str | None = None
    reset: str | None = None
    refractory: Any = False
    method: str | None = None
    method_options: Mapping[str, Any] = field(default_factory=dict)
    events: Mapping[str, Event] = field(default_factory=dict)
    run_regularly: tuple[RegularOperation, ...] = ()
    initial_values: Mapping[str, Any] = field(default_factory=dict)
    namespace: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for what, text in self._texts():
            check_expression(text, what)

    def _texts(self) -> Iterator[tuple[str, str]]:
        """Yield all expressions and statements besides the equations, each with its name."""
        texts: dict[str, Any] = {
            "The threshold": self.threshold,
            "The reset": self.reset,
            "The refractory period": self.refractory,
        }
        for name, event in self.events.items():
            texts[f"The condition of the event '{name}'"] = event.condition
            texts[f"The code of the event '{name}'"] = event.code
        for number, operation in enumerate(self.run_regularly):
            texts[f"Code {number} that is run by the clock"] = operation.code
        for name, value in self.initial_values.items():
            texts[f"The initial value of '{name}'"] = value
        yield from ((what, text) for what, text in texts.items() if isinstance(text, str))

    def __repr__(self) -> str:
        return call_of(self, equations=f"Equations({equation_text(self.equations)!r})")

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names of the parameters declared in the equations, sorted."""
        return tuple(sorted(self.equations.parameter_names - {ITERATION}))

    @property
    def differential_variables(self) -> tuple[str, ...]:
        """Names of the variables with a differential equation, sorted."""
        return self._names_of(DIFFERENTIAL_EQUATION)

    @property
    def subexpressions(self) -> tuple[str, ...]:
        """Names of the subexpressions, sorted."""
        return self._names_of(SUBEXPRESSION)

    @property
    def variable_names(self) -> tuple[str, ...]:
        """Names of everything that the equations define, sorted."""
        return tuple(sorted(self.equations.names))

    def has_variable(self, name: str) -> bool:
        """Return whether the equations define `name`."""
        return name in self.equations.names

    def dimensions(self, name: str) -> Dimension:
        """Return the physical dimensions of a variable.

        Raises
        ------
        UnknownNameError
            If the equations do not define it.
        """
        if name not in self.equations.names:
            raise UnknownNameError(
                f"The model has no variable {name!r}."
                f"{suggestion(name, self.equations.names)} It defines: "
                f"{', '.join(self.variable_names)}."
            )
        return self.equations[name].dim

    def is_integer(self, name: str) -> bool:
        """Return whether a variable is declared as ``integer`` or ``boolean``."""
        return self.equations[name].var_type in (INTEGER, BOOLEAN)

    def is_shared(self, name: str) -> bool:
        """Return whether a variable is declared as ``(shared)``."""
        return "shared" in self.equations[name].flags

    @property
    def code_blocks(self) -> tuple[str, ...]:
        """All code besides the equations: conditions, statements, initial values."""
        texts = [self.threshold, self.reset, self.refractory, *self.initial_values.values()]
        texts += [text for event in self.events.values() for text in (event.condition, event.code)]
        texts += [operation.code for operation in self.run_regularly]
        return tuple(text for text in texts if isinstance(text, str))

    @property
    def undefined_names(self) -> frozenset[str]:
        """Names that the equations use without defining them."""
        return frozenset(self.equations.identifiers) - frozenset(self.equations.names)

    def _names_of(self, kind: str) -> tuple[str, ...]:
        return tuple(
            sorted(name for name, equation in self.equations.items() if equation.type == kind)
        )


def copied(equation: SingleEquation, expr: Any = None) -> SingleEquation:
    """Return an equation as an object of its own, with another expression if one is given.

    `Equations` write the order of computation into the objects that they are made of, so that
    two of them must not share any.
    """
    return SingleEquation(
        equation.type,
        equation.varname,
        equation.dim,
        var_type=equation.var_type,
        expr=equation.expr if expr is None else expr,
        flags=list(equation.flags),
    )


def read_equations(model: object) -> Equations:
    """Return `model`, a string or `Equations`, as `Equations`.

    Raises
    ------
    InvalidTypeError
        If it is neither.
    InvalidValueError
        If Brian cannot read the string.
    """
    if isinstance(model, Equations):
        return model
    if isinstance(model, str):
        _check_texts(model)
        try:
            return Equations(model)
        except Exception as error:  # whatever Brian's parser raises
            raise InvalidValueError(f"The equations in `model` cannot be read: {error}") from error
    raise InvalidTypeError(
        "`model` must be a string of equations or an Equations object, but is of type "
        f"{type(model).__name__}."
    )


def _check_texts(equations: str) -> None:
    """Check that all expressions and units of equations can be read in bounded time."""
    try:
        parsed = EQUATIONS.parse_string(equations, parse_all=True)
    except (ParseException, RecursionError):
        return  # Brian says what is wrong
    for equation in parsed:
        parts = dict(equation.items())
        name = "".join(parts.get("identifier", "?"))
        for part, words in (("expression", "The equation"), ("unit", "The unit")):
            if part in parts:
                check_expression("".join(parts[part]), f"{words} of '{name}'")


__all__ = ["ITERATION", "Event", "Model", "RegularOperation", "copied", "read_equations"]
