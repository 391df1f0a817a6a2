"""The model that a problem file names, and how its parameters are treated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brian2.equations.equations import EquationError
from brian2.units.fundamentalunits import DimensionMismatchError

from brianfit import library
from brianfit._foundation.arguments import suggestion
from brianfit._foundation.errors import BrianfitError, InvalidValueError
from brianfit._foundation.units import from_si
from brianfit.cli.problem_file.document import Document, small_text
from brianfit.cli.problem_file.recordings import paths_in
from brianfit.data import RecordingSet, estimate_cell
from brianfit.fitting import parameters_near
from brianfit.fitting.problem.parameters import read_parameters as checked_parameters
from brianfit.library import NeuronModel
from brianfit.model import Model, Parameter
from brianfit.model.model import read_equations

_OWN_KEYS = ("threshold", "reset", "refractory", "method", "initial")


def read_model(
    document: Document, table: Mapping[str, Any], *, allow_outside: bool
) -> NeuronModel | Model | None:
    """Return the model; None if it cannot be had, and the reason is noted."""
    ways = [key for key in ("name", "file", "equations") if key in table]
    if len(ways) != 1:
        if not any(place[:1] == ("model",) for place in document.lines):
            document.complain((), "a table [model] with `name` is missing.")
        elif not document.has_problems or len(ways) > 1:
            document.complain(
                ("model",), "needs one of `name` (see `brianfit models`), `file`, `equations`."
            )
        return None
    try:
        if ways == ["name"]:
            return _ready(document, table)
        equations = _equations(document, table, allow_outside=allow_outside)
        return None if equations is None else _own(table, equations)
    except BrianfitError as problem:
        document.complain(("model", ways[0]), problem)
        return None


def read_parameters(
    document: Document, table: Mapping[str, Any], model: NeuronModel | Model | None
) -> dict[str, Parameter]:
    """Return how the parameters are treated that the file names; problems are noted."""
    if model is None:
        return dict(table)
    plain = model.model if isinstance(model, NeuronModel) else model
    known = plain.parameter_names
    for name in table:
        if name not in known:
            document.complain(
                ("parameters", name),
                f"the model has no such parameter.{suggestion(name, known)} It has: "
                f"{', '.join(known)}.",
            )
    if isinstance(model, Model):
        missing = [name for name in known if name not in {*table, *plain.initial_values}]
        if missing:
            document.complain(
                ("parameters",), f"bounds are missing for {', '.join(missing)} of the model."
            )
    given = {name: how for name, how in table.items() if name in known}
    for name, how in given.items():
        _check_one(document, plain, name, how)
    return given


def recorded_bounds(
    document: Document, model: NeuronModel | Model | None, recordings: RecordingSet | None
) -> dict[str, Parameter]:
    """Return bounds around what the fitted sweeps say about their cell; problems are noted."""
    place = ("model", "bounds")
    if not isinstance(model, NeuronModel):
        if model is not None:
            document.complain(place, 'can be "recorded" for models of the library only.')
        return {}
    if recordings is None:
        return {}
    try:
        return parameters_near(model, estimate_cell(recordings))
    except BrianfitError as problem:
        document.complain(place, problem)
        return {}


def _check_one(document: Document, model: Model, name: str, how: Parameter) -> None:
    """Check one parameter by itself, so that its line can be told; all others count as zero."""
    if how.tied is not None or name in model.initial_values:
        return
    others = {
        other: Parameter(fixed=from_si(0.0, model.dimensions(other)))
        for other in model.parameter_names
        if other not in model.initial_values
    }
    try:
        checked_parameters(model, {**others, name: how})
    except BrianfitError as problem:
        document.complain(("parameters", name), problem)


def _ready(document: Document, table: Mapping[str, Any]) -> NeuronModel:
    for key in (*_OWN_KEYS, "constants"):
        if key in table:
            document.complain(
                ("model", key), "belongs to equations of your own; a model by `name` has its own."
            )
    name = table["name"]
    if name not in library.names():
        raise InvalidValueError(
            f"there is no model {name!r}.{suggestion(name, library.names())} There are: "
            f"{', '.join(library.names())}."
        )
    return library.get(name)


def _equations(document: Document, table: Mapping[str, Any], *, allow_outside: bool) -> str | None:
    if "equations" in table:
        return str(table["equations"])
    place = ("model", "file")
    paths = paths_in(document, place, [table["file"]], allow_outside=allow_outside)
    if paths is None:
        return None
    return small_text(paths[0], "file of equations")


def _own(table: Mapping[str, Any], equations: str) -> Model:
    try:
        return Model(
            equations=read_equations(equations),
            threshold=table.get("threshold"),
            reset=table.get("reset"),
            refractory=table.get("refractory", False),
            method=table.get("method"),
            initial_values=table.get("initial", {}),
        )
    except (EquationError, DimensionMismatchError, SyntaxError, ValueError, TypeError) as error:
        raise InvalidValueError(f"the equations cannot be read: {error}") from error
