"""Which parameters recordings could determine at all, anywhere in the box of a fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import final

import numpy as np

from brianfit._foundation.arguments import check_positive_integer
from brianfit._foundation.errors import NoDerivativesError
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.random import integer_for
from brianfit._foundation.shapes import Float
from brianfit.engines import AbstractSimulation, SimulationResult, derivative_simulation
from brianfit.fitting.polish.parameter_directions import combination_name, directions_of
from brianfit.fitting.problem.parameter_values import GENERATE_ITERATION
from brianfit.fitting.search.search_state import Search
from brianfit.fitting.search.session import FitSession
from brianfit.fitting.uncertainty.simulated_outputs import AT_ONCE
from brianfit.objective import SPIKES
from brianfit.objective.tangents import direction_names, directions_among

NULL = 1e-6
"""A direction along which outputs change by less than this part of the most is determined by no
recording; derivatives are exact to about 1e-9."""


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class Identifiability:
    """Which combinations of parameters change what the model yields; print it for the words.

    Relative changes of parameters are looked at, so that a product or ratio of parameters is a
    direction that is the same everywhere.

    Attributes
    ----------
    names
        The free parameters.
    sizes
        How much the outputs change along each direction, stacked over all points, relative to the
        largest change; the smallest first.
    directions
        One per row: relative changes of the parameters.
    ranks
        How many directions are seen at each point by itself.
    n_failed
        Points that could not be simulated.
    """

    names: tuple[str, ...]
    sizes: Float[np.ndarray, " n_parameters"]
    directions: Float[np.ndarray, "n_parameters n_parameters"]
    ranks: tuple[int, ...]
    n_failed: int

    @property
    def rank(self) -> int:
        """How many directions are seen somewhere in the box."""
        return int(np.sum(self.sizes > NULL))

    @property
    def null_directions(self) -> tuple[str, ...]:
        """In words, what changes nothing anywhere in the box."""
        return tuple(
            combination_name(self.names, direction)
            for size, direction in zip(self.sizes, self.directions, strict=True)
            if size <= NULL
        )

    def __str__(self) -> str:
        n = len(self.names)
        lines = [f"Rank {self.rank} of {n}, from {len(self.ranks)} points of the box."]
        if self.rank < n:
            lines.append("No recording of these outputs under these stimuli determines:")
            lines += [f"  {words}" for words in self.null_directions]
            lines.append("Fix one parameter of each, or record another output or stimulus.")
        elif self.ranks and max(self.ranks) < n:
            lines.append(
                "At every single point a direction is not seen, but not the same one everywhere: "
                "a combination that is neither product nor ratio stays undetermined."
            )
        elif self.ranks and min(self.ranks) < n:
            share = sum(rank < n for rank in self.ranks)
            lines.append(
                f"All parameters can be determined, but not everywhere: at {share} of "
                f"{len(self.ranks)} points a direction is not seen."
            )
        else:
            lines.append("All parameters can be determined, given little enough noise.")
        if self.n_failed:
            lines.append(f"{self.n_failed} points could not be simulated.")
        return "\n".join(lines)


def identifiability_of(session: FitSession, *, n_points: int, seed: int) -> Identifiability:
    """Return rank and null directions of sensitivities at points of the box, stacked.

    Raises
    ------
    FitStateError
        Before `fit`, which says what the box is.
    NoDerivativesError
        If the engine has no derivatives.
    """
    number = check_positive_integer("n_points", n_points, minimum=1)
    start = check_positive_integer("seed", seed, minimum=0)
    search = session.require_search()
    simulation = _simulation(session, search)
    space = search.task.parameters.space
    values = space.to_values(_points(number, len(space), start))
    matrices = _matrices(search, simulation, values)
    known = [matrix for matrix in matrices if np.isfinite(matrix).all()]
    largest = [max(float(np.linalg.eigvalsh(matrix)[-1]), 0.0) for matrix in known]
    scaled = [matrix / size for matrix, size in zip(known, largest, strict=True) if size > 0]
    n = len(space)
    stacked = directions_of(np.sum([np.zeros((n, n)), *scaled], axis=0))
    sizes = np.sqrt(stacked.sizes / max(float(stacked.sizes[-1]), np.finfo(float).tiny))
    return Identifiability(
        names=space.names,
        sizes=sizes,
        directions=stacked.directions,
        ranks=tuple(int(np.sum(directions_of(one).sizes > NULL**2)) for one in scaled),
        n_failed=number - len(known),
    )


def _points(n_points: int, n_parameters: int, seed: int) -> np.ndarray:
    from scipy.stats import qmc

    power = int(np.ceil(np.log2(n_points)))
    drawn = qmc.Sobol(n_parameters, rng=integer_for(seed, "identifiability")).random_base2(power)
    return np.asarray(drawn[:n_points])


def _simulation(session: FitSession, search: Search) -> AbstractSimulation:
    problem = search.task.problem.with_repeats(1)
    task = replace(
        problem.task(),
        parameter_names=search.task.parameters.columns.names,
        recorded=problem.trace_names,
        record_spikes=SPIKES in problem.output_names,
        directions=direction_names(search.task.parameters.columns),
        sloped=problem.trace_names,
    )
    simulation = derivative_simulation(session.engine, task)
    if simulation is None:
        raise NoDerivativesError(
            "Identifiability needs an engine with derivatives, which the fused engine is; this "
            "model, or the engine that was chosen, runs without it."
        )
    return simulation


def _matrices(search: Search, simulation: AbstractSimulation, values: np.ndarray) -> np.ndarray:
    """Return, for every point, the products of relative derivatives of all that is measured."""
    task, problem = search.task, search.task.problem
    columns = task.parameters.columns
    size = max(1, AT_ONCE // (16 * (1 + len(columns.names)) * problem.n_traces * problem.n_steps))
    found = []
    for begin in range(0, len(values), size):
        part = values[begin : begin + size]
        result = simulation.run(
            columns.expand(part), iteration=GENERATE_ITERATION, seed=search.seed
        )
        chain = columns.derivative(part)[..., directions_among(columns)]
        relative = chain * np.where(part == 0, 1.0, np.abs(part))[..., np.newaxis]
        found.append(relative @ _products(search, result, len(part)) @ relative.transpose(0, 2, 1))
    return np.concatenate(found)


def _products(search: Search, result: SimulationResult, n_samples: int) -> np.ndarray:
    """Return J^T J of all outputs, each output over the size of its own changes."""
    problem = search.task.problem
    n = len(direction_names(search.task.parameters.columns))
    total = np.zeros((n_samples, n, n))
    for name in problem.trace_names:
        compared = np.isfinite(problem.data(name))
        ends = np.round(problem.recordings.durations / problem.dt).astype(np.int64)
        compared &= np.arange(problem.n_steps) < ends[:, np.newaxis]
        rows = result.slopes[name][:, compared, :]
        with np.errstate(over="ignore", invalid="ignore"):
            total += _normed(rows.transpose(0, 2, 1) @ rows)
    if result.spike_slopes is not None and result.spikes is not None:
        offsets = result.spikes.offsets[:: result.spikes.n_traces]
        for sample, (first, last) in enumerate(pairwise(offsets)):
            rows = result.spike_slopes.derivatives[first:last]
            total[sample] += _normed((rows.T @ rows)[np.newaxis])[0]
    return total


def _normed(products: np.ndarray) -> np.ndarray:
    """Return the products of an output over their trace, so that units do not matter."""
    sizes = np.trace(products, axis1=1, axis2=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = products / sizes[:, np.newaxis, np.newaxis]
    return np.where((sizes == 0)[:, np.newaxis, np.newaxis], 0.0, scaled)
