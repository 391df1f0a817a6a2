"""The outputs of samples with their derivatives: step by step, or summed up by the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
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
from brianfit.fitting.problem.parameter_values import GENERATE_ITERATION
from brianfit.fitting.problem.task import FitTask
from brianfit.likelihoods import Compared, OutputTraces, QuadraticSums
from brianfit.model import Accumulator
from brianfit.model.parameter_columns import TIED_STEP
from brianfit.objective import Output
from brianfit.objective.tangents import direction_names, directions_among

AT_ONCE = 200_000_000
"""Bytes that traces and their derivatives may take at a time."""


@final
@dataclass(frozen=True, kw_only=True)
class SimulatedOutputs:
    """Simulates samples for what is compared.

    Attributes
    ----------
    compared
        By output.
    """

    task: FitTask
    engine: AbstractEngine
    compared: Mapping[str, Compared]
    seed: int
    memory_limit: int

    @property
    def names(self) -> tuple[str, ...]:
        """The free parameters."""
        return self.task.parameters.columns.free

    @cached_property
    def outputs(self) -> tuple[Output, ...]:
        """The outputs with their metrics."""
        return self.task.scoring.outputs(self.task.problem)

    @property
    def has_derivatives(self) -> bool:
        """Whether the engine has derivatives, so that none are taken from differences."""
        return self.has_sums or self._tangents is not None

    @property
    def has_sums(self) -> bool:
        """Whether the engine adds up squares and their derivatives while it simulates."""
        return self._summing is not None

    def parts(
        self, samples: Float[np.ndarray, "n_samples n_parameters"], *, with_slopes: bool
    ) -> Iterator[Float[np.ndarray, "n_part n_parameters"]]:
        """Yield the samples in parts whose traces fit into memory."""
        n_rows = 1 + len(self.task.parameters.columns.names) * (2 if with_slopes else 0)
        steps = sum(each.data.size for each in self.compared.values())
        size = max(1, min(AT_ONCE, self.memory_limit) // (8 * n_rows * steps))
        for start in range(0, len(samples), size):
            yield samples[start : start + size]

    def traces(
        self, samples: Float[np.ndarray, "n_samples n_parameters"], *, with_slopes: bool
    ) -> dict[str, OutputTraces]:
        """Return the outputs at every step, with their derivatives by the free parameters [SI]."""
        if not with_slopes:
            return self._without_slopes(samples)
        if self._tangents is None:
            return self._by_differences(samples)
        found = self._run(self._tangents, samples)
        columns = self.task.parameters.columns
        chain = columns.derivative(samples)[..., directions_among(columns)]
        return {
            name: OutputTraces(
                values=found.traces[name],
                slopes=np.ascontiguousarray(
                    np.moveaxis(found.slopes[name], -1, 0)
                    if not columns.tied
                    else np.einsum("stkc,spc->pstk", found.slopes[name], chain)
                ),
            )
            for name in self.compared
        }

    def sums(
        self, samples: Float[np.ndarray, "n_samples n_parameters"], *, with_slopes: bool
    ) -> dict[str, QuadraticSums]:
        """Return sums of squares with their derivatives, added up by the engine."""
        if not with_slopes:
            n_samples = len(samples)
            sums = self._run(self._plain_sums, samples).sums
            nothing = {"gradients": np.zeros((n_samples, 0))}
            nothing["matrices"] = np.zeros((n_samples, 0, 0))
            return {
                name: QuadraticSums(totals=sums[_sum_name(name)], **nothing)
                for name in self.compared
            }
        if self._summing is None:
            raise RuntimeError("The engine sums nothing up; ask `has_sums` first.")
        squares = self._run(self._summing, samples).squares
        columns = self.task.parameters.columns
        chain = columns.derivative(samples)[..., directions_among(columns)]
        found = {}
        with np.errstate(over="ignore", invalid="ignore"):
            for name in self.compared:
                one = squares[_sum_name(name)]
                matrices = one.normal_matrices.sum(axis=1)
                found[name] = QuadraticSums(
                    totals=one.totals,
                    gradients=np.einsum("spc,sc->sp", chain, one.gradients.sum(axis=1)),
                    matrices=chain @ matrices @ chain.transpose(0, 2, 1),
                )
        return found

    def _without_slopes(self, samples: np.ndarray) -> dict[str, OutputTraces]:
        traces = self._run(self._plain, samples).traces
        return {
            name: OutputTraces(values=traces[name], slopes=np.zeros((0, *np.shape(traces[name]))))
            for name in self.compared
        }

    def _by_differences(self, samples: np.ndarray) -> dict[str, OutputTraces]:
        """Return derivatives by central differences, all points in one batch."""
        n_samples, n = samples.shape
        steps = TIED_STEP * np.where(samples == 0, 1.0, np.abs(samples))
        offsets = steps[:, np.newaxis] * np.eye(n)
        around = [samples[:, np.newaxis] + sign * offsets for sign in (1.0, -1.0)]
        points = np.concatenate([samples, *(each.reshape(-1, n) for each in around)])
        widths = np.moveaxis(2 * steps, 1, 0)[:, :, np.newaxis, np.newaxis]
        traces = self._run(self._plain, points).traces
        found = {}
        with np.errstate(over="ignore", invalid="ignore"):
            for name in self.compared:
                rows = traces[name]
                shape = (2, n_samples, n, *rows.shape[1:])
                up, down = np.moveaxis(rows[n_samples:].reshape(shape), 2, 1)
                found[name] = OutputTraces(values=rows[:n_samples], slopes=(up - down) / widths)
        return found

    def _run(self, simulation: AbstractSimulation, samples: np.ndarray) -> SimulationResult:
        columns = self.task.parameters.columns.expand(samples)
        return simulation.run(columns, iteration=GENERATE_ITERATION, seed=self.seed)

    @cached_property
    def _simulated(self) -> SimulationTask:
        names = self.task.parameters.columns.names
        return replace(self.task.problem.task(), parameter_names=names)

    @cached_property
    def _plain(self) -> AbstractSimulation:
        return self.engine.prepare(replace(self._simulated, recorded=tuple(self.compared)))

    @cached_property
    def _plain_sums(self) -> AbstractSimulation:
        sums = tuple(_residual(each, squared=True) for each in self.compared.values())
        return self.engine.prepare(replace(self._simulated, accumulators=sums))

    @cached_property
    def _tangents(self) -> AbstractSimulation | None:
        names = tuple(self.compared)
        task = replace(
            self._simulated,
            recorded=names,
            directions=direction_names(self.task.parameters.columns),
            sloped=names,
        )
        return derivative_simulation(self.engine, task)

    @cached_property
    def _summing(self) -> AbstractSimulation | None:
        task = replace(
            self._simulated,
            directions=direction_names(self.task.parameters.columns),
            squares=tuple(_residual(each, squared=False) for each in self.compared.values()),
        )
        return derivative_simulation(self.engine, task)


def _residual(compared: Compared, *, squared: bool) -> Accumulator:
    """Return what is added up of an output: its differences, or their squares."""
    weight, target = f"brianfit_w_{compared.name}", f"brianfit_d_{compared.name}"
    residual = f"{weight} * ({compared.name} - {target})"
    return Accumulator(
        name=_sum_name(compared.name),
        expression=f"({residual})**2" if squared else residual,
        variables=(compared.name,),
        timed={weight: compared.is_compared.astype(np.float64), target: compared.data},
    )


def _sum_name(output: str) -> str:
    return f"brianfit_squares_{output}"
