"""The error of samples as a sum of squares, with what a least-squares method needs of its slope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit._foundation.user_code import belongs_to
from brianfit.engines import (
    AbstractEngine,
    AbstractSimulation,
    SimulationResult,
    SimulationTask,
)
from brianfit.metrics import SupportsResiduals
from brianfit.model.parameter_columns import ParameterColumns
from brianfit.objective.evaluation import Evaluation, joined
from brianfit.objective.failures import without_nan
from brianfit.objective.outputs import Output, TraceOutput, metric_words

Comparison = Callable[[SimulationResult, int], Evaluation]
"""Returns the evaluation of that many samples from the result of their simulation."""


@final
@dataclass(frozen=True, kw_only=True)
class Linearisation:
    """Samples, and how their residuals change around them.

    The residuals r of a sample are such that its error is ``r^T r``; J is their derivative with
    respect to the free parameters [1 / SI unit].

    Attributes
    ----------
    evaluation
        The samples themselves.
    gradients
        ``J^T r``; zero where a derivative cannot be had, as it is for a sample that diverged.
    normal_matrices
        ``J^T J``.
    squares
        ``r^T r``: the error, or what stands for it where it is no sum of squares.
    neighbour_values, neighbours
        What was simulated besides to get the derivatives: values [SI] and their evaluation.
    """

    evaluation: Evaluation
    gradients: Float[np.ndarray, "n_samples n_parameters"]
    normal_matrices: Float[np.ndarray, "n_samples n_parameters n_parameters"]
    squares: Float[np.ndarray, " n_samples"]
    neighbour_values: Float[np.ndarray, "n_neighbours n_parameters"]
    neighbours: Evaluation


def joined_linearisations(parts: Sequence[Linearisation]) -> Linearisation:
    """Return the linearisations of consecutive parts of the samples as one."""
    if len(parts) == 1:
        return parts[0]
    return Linearisation(
        evaluation=joined([part.evaluation for part in parts]),
        gradients=np.concatenate([part.gradients for part in parts]),
        normal_matrices=np.concatenate([part.normal_matrices for part in parts]),
        squares=np.concatenate([part.squares for part in parts]),
        neighbour_values=np.concatenate([part.neighbour_values for part in parts]),
        neighbours=joined([part.neighbours for part in parts]),
    )


def is_least_squares(outputs: Sequence[Output]) -> bool:
    """Return whether the metric of every output is a mean of squares."""
    return all(
        isinstance(output, TraceOutput)
        and isinstance(output.metric, SupportsResiduals)
        and not output.needs_spikes  # what they cost is no square of a difference
        for output in outputs
    )


def residual_weights(
    outputs: Sequence[Output], dt: float
) -> Mapping[str, Float[np.ndarray, "n_traces n_steps"]]:
    """Return, by output, w such that the error is the sum of all ``(w * (model - data))**2``."""
    weights = {}
    for output in outputs:
        if isinstance(output, TraceOutput) and isinstance(output.metric, SupportsResiduals):
            with belongs_to(metric_words(output.name, output.metric)):
                own = output.metric.residual_weights(output.data, dt)
                weights[output.name] = np.sqrt(output.weight) * own
    return weights


@final
@dataclass(frozen=True, kw_only=True)
class Differences:
    """Derivatives by forward differences, all points in one batch.

    Attributes
    ----------
    task, simulation
        From `differences_of`.
    weights, data
        By output; see `residual_weights`.
    compare
        Scores what was simulated.
    """

    task: SimulationTask
    simulation: AbstractSimulation
    columns: ParameterColumns
    weights: Mapping[str, Float[np.ndarray, "n_traces n_steps"]]
    data: Mapping[str, Float[np.ndarray, "n_traces n_steps"]]
    compare: Comparison

    def linearise(
        self,
        values: Float[np.ndarray, "n_samples n_parameters"],
        *,
        steps: Float[np.ndarray, "n_samples n_parameters"],
        iteration: int,
        seed: int,
        first_sample: int,
    ) -> Linearisation:
        """Simulate the samples and, for each, one neighbour per parameter."""
        n_samples, n_parameters = values.shape
        neighbours = _neighbours(values, steps)
        result = self.simulation.run(
            self.columns.expand(np.concatenate([values, neighbours])),
            iteration=iteration,
            seed=seed,
            first_sample=first_sample,
        )
        gradients = np.zeros((n_samples, n_parameters))
        matrices = np.zeros((n_samples, n_parameters, n_parameters))
        squares = np.zeros(n_samples)
        with np.errstate(over="ignore", invalid="ignore"):
            for name, weights in self.weights.items():
                misfit, slopes = self._output(result.traces[name], name, weights, steps)
                gradients += np.einsum("spk,sk->sp", slopes, misfit)
                matrices += slopes @ slopes.transpose(0, 2, 1)
                squares += np.sum(misfit**2, axis=1)
        usable = np.isfinite(gradients.sum(axis=1) + matrices.sum(axis=(1, 2)))[:, np.newaxis]
        return Linearisation(
            evaluation=self.compare(_rows(result, slice(0, n_samples)), n_samples),
            gradients=np.where(usable, gradients, 0.0),
            normal_matrices=np.where(usable[:, np.newaxis], matrices, 0.0),
            squares=without_nan(squares),
            neighbour_values=neighbours,
            neighbours=self.compare(_rows(result, slice(n_samples, None)), len(neighbours)),
        )

    def _output(
        self, traces: np.ndarray, name: str, weights: np.ndarray, steps: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return residuals (samples, steps) and their slopes (samples, parameters, steps)."""
        n_samples, n_parameters = steps.shape
        compared = weights > 0
        weighted = traces[:, compared] * weights[compared]
        points = weighted[:n_samples]
        around = weighted[n_samples:].reshape(n_samples, n_parameters, -1)
        slopes = (around - points[:, np.newaxis]) / steps[:, :, np.newaxis]
        # A neighbour that diverged says nothing about its parameter.
        slopes[~np.isfinite(slopes).all(axis=2)] = 0.0
        return points - self.data[name][compared] * weights[compared], slopes


def differences_of(
    task: SimulationTask,
    outputs: Sequence[Output],
    *,
    engine: AbstractEngine,
    columns: ParameterColumns,
    compare: Comparison,
) -> Differences:
    """Return how to linearise the squares of outputs, whose traces are recorded for it."""
    recorded = tuple(output.name for output in outputs)
    traced = replace(task, recorded=recorded, accumulators=())
    return Differences(
        task=traced,
        simulation=engine.prepare(traced),
        columns=columns,
        weights=residual_weights(outputs, task.dt),
        data={output.name: np.asarray(output.data) for output in outputs},
        compare=compare,
    )


def _neighbours(
    values: Float[np.ndarray, "n_samples n_parameters"],
    steps: Float[np.ndarray, "n_samples n_parameters"],
) -> Float[np.ndarray, "n_neighbours n_parameters"]:
    """Return every sample with one parameter changed: all of the first sample, then the next."""
    n_samples, n_parameters = values.shape
    moved = values[:, np.newaxis] + steps[:, np.newaxis] * np.eye(n_parameters)
    return np.asarray(moved.reshape(n_samples * n_parameters, n_parameters))


def _rows(result: SimulationResult, rows: slice) -> SimulationResult:
    return SimulationResult(traces={name: traces[rows] for name, traces in result.traces.items()})
