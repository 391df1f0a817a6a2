"""What a likelihood compares: the outputs of a fit, at the steps that its metrics compare."""

from __future__ import annotations

import numpy as np

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit._foundation.shapes import Bool, Float
from brianfit.fitting.problem.task import FitTask
from brianfit.likelihoods import Compared
from brianfit.metrics import EscapeRateLikelihood
from brianfit.model.random_models import draws_random_numbers
from brianfit.objective import Output, SpikeOutput, TraceOutput
from brianfit.objective.linearisation import is_least_squares, residual_weights


def compared_outputs(task: FitTask) -> dict[str, Compared]:
    """Return, by output, the recording and the steps that the metric compares.

    Raises
    ------
    InvalidTypeError
        If the model draws random numbers, or a metric is none whose steps have a likelihood.
    """
    if draws_random_numbers(task.problem.model):
        raise InvalidTypeError(
            "The model draws random numbers, so that a sample has no trace of its own to compare "
            "with a recording, and no likelihood. Fit the model without its noise, or spikes by a "
            "hazard and the metric EscapeRateLikelihood."
        )
    return {output.name: _compared(task, output) for output in task.scoring.outputs(task.problem)}


def is_hazard(task: FitTask, name: str) -> bool:
    """Return whether an output is a rate at which spikes come by chance."""
    return isinstance(task.scoring.metrics[name], EscapeRateLikelihood)


def _compared(task: FitTask, output: Output) -> Compared:
    problem = task.problem
    if isinstance(output, SpikeOutput):
        raise InvalidTypeError(
            f"A distance of spike trains ({type(output.metric).__name__}) is no likelihood. For "
            "the likelihood of spikes give the model a hazard, and compare it by "
            "EscapeRateLikelihood; or use fit_escape_rate."
        )
    where = _compared_steps(output, problem.dt)
    if not where.any():
        raise InvalidValueError(f"Nothing of '{output.name}' is compared.")
    return Compared(
        name=output.name,
        dimensions=problem.output_dimensions(output.name),
        data=np.where(where, output.data, 0.0),
        is_compared=where,
        dt=problem.dt,
    )


def _compared_steps(output: TraceOutput, dt: float) -> Bool[np.ndarray, "n_traces n_steps"]:
    if isinstance(output.metric, EscapeRateLikelihood):
        return output.metric.compared_steps(output.data, dt)
    if not is_least_squares([output]):
        raise InvalidTypeError(
            f"{type(output.metric).__name__}, the metric of '{output.name}', compares features "
            f"that have no likelihood{_reset_words(output)}. Fit by MSEMetric."
        )
    weights: Float[np.ndarray, "n_traces n_steps"] = residual_weights([output], dt)[output.name]
    return np.asarray(weights > 0)


def _reset_words(output: TraceOutput) -> str:
    return ", or counts spikes that the voltage does not show" if output.needs_spikes else ""
