"""Model, data, metrics and engine as one function: samples to errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit._foundation.user_code import belongs_to, name_of
from brianfit.engines import AbstractEngine, AbstractSimulation, SimulationResult, SimulationTask
from brianfit.executors import SupportsWholeRounds
from brianfit.metrics import lowest_error_of
from brianfit.model import Accumulator
from brianfit.model.parameter_columns import ParameterColumns
from brianfit.model.synchronised import can_be_pulled
from brianfit.objective.evaluation import Evaluation, failed_evaluation, joined
from brianfit.objective.guide import guiding_outputs
from brianfit.objective.linearisation import (
    Differences,
    Linearisation,
    differences_of,
    is_least_squares,
    joined_linearisations,
)
from brianfit.objective.outputs import (
    Output,
    TraceOutput,
    final_values,
    needs_spikes,
)
from brianfit.objective.parts import part_names
from brianfit.objective.racing import Race, prepared_to_race
from brianfit.objective.scores import Scorer, added
from brianfit.objective.synchronisation import scored_by, synchronisation_of, unlinearised
from brianfit.objective.tangents import Derivatives, derivatives_of

MEMORY_LIMIT = 1_000_000_000
"""Bytes that recorded traces may take at a time, unless told otherwise."""


@final
@dataclass(frozen=True, kw_only=True)
class Objective:
    """The function that a fit minimises.

    Make one with `build_objective`.

    Attributes
    ----------
    task
        What is simulated.
    simulation
        The task made ready to run.
    engine
        What made it ready.
    outputs
        What is compared, with which metric and weight.
    columns
        From free parameters to the columns of the simulation.
    penalty
        Name of a variable whose value at the end of the run is added to the error: mean over
        the traces.
    memory_limit
        Bytes that recorded traces may take; samples are simulated in parts to keep it.
    keep_parts
        Whether the parts of the error are wanted, as by a Pareto search.
    race
        How samples are given up on the way; None: they are not.
    lead
        The squares of a model that follows the recordings in another way than by being pulled, as
        by being given the recorded spikes; see `synchronise`. None: there is no other way.
    """

    task: SimulationTask
    simulation: AbstractSimulation
    engine: AbstractEngine
    outputs: tuple[Output, ...]
    columns: ParameterColumns
    penalty: str | None
    memory_limit: int
    keep_parts: bool = False
    race: Race | None = None
    lead: Objective | None = None

    def evaluate(
        self,
        values: Float[np.ndarray, "n_samples n_parameters"],
        *,
        iteration: int,
        seed: int,
        first_sample: int = 0,
        limits: Float[np.ndarray, " n_samples"] | None = None,
    ) -> Evaluation:
        """Simulate samples and compare.

        Parameters
        ----------
        values
            Values of the free parameters [SI].
        iteration, seed, first_sample
            As in `AbstractSimulation.run`.
        limits
            A sample whose error exceeds its own is given up, if there is a `race`.
        """
        columns = self.columns.expand(values)
        size = self.samples_at_once()
        parts = []
        for start in range(0, len(columns), size):
            rows, first = slice(start, start + size), first_sample + start
            run: dict[str, int] = {"iteration": iteration, "seed": seed, "first_sample": first}
            if self.race is None or limits is None:
                result = self.simulation.run(columns[rows], **run)
                parts.append(self._compare(result, len(columns[rows]), first))
            else:
                result = self.race.run(columns[rows], limits[rows], **run)
                found = self._compare(result, len(columns[rows]), first)
                parts.append(self.race.bounded(found, limits[rows]))
        return joined(parts)

    def failed(self, n_samples: int) -> Evaluation:
        """Return the evaluation of samples that could not be evaluated."""
        return failed_evaluation(
            n_samples,
            n_outputs=len(self.outputs),
            n_traces=self.task.n_traces,
            n_parts=len(self.part_names) if self.keep_parts else None,
        )

    @property
    def part_names(self) -> tuple[str, ...]:
        """The names of the parts of the error."""
        return part_names(self.outputs)

    @property
    def needs_whole_rounds(self) -> bool:
        """Whether errors depend on which samples of a round are evaluated together."""
        simulation = self.simulation
        return isinstance(simulation, SupportsWholeRounds) and simulation.needs_whole_rounds

    @property
    def is_least_squares(self) -> bool:
        """Whether the error is a sum of squares, so that samples can be linearised."""
        return self.penalty is None and is_least_squares(self.outputs)

    @cached_property
    def lowest_error(self) -> float | None:
        """The error below which there is none; None if it is not known."""
        lowest = [lowest_error_of(output.metric) for output in self.outputs]
        if self.penalty is not None or None in lowest:
            return None
        return sum(
            output.weight * (error or 0.0)
            for output, error in zip(self.outputs, lowest, strict=True)
        )

    @cached_property
    def squared_outputs(self) -> tuple[Output, ...]:
        """What is linearised: the outputs, or where these are no squares, guides to them.

        Empty if neither can be had.
        """
        if self.penalty is not None:
            return ()
        if self.is_least_squares:
            return self.outputs
        return guiding_outputs(self.outputs, self.task.dt)

    @property
    def simulations_per_linearisation(self) -> int:
        """How many samples are simulated to linearise one."""
        return 1 + len(self.columns.free) if self.derivatives is None else 1

    def linearise(
        self,
        values: Float[np.ndarray, "n_samples n_parameters"],
        *,
        steps: Float[np.ndarray, "n_samples n_parameters"],
        iteration: int,
        seed: int,
        first_sample: int = 0,
    ) -> Linearisation:
        """Simulate samples and get the derivatives of their residuals; see `squared_outputs`.

        Parameters
        ----------
        values
            Values of the free parameters [SI].
        steps
            By how much each parameter is changed for a finite difference [SI]; either sign. Not
            used where the engine has derivatives.
        iteration, seed, first_sample
            As in `AbstractSimulation.run`.
        """
        method = self.derivatives or self._differences
        run = {"iteration": iteration, "seed": seed, "first_sample": first_sample}
        return self._linearised_by(method, values, steps, **run)

    @property
    def simulations_per_synchronisation(self) -> int:
        """How many samples `synchronise` simulates for one; 0 if no output can be pulled."""
        if self.lead is not None:
            return 1 + self.lead.simulations_per_linearisation
        outputs = self.squared_outputs
        can = any(can_be_pulled(self.task.model, output.name) for output in outputs)
        return 1 + self.simulations_per_linearisation if can else 0

    def synchronise(
        self,
        values: Float[np.ndarray, "n_samples n_parameters"],
        *,
        steps: Float[np.ndarray, "n_samples n_parameters"],
        iteration: int,
        seed: int,
        first_sample: int = 0,
    ) -> Linearisation:
        """Evaluate samples, and linearise the model while it follows the recordings.

        It is pulled towards them, or it is the `lead`. Parameters are those of `linearise`. Where
        the pulled model cannot be run, its squares are inf.
        """
        run: dict[str, Any] = {"iteration": iteration, "seed": seed, "first_sample": first_sample}
        plain = self.evaluate(values, **run)
        if self.lead is not None:
            return scored_by(self.lead.linearise(values, steps=steps, **run), values, plain)
        if self.synchronisation is None:
            return unlinearised(values, plain)
        found = self._linearised_by(self.synchronisation, values, steps, **run)
        return scored_by(found, values, plain)

    @cached_property
    def synchronisation(self) -> Derivatives | Differences | None:
        """How samples are linearised while they are pulled; None if the engine cannot."""
        return synchronisation_of(
            self.task, self.squared_outputs, engine=self.engine, columns=self.columns
        )

    @cached_property
    def derivatives(self) -> Derivatives | None:
        """How samples are linearised without finite differences; None if the engine cannot."""
        if not self.squared_outputs:
            return None
        return derivatives_of(
            self.task,
            self.squared_outputs,
            engine=self.engine,
            columns=self.columns,
            compare=self._compare,
        )

    @cached_property
    def _differences(self) -> Differences:
        return differences_of(
            self.task,
            self.squared_outputs,
            engine=self.engine,
            columns=self.columns,
            compare=self._compare,
        )

    def _linearised_by(
        self,
        method: Derivatives | Differences,
        values: np.ndarray,
        steps: np.ndarray,
        *,
        first_sample: int,
        **run: int,
    ) -> Linearisation:
        """Linearise in parts that keep to the memory limit."""
        size = self.samples_at_once(method.task)
        size = max(1, size // (1 + len(self.columns.free) * isinstance(method, Differences)))
        parts = [
            method.linearise(
                values[start : start + size],
                steps=steps[start : start + size],
                first_sample=first_sample + start,
                **run,
            )
            for start in range(0, len(values), size)
        ]
        return joined_linearisations(parts)

    def samples_at_once(self, task: SimulationTask | None = None) -> int:
        """Return how many samples of a task can be simulated under the memory limit."""
        task = task or self.task
        bytes_of_sample = 8 * len(task.recorded) * task.n_traces * task.n_steps
        return max(1, self.memory_limit // bytes_of_sample) if bytes_of_sample else 10**9

    def _compare(
        self, result: SimulationResult, n_samples: int, first_sample: int = 0
    ) -> Evaluation:
        scores = [
            scorer.scores(result, n_samples, first_sample)
            for scorer in map(self._scorer, self.outputs)
        ]
        penalty = 0.0 if self.penalty is None else result.final[self.penalty].mean(axis=1)
        weights = [output.weight for output in self.outputs]
        return added(scores, weights, penalty=penalty)

    def _scorer(self, output: Output) -> Scorer:
        return Scorer(
            output=output,
            dt=self.task.dt,
            n_traces=self.task.n_traces,
            keep_parts=self.keep_parts,
        )


def build_objective(
    task: SimulationTask,
    outputs: Sequence[Output],
    *,
    engine: AbstractEngine,
    columns: ParameterColumns,
    penalty: str | None = None,
    memory_limit: int = MEMORY_LIMIT,
    keep_parts: bool = False,
    racing: bool = False,
) -> Objective:
    """Decide what must be simulated for the outputs, and make it ready to run.

    Parameters
    ----------
    task
        Model, inputs and time; what is to be recorded is filled in here.
    racing
        Whether samples are to be given up on the way, where that can be.
    """
    sums: list[Accumulator] = []
    recorded: list[str] = []
    for output in outputs:
        if isinstance(output, TraceOutput):
            accumulator = output.accumulator(task.dt)
            if accumulator is None:
                recorded.append(output.name)
            else:
                sums.append(accumulator)
    complete = SimulationTask(
        model=task.model,
        parameter_names=columns.names,
        inputs=task.inputs,
        targets=task.targets,
        n_traces=task.n_traces,
        n_steps=task.n_steps,
        dt=task.dt,
        recorded=tuple(recorded),
        record_spikes=any(needs_spikes(output) for output in outputs),
        final=final_values(outputs, penalty),
        accumulators=tuple(sums),
    )
    with belongs_to(f"The engine {name_of(engine)}"):
        simulation, race = (
            prepared_to_race(engine, complete, outputs, penalty=penalty, keep_parts=keep_parts)
            if racing
            else (engine.prepare(complete), None)
        )
    return Objective(
        task=complete,
        simulation=simulation,
        engine=engine,
        outputs=tuple(outputs),
        columns=columns,
        penalty=penalty,
        memory_limit=memory_limit,
        keep_parts=keep_parts,
        race=race,
    )
