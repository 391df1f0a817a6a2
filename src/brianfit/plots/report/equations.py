"""The equations of a model, typeset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from brian2.core.namespace import DEFAULT_UNITS
from brian2.equations.equations import DIFFERENTIAL_EQUATION, PARAMETER, Equations, SingleEquation

from brianfit._foundation.shown.markup import Markup, join, tag
from brianfit._foundation.strangers.untrusted import made_from
from brianfit._foundation.units import DIMENSIONLESS, dimensions_of, readable, unit_name
from brianfit.plots.report.contents import ReportContents
from brianfit.plots.report.mathml import assignment, condition, derivative, equation, identifier
from brianfit.results import ProblemRecord

_UNITS = frozenset(DEFAULT_UNITS)

_NO_EXPRESSION = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What Python's parser raises where a text is no expression, or one that nests too deeply."""


def model(contents: ReportContents) -> Markup | None:
    """Return equations, threshold, reset and what else belongs to the model."""
    problem = contents.result.problem
    if problem is None:
        return None
    with made_from("The model of the fit"):
        equations = Equations(problem.equations)
    lines = [_equation(found) for found in equations.values() if found.type != PARAMETER]
    return join(
        tag("div", *lines, class_="equations"),
        _spike(problem),
        _events(problem),
        _details(problem),
        tag(
            "details",
            tag("summary", "The equations as Brian reads them"),
            tag("pre", problem.equations),
            class_="no-print",
        ),
    )


def _equation(found: SingleEquation) -> Markup:
    is_differential = found.type == DIFFERENTIAL_EQUATION
    left = derivative(found.varname) if is_differential else identifier(found.varname)
    text = " ".join(found.expr.code.split())
    try:
        shown = equation(left, text, units=_UNITS)
    except _NO_EXPRESSION:
        shown = tag("code", f"{found.varname} = {text}")
    unit = unit_name(found.dim)
    notes = [f"[{unit}]"] if unit != "1" else []
    return _with_note(shown, [*notes, *(f"({flag})" for flag in found.flags)])


def _with_note(shown: Markup, notes: list[str]) -> Markup:
    note = tag("span", "  ".join(notes), class_="flag") if notes else None
    return tag("div", shown, note, class_="equation")


def _spike(problem: ProblemRecord) -> Markup | None:
    if problem.threshold is None:
        return None
    parts = [tag("h3", "A spike"), _condition(problem.threshold, "happens when this becomes true")]
    if problem.reset:
        parts += list(_statements(problem.reset))
    if problem.refractory is not False:
        parts.append(_refractory(problem.refractory))
    return tag("div", *parts, class_="equations")


def _refractory(given: object) -> Markup:
    if isinstance(given, str):
        return _condition(given, "refractory for this long, or while this is true")
    return tag("p", f"Refractory for {_value_text(given)}")


def _events(problem: ProblemRecord) -> Markup | None:
    if not problem.events:
        return None
    parts: list[Markup] = []
    for name, event in problem.events.items():
        parts += [tag("h3", f"Event {name}"), _condition(event.condition, "condition")]
        parts += _statements(event.code)
    return tag("div", *parts, class_="equations")


def _condition(text: str, note: str) -> Markup:
    try:
        shown = condition(text, units=_UNITS)
    except _NO_EXPRESSION:
        shown = tag("code", text)
    return _with_note(shown, [note])


def _statements(code: str) -> Iterator[Markup]:
    for statement in code.replace("\n", ";").split(";"):
        if not statement.strip():
            continue
        try:
            shown = assignment(statement, units=_UNITS)
        except _NO_EXPRESSION:
            shown = tag("code", statement.strip())
        yield tag("div", shown, class_="equation")


def _details(problem: ProblemRecord) -> Markup:
    rows = {
        "integration method": problem.method or "chosen by Brian",
        "values at the start": _listed(problem.initial_values),
        "external constants": _listed(problem.constants),
        "penalty": problem.penalty or "",
    }
    pairs = [join(tag("dt", name), tag("dd", text)) for name, text in rows.items() if text]
    return tag("dl", *pairs, class_="settings")


def _listed(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} = {_value_text(value)}" for name, value in values.items())


def _value_text(value: object) -> str:
    if isinstance(value, str | bool) or callable(value):
        return str(getattr(value, "__name__", value))
    dimensions = dimensions_of(value)
    return readable(value) if dimensions is not DIMENSIONLESS else str(value)
