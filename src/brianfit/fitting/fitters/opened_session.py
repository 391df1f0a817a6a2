"""Open the session of a fitter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

from brianfit._foundation.arguments import check_instance, check_positive_integer
from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit.engines import AbstractEngine, DefaultEngine
from brianfit.fitting.problem.fit_arguments import check_penalty
from brianfit.fitting.problem.fitter_arguments import FitterArguments, read_problem
from brianfit.fitting.problem.library_models import (
    default_parameters,
    started_as_recorded,
    with_library_model,
)
from brianfit.fitting.search.session import FitSession


@final
@dataclass(frozen=True, kw_only=True)
class SessionOptions:
    """The arguments of a fitter that do not describe the problem, as the user gave them."""

    n_samples: Any
    use_units: bool
    penalty: Any
    engine: Any
    memory_limit: Any


def open_session(arguments: FitterArguments, options: SessionOptions) -> FitSession:
    """Check all arguments of a fitter and return its session.

    Raises
    ------
    BrianfitError
        If anything does not fit together.
    """
    if arguments.dt is None:
        raise InvalidTypeError("`dt` is missing: give the simulation step, such as dt=0.1*ms.")
    n_samples = check_positive_integer("n_samples", options.n_samples)
    memory_limit = check_positive_integer("memory_limit", options.memory_limit)
    if options.engine is not None:
        check_instance("engine", options.engine, AbstractEngine, "an engine")
    check_penalty(options.penalty)
    problem = started_as_recorded(read_problem(with_library_model(arguments)), arguments)
    if options.penalty is not None and not problem.model.has_variable(options.penalty):
        raise InvalidValueError(f"The penalty {options.penalty!r} is not a variable of the model.")
    return FitSession(
        problem=problem,
        engine=options.engine or DefaultEngine(),
        n_samples=n_samples,
        use_units=options.use_units,
        penalty=options.penalty,
        memory_limit=memory_limit,
        default_parameters=default_parameters(arguments.model, problem.model, problem.output_names),
    )
