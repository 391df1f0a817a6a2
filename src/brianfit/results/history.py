"""Every sample of a fit and its errors."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import final

import numpy as np

from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Bool, Float, Int
from brianfit.objective.evaluation import COLUMNS, Evaluation

SEARCH, REFINE = "search", "refine"
"""The kinds of a round."""


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class Round:
    """One ask-evaluate-tell.

    Attributes
    ----------
    iteration
        The number of the round, as the model's variable ``iteration`` had it.
    values
        Values of the free parameters [SI].
    errors, output_errors, raw_output_errors
        As in `Evaluation`.
    seconds
        Wall-clock time that the round took.
    trace_errors
        As in `Evaluation`; None where they were not kept.
    part_errors, is_bound, is_repeated
        As in `Evaluation`.
    kind
        Who asked for the samples: 'search', the optimizer; 'refine', a refinement, for the one
        sample that it ended with.
    """

    iteration: int
    values: Float[np.ndarray, "n_samples n_parameters"]
    errors: Float[np.ndarray, " n_samples"]
    output_errors: Float[np.ndarray, "n_samples n_outputs"]
    raw_output_errors: Float[np.ndarray, "n_samples n_outputs"]
    seconds: float
    trace_errors: Float[np.ndarray, "n_samples n_outputs n_traces"] | None = None
    part_errors: Float[np.ndarray, "n_samples n_parts"] | None = None
    is_bound: Bool[np.ndarray, " n_samples"] | None = None
    is_repeated: Bool[np.ndarray, " n_samples"] | None = None
    kind: str = SEARCH

    @staticmethod
    def of(
        values: Float[np.ndarray, "n_samples n_parameters"],
        evaluation: Evaluation,
        *,
        iteration: int,
        seconds: float,
        kind: str = SEARCH,
    ) -> Round:
        """Return the round in which samples were evaluated."""
        columns = {name: getattr(evaluation, name) for name in COLUMNS}
        return Round(values=values, iteration=iteration, seconds=seconds, kind=kind, **columns)

    @property
    def evaluation(self) -> Evaluation:
        """What evaluating the samples yielded; without errors by trace, these are nan."""
        columns = {name: getattr(self, name) for name in COLUMNS}
        if self.trace_errors is None:
            columns["trace_errors"] = np.full((*self.output_errors.shape, 0), np.nan)
        return Evaluation(**columns)


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class History:
    """The rounds of a fit, in order.

    Attributes
    ----------
    parameter_names, output_names
        Columns of the arrays.
    rounds
        What was evaluated.
    parts
        Names of the errors that a Pareto search weighed, where there was one.
    """

    parameter_names: tuple[str, ...]
    output_names: tuple[str, ...]
    rounds: tuple[Round, ...] = field(default=())
    parts: tuple[str, ...] = ()

    def with_round(self, added: Round) -> History:
        """Return the history with one more round."""
        return replace(self, rounds=(*self.rounds, added))

    @property
    def n_rounds(self) -> int:
        """The number of rounds."""
        return len(self.rounds)

    @property
    def n_search_rounds(self) -> int:
        """The number of rounds of the optimizer; refinements are rounds as well."""
        return sum(round_.kind == SEARCH for round_ in self.rounds)

    @property
    def n_evaluations(self) -> int:
        """The number of evaluations."""
        return sum(round_.errors.size for round_ in self.rounds)

    @property
    def seconds(self) -> float:
        """Wall-clock time of all rounds together."""
        return sum((round_.seconds for round_ in self.rounds), start=0.0)

    @property
    def values(self) -> Float[np.ndarray, "n_evaluations n_parameters"]:
        """Values of the free parameters [SI]."""
        return self._stacked("values", (len(self.parameter_names),))

    @property
    def errors(self) -> Float[np.ndarray, " n_evaluations"]:
        """The number that was minimised; inf for failed samples, or see `is_bound`."""
        return self._stacked("errors", ())

    @property
    def output_errors(self) -> Float[np.ndarray, "n_evaluations n_outputs"]:
        """Normalised error of every output."""
        return self._stacked("output_errors", (len(self.output_names),))

    @property
    def raw_output_errors(self) -> Float[np.ndarray, "n_evaluations n_outputs"]:
        """Error of every output without normalization."""
        return self._stacked("raw_output_errors", (len(self.output_names),))

    @property
    def part_names(self) -> tuple[str, ...]:
        """The names of the errors that make a front: what was weighed, or the outputs."""
        return self.parts if self._has_parts else self.output_names

    @property
    def is_bound(self) -> Bool[np.ndarray, " n_evaluations"]:
        """Which samples were given up on the way: their errors are at least those given."""
        return self._marks("is_bound")

    @property
    def is_repeated(self) -> Bool[np.ndarray, " n_evaluations"]:
        """Which samples were not simulated, as they had been before."""
        return self._marks("is_repeated")

    @property
    def part_errors(self) -> Float[np.ndarray, "n_evaluations n_parts"]:
        """The errors that make a front, as minimised, in the order of `part_names`.

        inf for samples that were given up on the way.
        """
        if self._has_parts:
            return self._stacked("part_errors", (len(self.parts),))
        return np.where(self.is_bound[:, np.newaxis], np.inf, self.output_errors)

    @property
    def _has_parts(self) -> bool:
        return bool(self.parts) and all(done.part_errors is not None for done in self.rounds)

    @property
    def round_of(self) -> Int[np.ndarray, " n_evaluations"]:
        """The position of the round to which each evaluation belongs."""
        sizes = [round_.errors.size for round_ in self.rounds]
        return np.repeat(np.arange(len(sizes)), sizes)

    @property
    def best_per_round(self) -> Float[np.ndarray, " n_rounds"]:
        """The lowest error up to and including each round."""
        lowest = [round_.errors.min(initial=np.inf) for round_ in self.rounds]
        return np.minimum.accumulate(np.array(lowest, dtype=np.float64))

    @property
    def n_failed(self) -> int:
        """The number of evaluations that could not be scored."""
        return int(np.count_nonzero(np.isinf(self.errors)))

    @property
    def best(self) -> int | None:
        """The number of the evaluation with the lowest error; None if none could be scored."""
        errors = self.errors
        if not np.any(np.isfinite(errors)):
            return None
        return int(np.argmin(errors))

    def _marks(self, name: str) -> Bool[np.ndarray, " n_evaluations"]:
        marks = [(getattr(done, name), done.errors.size) for done in self.rounds]
        filled = [np.zeros(size, dtype=bool) if mark is None else mark for mark, size in marks]
        return np.concatenate([np.empty(0, dtype=bool), *filled])

    def _stacked(self, name: str, tail: tuple[int, ...]) -> np.ndarray:
        empty = np.empty((0, *tail))
        return np.concatenate([empty, *(getattr(round_, name) for round_ in self.rounds)])
