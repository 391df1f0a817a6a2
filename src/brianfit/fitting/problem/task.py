"""What is fitted to what, as one value: the task of a fit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, final

from brianfit.data import RecordingSet
from brianfit.engines import AbstractEngine
from brianfit.fitting.problem.metrics_by_output import Scoring
from brianfit.fitting.problem.parameters import Parameters
from brianfit.fitting.problem.problem import Problem, on_recordings
from brianfit.fitting.problem.task_record import parameter_records
from brianfit.model.equation_text import equation_text
from brianfit.objective import MEMORY_LIMIT, Objective, build_objective
from brianfit.results import Dimensions, EventRecord, PartRecord, RegularRecord
from brianfit.results.differences import differences


@final
@dataclass(frozen=True, kw_only=True)
class FitTask:
    """A model with its constants, recordings, parameters, and how they are compared.

    Two tasks are the same if their values are; `differences` tells in what they differ. Whoever
    asks whether it is still the same problem (a fit that goes on, a store, a refinement) asks this.

    Attributes
    ----------
    problem
        Model, with external constants, recordings and repeats.
    parameters
        Which are searched, fixed, tied.
    scoring
        Metrics, weights, penalty.
    """

    problem: Problem
    parameters: Parameters
    scoring: Scoring

    @property
    def constants(self) -> Mapping[str, Any]:
        """The external constants of the equations."""
        return self.problem.model.namespace

    @property
    def repeats(self) -> int:
        """How often every trace is simulated."""
        return self.problem.repeats

    @cached_property
    def dimensions(self) -> Dimensions:
        """The units of everything in the history of a fit."""
        model = self.problem.model
        names = self.parameters.columns.names
        return self.scoring.dimensions(
            self.problem, {name: model.dimensions(name) for name in names}
        )

    def objective(
        self,
        engine: AbstractEngine,
        *,
        memory_limit: int = MEMORY_LIMIT,
        keep_parts: bool = False,
        racing: bool = False,
    ) -> Objective:
        """Return the error as a function of samples.

        Parameters
        ----------
        memory_limit, keep_parts, racing
            As in `build_objective`.
        """
        return build_objective(
            self.problem.task(),
            self.scoring.outputs(self.problem),
            engine=engine,
            columns=self.parameters.columns,
            penalty=self.scoring.penalty,
            memory_limit=memory_limit,
            keep_parts=keep_parts,
            racing=racing,
        )

    def on(self, name: str, recordings: RecordingSet) -> FitTask:
        """Return the same task on other recordings, which are called `name` in messages.

        Raises
        ------
        BrianfitError
            If they do not suit the model or a metric.
        """
        problem = on_recordings(self.problem, name, recordings)
        return replace(self, problem=problem, scoring=self.scoring.on(problem))

    def differences(self, other: FitTask, *, but: Collection[str] = ()) -> list[str]:
        """Return what is not the same in another task, in words; nothing if it is the same.

        Parameters
        ----------
        but
            Fields of `ProblemRecord` that may differ.
        """
        before, now = self.record(), other.record()
        found = differences({name: before[name] for name in before if name not in but}, now)
        for name, metric in self.scoring.metrics.items():
            own = other.scoring.metrics.get(name, metric)
            if type(own) is not type(metric) and before["metrics"][name] == now["metrics"][name]:
                found.append(f"the metric of '{name}': {type(metric).__name__} was defined anew")
        return found

    def record(self) -> dict[str, Any]:
        """Return the fields of a `ProblemRecord` that tell of the task."""
        problem, scoring, model = self.problem, self.scoring, self.problem.model
        return {
            "equations": equation_text(model.equations),
            "threshold": model.threshold,
            "reset": model.reset,
            "refractory": model.refractory,
            "method": model.method,
            "method_options": dict(model.method_options),
            "events": {
                name: EventRecord(condition=event.condition, code=event.code)
                for name, event in model.events.items()
            },
            "run_regularly": tuple(
                RegularRecord(code=it.code, dt=it.dt, when=it.when, order=it.order)
                for it in model.run_regularly
            ),
            "dt": problem.dt,
            "initial_values": dict(model.initial_values),
            "constants": dict(model.namespace),
            "recordings": problem.recordings,
            "output_names": problem.output_names,
            "parameters": parameter_records(model, self.parameters),
            "metrics": {name: PartRecord.of(metric) for name, metric in scoring.metrics.items()},
            "weights": dict(scoring.weights),
            "penalty": scoring.penalty,
            "n_repeats": problem.repeats,
        }
