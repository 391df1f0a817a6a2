"""Linearisation by derivatives that the engine computes while it simulates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.engines import (
    AbstractEngine,
    AbstractSimulation,
    SimulationResult,
    SimulationTask,
    derivative_simulation,
)
from brianfit.model import Accumulator
from brianfit.model.parameter_columns import ParameterColumns
from brianfit.objective.evaluation import Evaluation
from brianfit.objective.failures import without_nan
from brianfit.objective.linearisation import Comparison, Linearisation, residual_weights
from brianfit.objective.outputs import Output


@final
@dataclass(frozen=True, kw_only=True)
class Derivatives:
    """Gradients and normal matrices from running sums: memory does not grow with the steps.

    Attributes
    ----------
    task, simulation
        From `derivatives_of`.
    compare
        Scores what was simulated.
    """

    task: SimulationTask
    simulation: AbstractSimulation
    columns: ParameterColumns
    compare: Comparison

    def linearise(
        self,
        values: Float[np.ndarray, "n_samples n_parameters"],
        *,
        steps: Float[np.ndarray, "n_samples n_parameters"] | None = None,
        iteration: int,
        seed: int,
        first_sample: int,
    ) -> Linearisation:
        """Simulate samples with their derivatives; `steps` of differences are not needed."""
        result = self.simulation.run(
            self.columns.expand(values),
            iteration=iteration,
            seed=seed,
            first_sample=first_sample,
        )
        chain = self.columns.derivative(values)[..., directions_among(self.columns)]
        squares, gradients, matrices = self._summed(result)
        with np.errstate(over="ignore", invalid="ignore"):
            gradients = np.einsum("spc,sc->sp", chain, gradients)
            matrices = chain @ matrices @ chain.transpose(0, 2, 1)
            usable = np.isfinite(gradients.sum(axis=1) + matrices.sum(axis=(1, 2)))[:, np.newaxis]
        evaluation = self.compare(result, len(values))
        return Linearisation(
            evaluation=evaluation,
            gradients=np.where(usable, gradients, 0.0),
            normal_matrices=np.where(usable[:, np.newaxis], matrices, 0.0),
            squares=without_nan(squares),
            neighbour_values=values[:0],
            neighbours=_none_of(evaluation),
        )

    def _summed(self, result: SimulationResult) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return squares, gradients and normal matrices (by columns), over all traces."""
        sums = [result.squares[square.name] for square in self.task.squares]
        with np.errstate(over="ignore", invalid="ignore"):
            squares = sum(one.totals.sum(axis=1) for one in sums)
            gradients = sum(one.gradients.sum(axis=1) for one in sums)
            matrices = sum(one.normal_matrices.sum(axis=1) for one in sums)
        return np.asarray(squares), np.asarray(gradients), np.asarray(matrices)


def derivatives_of(
    task: SimulationTask,
    outputs: Sequence[Output],
    *,
    engine: AbstractEngine,
    columns: ParameterColumns,
    compare: Comparison,
) -> Derivatives | None:
    """Return how to linearise by derivatives; None if the engine has none."""
    complete = replace(
        task, directions=direction_names(columns), squares=tuple(_squares(outputs, task.dt))
    )
    simulation = derivative_simulation(engine, complete)
    if simulation is None:
        return None
    return Derivatives(task=complete, simulation=simulation, columns=columns, compare=compare)


def direction_names(columns: ParameterColumns) -> tuple[str, ...]:
    """Return the columns that change with the free parameters."""
    return (*columns.free, *columns.tied)


def directions_among(columns: ParameterColumns) -> list[int]:
    """Return the numbers of the columns that change with the free parameters."""
    return [columns.names.index(name) for name in direction_names(columns)]


def _squares(outputs: Sequence[Output], dt: float) -> list[Accumulator]:
    data: Mapping[str, np.ndarray] = {o.name: np.asarray(o.data) for o in outputs}
    found = []
    for name, weights in residual_weights(outputs, dt).items():
        weight, target = f"brianfit_w_{name}", f"brianfit_d_{name}"
        found.append(
            Accumulator(
                name=f"brianfit_squares_{name}",
                expression=f"{weight} * ({name} - {target})",
                variables=(name,),
                timed={weight: weights, target: np.nan_to_num(data[name])},
            )
        )
    return found


def _none_of(evaluation: Evaluation) -> Evaluation:
    """Return an evaluation of no samples."""
    parts = evaluation.part_errors
    return Evaluation(
        errors=evaluation.errors[:0],
        output_errors=evaluation.output_errors[:0],
        raw_output_errors=evaluation.raw_output_errors[:0],
        trace_errors=evaluation.trace_errors[:0],
        part_errors=None if parts is None else parts[:0],
    )
