"""The problem that a record tells of, made again."""

from __future__ import annotations

from brianfit._foundation.strangers.untrusted import made_from
from brianfit.fitting.problem.problem import Problem
from brianfit.model import Model
from brianfit.model.model import Event, RegularOperation, read_equations
from brianfit.results import ProblemRecord


def problem_of(record: ProblemRecord) -> Problem:
    """Return the model and the recordings of a fit, ready to be simulated.

    Raises
    ------
    BrianfitError
        If they are none.
    """
    with made_from("The model of the fit"):
        model = _model_of(record)
    return Problem(
        model=model,
        recordings=record.recordings,
        dt=record.dt,
        output_names=record.output_names,
    )


def _model_of(record: ProblemRecord) -> Model:
    return Model(
        equations=read_equations(record.equations),
        threshold=record.threshold,
        reset=record.reset,
        refractory=record.refractory,
        method=record.method,
        method_options=dict(record.method_options),
        events={
            name: Event(condition=event.condition, code=event.code)
            for name, event in record.events.items()
        },
        run_regularly=tuple(
            RegularOperation(code=it.code, dt=it.dt, when=it.when, order=it.order)
            for it in record.run_regularly
        ),
        initial_values=dict(record.initial_values),
        namespace=dict(record.constants),
    )
