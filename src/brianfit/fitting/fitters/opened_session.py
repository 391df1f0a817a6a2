"""Open the session of a fitter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brianfit._foundation.arguments import check_instance, check_positive_integer
from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit.engines import AbstractEngine, DefaultEngine
from brianfit.fitting.problem.fit_arguments import FitArguments
from brianfit.fitting.problem.fitter_arguments import FitterArguments, read_problem
from brianfit.fitting.problem.library_models import (
    default_parameters,
    started_as_recorded,
    with_library_model,
)
from brianfit.fitting.search.session import FitSession


def open_session(
    arguments: FitterArguments,
    *,
    n_samples: Any,
    use_units: Any,
    engine: Any,
    memory_limit: Any,
    in_force: Mapping[str, Any],
) -> FitSession:
    """Check all arguments of a fitter and return its session.

    Parameters
    ----------
    in_force
        Arguments of `fit` that the constructor was given.

    Raises
    ------
    BrianfitError
        If anything does not fit together.
    """
    n_samples = check_positive_integer("n_samples", n_samples)
    memory_limit = check_positive_integer("memory_limit", memory_limit)
    check_instance("use_units", use_units, bool, "True or False")
    if engine is not None:
        check_instance("engine", engine, AbstractEngine, "an engine")
    said = FitArguments(parameters={}, **in_force)
    if arguments.dt is None:
        raise InvalidTypeError("`dt` is missing: give the simulation step, such as dt=0.1*ms.")
    problem = started_as_recorded(read_problem(with_library_model(arguments)), arguments)
    if said.penalty is not None and not problem.model.has_variable(said.penalty):
        raise InvalidValueError(f"The penalty {said.penalty!r} is not a variable of the model.")
    session = FitSession(
        problem=problem,
        engine=engine or DefaultEngine(),
        n_samples=n_samples,
        in_force=said,
        use_units=use_units,
        memory_limit=memory_limit,
        default_parameters=default_parameters(arguments.model, problem.model, problem.output_names),
    )
    if said.metric is not None or said.weights is not None:
        session.scoring_of(problem, said)
    return session
