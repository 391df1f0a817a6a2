"""The state of a search: what was asked for, what was found so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_positive_integer
from brianfit._foundation.random import generator_for
from brianfit._foundation.shapes import Float
from brianfit._foundation.user_code import belongs_to, name_of
from brianfit.executors import AbstractExecutor
from brianfit.fitting.problem.metrics_by_output import Scoring
from brianfit.fitting.problem.parameters import Parameters
from brianfit.fitting.problem.problem import Problem
from brianfit.fitting.search.callbacks import KEPT
from brianfit.fitting.search.interrupts import uninterrupted
from brianfit.fitting.search.replay import Past
from brianfit.fitting.search.sample_cache import KnownSamples
from brianfit.fitting.search.stored_answers import is_plain
from brianfit.objective import Evaluation, Objective
from brianfit.optimizers import (
    AbstractOptimizer,
    SupportsLinearisation,
    SupportsPartErrors,
    SupportsStart,
    SupportsStarts,
    SupportsSynchronisation,
    SupportsTraceGuidance,
)
from brianfit.results import Dimensions, History, Round


@final
@dataclass(frozen=True, kw_only=True)
class Best:
    """The best sample so far.

    Attributes
    ----------
    values
        Of the free parameters [SI].
    evaluation
        Its errors: an evaluation of this one sample.
    standard_errors
        Of the free parameters [SI], where a refinement could tell them.
    """

    values: Float[np.ndarray, " n_parameters"]
    evaluation: Evaluation
    standard_errors: Mapping[str, float] = field(default_factory=dict)

    @property
    def error(self) -> float:
        """The error that is minimised."""
        return float(self.evaluation.errors[0])


@final
@dataclass(kw_only=True)
class Search:
    """A fit under way; rounds are added to it by `run_round`.

    Attributes
    ----------
    n_samples
        Samples per round, after the optimizer had its say.
    iteration
        The number of the next round.
    error_scale
        Errors are divided by it before an optimizer sees them, so that it need not know about
        units; set by the first round in which a sample could be scored.
    strategy
        Why this optimizer was chosen, in words; empty if the user named it.
    rounds_foreseen
        Rounds that were announced to the optimizer.
    pending
        What the optimizer asked for and was not told yet: a round that was interrupted is done
        again with the same samples.
    past
        What is known of rounds that were done by an earlier process, and answers of this one.
    known
        The errors of samples that need not be simulated again.
    after_round
        Called when a round was added, as by a store.
    """

    problem: Problem
    parameters: Parameters
    scoring: Scoring
    dimensions: Dimensions
    objective: Objective
    optimizer: AbstractOptimizer
    executor: AbstractExecutor
    n_samples: int
    seed: int
    iteration: int = 0
    error_scale: float | None = None
    best: Best | None = None
    strategy: str = ""
    rounds_foreseen: int = 0
    pending: Any = None
    past: Past = field(default_factory=Past)
    known: KnownSamples = field(default_factory=KnownSamples)
    after_round: Callable[[Search], None] | None = None
    history: History = field(init=False)

    def __post_init__(self) -> None:
        self.history = History(
            parameter_names=self.parameters.space.names,
            output_names=self.problem.output_names,
            parts=self.objective.part_names if self.objective.keep_parts else (),
        )

    def start_optimizer(self, n_rounds: int) -> None:
        """Give the optimizer its box, its random numbers and the point to start from."""
        self.rounds_foreseen, self.pending = n_rounds, None
        with belongs_to(self.optimizer_words):
            self._initialize_optimizer(n_rounds)
        check_positive_integer(f"{self.optimizer_words}.initialize", self.n_samples)

    def _initialize_optimizer(self, n_rounds: int) -> None:
        space = self.parameters.space
        self.optimizer.seed(generator_for(self.seed, "optimizer"))
        bounds = dict.fromkeys(space.names, (0.0, 1.0))
        self.n_samples = self.optimizer.initialize(
            list(space.names), self.n_samples, n_rounds, **bounds
        )
        if isinstance(self.optimizer, SupportsPartErrors):
            self.optimizer.expect_parts(len(self.objective.part_names))
        if isinstance(self.optimizer, SupportsTraceGuidance):
            self.optimizer.expect_costs(self.objective.simulations_per_linearisation)
        if isinstance(self.optimizer, SupportsSynchronisation):
            self.optimizer.expect_synchronisation(self.objective.simulations_per_synchronisation)
        starts = space.start_coordinates()
        if len(starts) and isinstance(self.optimizer, SupportsStarts):
            self.optimizer.start_from_each(starts)
        elif len(starts) and isinstance(self.optimizer, SupportsStart):
            self.optimizer.start_from(starts[0])

    def ask(self) -> Any:
        """Return what the optimizer asks for, or asked for in a round that was interrupted."""
        if self.pending is None:
            with uninterrupted(), belongs_to(self.optimizer_words, KEPT):
                self.pending = self.optimizer.ask(self._n_asked)
        return self.pending

    @property
    def optimizer_words(self) -> str:
        """The beginning of a sentence on the optimizer."""
        return f"The optimizer {name_of(self.optimizer)}"

    @property
    def _n_asked(self) -> int:
        """How many samples the optimizer is asked for, so that a round costs `n_samples`."""
        if isinstance(self.optimizer, SupportsLinearisation):
            return max(1, self.n_samples // self.objective.simulations_per_linearisation)
        return self.n_samples

    def finish_round(self, done: Round) -> None:
        """Add a round of which the optimizer was told."""
        if not is_plain(self.past.answers, done):
            self.past.special[self.history.n_rounds] = tuple(self.past.answers)
        self.history = self.history.with_round(done)
        self.iteration += 1
        self.pending = None
        if self.after_round is not None:
            self.after_round(self)

    def scaled(self, errors: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """Return errors as the optimizer sees them."""
        finite = errors[np.isfinite(errors)]
        if self.error_scale is None and finite.size:
            scale = float(np.median(np.abs(finite)))
            self.error_scale = scale if scale > 0 else 1.0
        return errors / (self.error_scale or 1.0)

    def note_standard_errors(
        self, values: Float[np.ndarray, " p"], errors: Mapping[str, float] | None
    ) -> None:
        """Keep the standard errors of the best sample, if they are its own."""
        if self.best is not None and errors and np.array_equal(self.best.values, values):
            self.best = replace(self.best, standard_errors=dict(errors))

    def note(self, values: Float[np.ndarray, "n p"], evaluation: Evaluation) -> None:
        """Keep the best of newly evaluated samples."""
        lowest = int(np.argmin(evaluation.errors))
        error = float(evaluation.errors[lowest])
        if np.isinf(error) or (self.best is not None and error >= self.best.error):
            return
        row = slice(lowest, lowest + 1)
        self.best = Best(
            values=values[lowest].copy(),
            evaluation=Evaluation(
                errors=evaluation.errors[row],
                output_errors=evaluation.output_errors[row],
                raw_output_errors=evaluation.raw_output_errors[row],
                trace_errors=evaluation.trace_errors[row],
            ),
        )
