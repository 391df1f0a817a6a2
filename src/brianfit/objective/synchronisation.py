"""Linearisation of samples whose model is pulled towards the recordings."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import BrianfitError
from brianfit._foundation.shapes import Bool, Float
from brianfit.engines import AbstractEngine, SimulationResult, SimulationTask
from brianfit.model import TimedValues
from brianfit.model.parameter_columns import ParameterColumns
from brianfit.model.synchronised import (
    RATE_DIMENSIONS,
    can_be_pulled,
    rate_name,
    recorded_name,
    synchronised,
)
from brianfit.objective.evaluation import Evaluation, failed_evaluation
from brianfit.objective.linearisation import (
    Differences,
    Linearisation,
    differences_of,
    residual_weights,
)
from brianfit.objective.outputs import Output
from brianfit.objective.tangents import Derivatives, derivatives_of

_logger = logging.getLogger(__name__)

PULL = 2.0
"""How strong variables are pulled, in units of how fast their recordings change.

A stronger pull needs fewer points, a weaker one ends nearer to the best parameters: for the squid
axon of `benchmarks/quality`, 9 points and 0.5 % with 4 units, 17 points and 0.02 % with 1."""

LARGEST_PULL = 0.3
"""Limit of the rate times the step: beyond one, explicit methods become unstable."""


@final
@dataclass(frozen=True, kw_only=True)
class _NoScores:
    """Scores nothing: what was pulled says nothing about the error."""

    n_outputs: int
    n_traces: int

    def __call__(self, result: SimulationResult, n_samples: int) -> Evaluation:
        return failed_evaluation(
            n_samples, n_outputs=self.n_outputs, n_traces=self.n_traces, n_parts=None
        )


def synchronisation_of(
    task: SimulationTask,
    outputs: Sequence[Output],
    *,
    engine: AbstractEngine,
    columns: ParameterColumns,
) -> Derivatives | Differences | None:
    """Return how to linearise the squares of the model while it is pulled towards the recordings.

    None if no output has a differential equation, or if the engine cannot run the pulled model.

    Parameters
    ----------
    outputs
        What is compared by squares; those without a differential equation are not pulled.
    """
    pulled = _pulled_task(task, outputs)
    if pulled is None:
        return None
    scores = _NoScores(n_outputs=len(outputs), n_traces=task.n_traces)
    how: dict[str, Any] = {"engine": engine, "columns": columns, "compare": scores}
    try:
        return derivatives_of(pulled, outputs, **how) or differences_of(pulled, outputs, **how)
    except BrianfitError as reason:
        _logger.info("The model is not synchronised with the recordings: %s", reason)
        return None


def scored_by(
    found: Linearisation,
    values: Float[np.ndarray, "n_samples n_parameters"],
    plain: Evaluation,
) -> Linearisation:
    """Return a linearisation of pulled samples with the errors of the same samples unpulled.

    Each sample was simulated more than once; every simulation counts as an evaluation of it.
    """
    n_samples = len(values)
    n_pulled = 1 + len(found.neighbour_values) // max(1, n_samples)
    rows = np.repeat(np.arange(n_samples), n_pulled)
    return replace(
        found, evaluation=plain, neighbour_values=values[rows], neighbours=plain.taken(rows)
    )


def unlinearised(
    values: Float[np.ndarray, "n_samples n_parameters"], plain: Evaluation
) -> Linearisation:
    """Return a linearisation that could not be had, with the errors of the samples."""
    n_samples, n_parameters = values.shape
    return Linearisation(
        evaluation=plain,
        gradients=np.zeros((n_samples, n_parameters)),
        normal_matrices=np.zeros((n_samples, n_parameters, n_parameters)),
        squares=np.full(n_samples, np.inf),
        neighbour_values=values[:0],
        neighbours=plain.taken(slice(0)),
    )


def _pulled_task(task: SimulationTask, outputs: Sequence[Output]) -> SimulationTask | None:
    names = [output.name for output in outputs if can_be_pulled(task.model, output.name)]
    data = {output.name: np.asarray(output.data) for output in outputs}
    weights = residual_weights(outputs, task.dt)
    if not names or any(data[name].shape[0] != task.n_traces for name in names):
        return None  # repeats of a model with noise do not share one course
    inputs = dict(task.inputs)
    for name in names:
        inputs |= _pull(task, name, data[name], (weights[name] > 0) & np.isfinite(data[name]))
    return replace(
        task,
        model=synchronised(task.model, names),
        inputs=inputs,
        recorded=(),
        record_spikes=False,
        final=(),
        accumulators=(),
    )


def _pull(
    task: SimulationTask,
    name: str,
    data: Float[np.ndarray, "n_traces n_steps"],
    compared: Bool[np.ndarray, "n_traces n_steps"],
) -> Mapping[str, TimedValues]:
    """Return the inputs that pull a variable, over each step towards the recording midway."""
    n_steps = data.shape[1]
    after = np.minimum(np.arange(n_steps) + 1, n_steps - 1)
    usable = compared & compared[:, after]
    with np.errstate(invalid="ignore"):
        middle, slope = (data + data[:, after]) / 2, (data[:, after] - data) / task.dt
    rate = _rate(data[compared], slope[usable], task.dt)
    return {
        rate_name(name): TimedValues(
            values=np.where(usable, rate, 0.0), dt=task.dt, dimensions=RATE_DIMENSIONS
        ),
        recorded_name(name): TimedValues(
            values=np.where(usable, middle, 0.0),
            dt=task.dt,
            dimensions=task.model.dimensions(name),
        ),
    }


def _rate(
    values: Float[np.ndarray, " n_values"], slopes: Float[np.ndarray, " n_slopes"], dt: float
) -> float:
    """Return how strong to pull [1/s], by how fast the recording changes for its size."""
    if values.size == 0 or slopes.size == 0:
        return 0.0
    size, speed = float(values.std()), float(np.sqrt(np.mean(slopes**2)))
    return min(PULL * speed / size, LARGEST_PULL / dt) if size > 0 else 0.0
