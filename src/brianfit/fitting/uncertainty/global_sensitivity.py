"""What parameters do over the whole box of a fit: to its error, features, traces over time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_choice, check_instance, check_positive_integer
from brianfit._foundation.errors import InvalidTypeError
from brianfit._foundation.shapes import Float
from brianfit._foundation.user_code import belongs_to
from brianfit.engines import AbstractSimulation, SimulationResult
from brianfit.fitting.problem.parameter_values import GENERATE_ITERATION
from brianfit.fitting.search.search_state import Search
from brianfit.fitting.search.session import FitSession
from brianfit.fitting.uncertainty.simulated_outputs import AT_ONCE
from brianfit.sensitivity import (
    GlobalSensitivity,
    MorrisEffects,
    SobolIndices,
    TraceIndices,
    morris_effects,
    sobol_design,
    sobol_indices,
)

ERROR = "error"
FEW_PATHS = 4
_QUANTILES = (0.05, 0.5, 0.95)

Feature = Callable[[np.ndarray, float], Any]


def global_sensitivity_of(
    session: FitSession,
    *,
    n: Any,
    method: Any,
    features: Mapping[str, Feature] | None,
    n_times: Any,
    seed: Any,
) -> GlobalSensitivity | MorrisEffects:
    """Return Sobol's indices, or elementary effects, over the box of a fit.

    Raises
    ------
    FitStateError
        Before `fit`, which says what the box and the error are.
    BrianfitError
        If an argument is wrong.
    """
    check_choice("method", method, ("sobol", "morris"))
    number = check_positive_integer("n", n, minimum=2)
    start = check_positive_integer("seed", seed, minimum=0)
    looked_at = check_positive_integer("n_times", n_times, minimum=0)
    search = session.require_search()
    box = _Box(
        search=search,
        simulation=_simulation(session, search),
        features=_checked_features(features),
        memory_limit=session.memory_limit,
    )
    if method == "morris":
        paths = max(FEW_PATHS, number // (len(box.names) + 1))
        return morris_effects(
            lambda points: box.evaluated(points, 0).scalars,
            box.names,
            box.scalar_names,
            n_paths=paths,
            seed=start,
        )
    design = sobol_design(number, len(box.names), seed=start)
    found = box.evaluated(design.reshape(-1, len(box.names)), looked_at)
    values = found.scalars.reshape(*design.shape[:2], -1)
    apart = [
        sobol_indices(values[:, :, k : k + 1], box.names, (name,), seed=start)
        for k, name in enumerate(box.scalar_names)
    ]
    return GlobalSensitivity(
        indices=_together(apart),
        traces={
            name: _over_time(box, name, found, design.shape[:2], seed=start)
            for name in (box.outputs if looked_at else ())
        },
    )


@final
@dataclass(frozen=True, kw_only=True)
class _Evaluated:
    """What samples yield.

    Attributes
    ----------
    scalars
        Error and features.
    traces
        By output, at the steps that are looked at.
    """

    scalars: Float[np.ndarray, "n_samples n_scalars"]
    traces: Mapping[str, Float[np.ndarray, "n_samples n_traces n_times"]]
    steps: np.ndarray


@final
@dataclass(frozen=True, kw_only=True)
class _Box:
    """The box of a search, and what is looked at in it."""

    search: Search
    simulation: AbstractSimulation
    features: Mapping[str, Feature]
    memory_limit: int

    @property
    def names(self) -> tuple[str, ...]:
        return self.search.task.parameters.space.names

    @property
    def outputs(self) -> tuple[str, ...]:
        return self.search.task.problem.trace_names

    @property
    def scalar_names(self) -> tuple[str, ...]:
        found = [ERROR]
        for name in self.outputs:
            found += [f"mean of {name}", f"lowest {name}", f"highest {name}"]
            found += [f"{feature} of {name}" for feature in self.features]
        if self._has_spikes:
            found.append("spikes")
        return tuple(found)

    @property
    def _has_spikes(self) -> bool:
        return self.search.task.problem.model.threshold is not None

    def evaluated(self, coordinates: np.ndarray, n_times: int) -> _Evaluated:
        """Return error, features and traces of points of the box, simulated in parts."""
        task, problem = self.search.task, self.search.task.problem
        values = task.parameters.space.to_values(coordinates)
        errors = self.search.objective.evaluate(
            values, iteration=GENERATE_ITERATION, seed=self.search.seed
        ).errors
        steps = _looked_at(problem.n_steps, n_times)
        size = max(
            1,
            min(AT_ONCE, self.memory_limit)
            // (8 * max(1, len(self.outputs)) * problem.n_traces * problem.n_steps),
        )
        scalars: list[np.ndarray] = []
        traces: dict[str, list[np.ndarray]] = {name: [] for name in self.outputs}
        for begin in range(0, len(values), size):
            found = self.simulation.run(
                task.parameters.columns.expand(values[begin : begin + size]),
                iteration=GENERATE_ITERATION,
                seed=self.search.seed,
            )
            scalars.append(self._scalars(found, len(values[begin : begin + size])))
            for name in self.outputs:
                traces[name].append(np.array(found.traces[name][:, :, steps]))
        return _Evaluated(
            scalars=np.column_stack([errors, np.concatenate(scalars)]),
            traces={name: np.concatenate(parts) for name, parts in traces.items()},
            steps=steps,
        )

    def _scalars(self, found: SimulationResult, n_samples: int) -> np.ndarray:
        """Return the features of samples, each the mean over the sweeps."""
        problem = self.search.task.problem
        ends = np.round(problem.recordings.durations / problem.dt).astype(np.int64)
        columns: list[np.ndarray] = []
        for name in self.outputs:
            sweeps = [found.traces[name][:, k, :end] for k, end in enumerate(ends)]
            columns += [
                np.mean([measure(sweep, axis=1) for sweep in sweeps], axis=0)
                for measure in (np.mean, np.min, np.max)
            ]
            columns += [
                _measured(feature, function, sweeps, problem.dt)
                for feature, function in self.features.items()
            ]
        if self._has_spikes and found.spikes is not None:
            counts = np.diff(found.spikes.within(problem.recordings.durations).offsets)
            columns.append(counts.reshape(n_samples, -1).mean(axis=1))
        return np.stack(columns, axis=1) if columns else np.empty((n_samples, 0))


def _measured(
    name: str, function: Feature, sweeps: list[np.ndarray], dt: float
) -> Float[np.ndarray, " n_samples"]:
    with belongs_to(f"the feature '{name}'"):
        values = [[float(function(trace, dt)) for trace in sweep] for sweep in sweeps]
    return np.asarray(np.mean(np.array(values, dtype=np.float64), axis=0))


def _simulation(session: FitSession, search: Search) -> AbstractSimulation:
    problem = search.task.problem.with_repeats(1)
    task = replace(
        problem.task(),
        parameter_names=search.task.parameters.columns.names,
        recorded=problem.trace_names,
        record_spikes=problem.model.threshold is not None,
    )
    return session.engine.prepare(task)


def _checked_features(features: Any) -> Mapping[str, Feature]:
    if features is None:
        return {}
    check_instance("features", features, Mapping, "a dictionary {name: function(trace, dt)}")
    for name, function in features.items():
        if not callable(function):
            raise InvalidTypeError(
                f"features[{name!r}] must be a function of a trace and `dt`, but is {function!r}."
            )
    return {str(name): function for name, function in features.items()}


def _looked_at(n_steps: int, n_times: int) -> np.ndarray:
    """Return the steps at which traces are looked at."""
    return np.unique(np.linspace(0, n_steps - 1, min(n_times, n_steps)).astype(np.int64))


def _together(apart: list[SobolIndices]) -> SobolIndices:
    """Return the indices of several outputs; each has left out the points that it lacks."""
    return SobolIndices(
        names=apart[0].names,
        outputs=tuple(one.outputs[0] for one in apart),
        first=np.concatenate([one.first for one in apart], axis=1),
        total=np.concatenate([one.total for one in apart], axis=1),
        first_interval=np.concatenate([one.first_interval for one in apart], axis=2),
        total_interval=np.concatenate([one.total_interval for one in apart], axis=2),
        n_points=min(one.n_points for one in apart),
        n_failed=max(one.n_failed for one in apart),
    )


def _over_time(
    box: _Box, name: str, found: _Evaluated, shape: tuple[int, int], *, seed: int
) -> TraceIndices:
    problem = box.search.task.problem
    traces = found.traces[name]
    columns = traces.reshape(*shape, -1)
    indices = sobol_indices(
        columns, box.names, tuple(map(str, range(columns.shape[2]))), seed=seed, n_draws=0
    )
    times = found.steps * problem.dt
    has_ended = times >= problem.recordings.durations[:, np.newaxis] - problem.dt / 2
    plain = traces[: 2 * shape[1]]
    known = plain[np.isfinite(plain).all(axis=(1, 2))]
    quantiles = (
        np.quantile(known, _QUANTILES, axis=0)
        if len(known)
        else np.full((3, *traces.shape[1:]), np.nan)
    )
    quantiles[:, has_ended] = np.nan
    first, total = (
        np.where(has_ended, np.nan, each.reshape(-1, *traces.shape[1:]))
        for each in (indices.first, indices.total)
    )
    return TraceIndices(
        names=box.names,
        labels=tuple(recording.label for recording in problem.recordings),
        dimensions=problem.output_dimensions(name),
        times=times,
        low=quantiles[0],
        middle=quantiles[1],
        high=quantiles[2],
        first=first,
        total=total,
    )
