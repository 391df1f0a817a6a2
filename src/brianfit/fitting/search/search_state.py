"""The state of a search: what was asked for, what was found so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_positive_integer
from brianfit._foundation.random import generator_for
from brianfit._foundation.shapes import Float
from brianfit._foundation.user_code import belongs_to, name_of
from brianfit.executors import AbstractExecutor
from brianfit.fitting.problem.task import FitTask
from brianfit.fitting.search.callbacks import KEPT
from brianfit.fitting.search.interrupts import uninterrupted
from brianfit.fitting.search.replay import Past, Refinement
from brianfit.fitting.search.sample_cache import KnownSamples
from brianfit.fitting.search.stored_answers import is_plain
from brianfit.objective import Evaluation, Objective
from brianfit.optimizers import AbstractOptimizer, Offer, SupportsStart, SupportsStarts, Want
from brianfit.results import REFINE, History, Round


@final
@dataclass(frozen=True, kw_only=True)
class Best:
    """The best sample of a history.

    Attributes
    ----------
    values
        Of the free parameters [SI].
    evaluation
        Its errors: an evaluation of this one sample.
    round
        The number of its round.
    """

    values: Float[np.ndarray, " n_parameters"]
    evaluation: Evaluation
    round: int

    @property
    def error(self) -> float:
        """The error that is minimised."""
        return float(self.evaluation.errors[0])


@final
@dataclass(kw_only=True)
class Search:
    """A fit under way; rounds are added to it by `run_round` and by refinements.

    Attributes
    ----------
    task
        What is fitted to what.
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
    token
        By which the optimizer knows this search from one that another fitter began with it.
    past
        What is known of rounds that were done by an earlier process, and answers of this one.
    known
        The errors of samples that need not be simulated again.
    after_round
        Called when a round was added, as by a store.
    history
        All rounds; whatever is best, is the best of it.
    refinements
        What was found beside the sample of each round that is a refinement, by its number.
    """

    task: FitTask
    objective: Objective
    optimizer: AbstractOptimizer
    executor: AbstractExecutor
    n_samples: int
    seed: int
    iteration: int = 0
    error_scale: float | None = None
    strategy: str = ""
    rounds_foreseen: int = 0
    pending: Any = None
    token: object = None
    past: Past = field(default_factory=Past)
    known: KnownSamples = field(default_factory=KnownSamples)
    after_round: Callable[[Search], None] | None = None
    history: History = field(init=False)
    refinements: dict[int, Refinement] = field(default_factory=dict, init=False)
    _best: Best | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.history = History(
            parameter_names=self.task.parameters.space.names,
            output_names=self.task.problem.output_names,
            parts=self.objective.part_names if self.objective.keep_parts else (),
        )

    @property
    def best(self) -> Best | None:
        """The first of the samples with the lowest error; None if none could be scored."""
        return self._best

    @property
    def standard_errors(self) -> Mapping[str, float]:
        """Those of the best sample [SI]; empty unless a refinement found it and has any."""
        if self._best is None or self._best.round not in self.refinements:
            return {}
        return self.refinements[self._best.round].standard_errors

    @property
    def refinement_words(self) -> str:
        """What the last refinement found; empty without any."""
        return self.refinements[max(self.refinements)].words if self.refinements else ""

    def start_optimizer(self, n_rounds: int) -> None:
        """Give the optimizer its box, its random numbers and the point to start from."""
        self.rounds_foreseen, self.pending = n_rounds, None
        with belongs_to(self.optimizer_words):
            self._initialize_optimizer(n_rounds)
        check_positive_integer(f"{self.optimizer_words}.initialize", self.n_samples)

    def _initialize_optimizer(self, n_rounds: int) -> None:
        space = self.task.parameters.space
        self.optimizer.seed(generator_for(self.seed, "optimizer"))
        bounds = dict.fromkeys(space.names, (0.0, 1.0))
        self.optimizer.expect(_offer(self.objective, self.optimizer.wants))
        self.n_samples = self.optimizer.initialize(
            list(space.names), self.n_samples, n_rounds, **bounds
        )
        self.token = self.optimizer.begin_search()
        starts = space.start_coordinates()
        if len(starts) and isinstance(self.optimizer, SupportsStarts):
            self.optimizer.start_from_each(starts)
        elif len(starts) and isinstance(self.optimizer, SupportsStart):
            self.optimizer.start_from(starts[0])

    def ask(self) -> Any:
        """Return what the optimizer asks for, or asked for in a round that was interrupted."""
        self.optimizer.check_search(self.token)
        if self.pending is None:
            with uninterrupted(), belongs_to(self.optimizer_words, KEPT):
                self.pending = self.optimizer.ask(self.n_samples)
        return self.pending

    @property
    def optimizer_words(self) -> str:
        """The beginning of a sentence on the optimizer."""
        return f"The optimizer {name_of(self.optimizer)}"

    def finish_round(self, done: Round) -> None:
        """Add a round of which the optimizer was told."""
        if not is_plain(self.past.answers, done):
            self.past.special[self.history.n_rounds] = tuple(self.past.answers)
        self._add(done)
        self.iteration += 1
        self.pending = None
        if self.after_round is not None:
            self.after_round(self)

    def add_refined(
        self,
        values: Float[np.ndarray, " n_parameters"],
        evaluation: Evaluation,
        found: Refinement,
        seconds: float,
    ) -> None:
        """Add the sample with which a refinement ended as a round of its own.

        A store that knows the round already has the last word: the sample is the one in it.
        """
        number = self.history.n_rounds
        self.past.begin_round()
        if self.past.knows(number):
            self._add_known_refinement()
            return
        self.past.note_refinement(number, values[np.newaxis], found)
        self.refinements[number] = found
        self._add(
            Round.of(
                values[np.newaxis],
                evaluation,
                iteration=self.iteration,
                seconds=seconds,
                kind=REFINE,
            )
        )
        if self.after_round is not None:
            self.after_round(self)

    def add_known_refinements(self) -> None:
        """Add the refinements that come next in what is known from an earlier process."""
        while self.past.known_refinement(self.history.n_rounds) is not None:
            self._add_known_refinement()

    def _add_known_refinement(self) -> None:
        number = self.history.n_rounds
        done, found = self.past.refined_round(number)
        self.past.note_refinement(number, done.values, found)
        self.refinements[number] = found
        self._add(done)

    def _add(self, done: Round) -> None:
        number = self.history.n_rounds
        self.history = self.history.with_round(done)
        if done.errors.size == 0:
            return
        lowest = int(np.argmin(done.errors))
        error = float(done.errors[lowest])
        if np.isinf(error) or (self._best is not None and error >= self._best.error):
            return
        self._best = Best(
            values=done.values[lowest].copy(),
            evaluation=done.evaluation.taken(slice(lowest, lowest + 1)),
            round=number,
        )

    def scaled(self, errors: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """Return errors as the optimizer sees them."""
        finite = errors[np.isfinite(errors)]
        if self.error_scale is None and finite.size:
            scale = float(np.median(np.abs(finite)))
            self.error_scale = scale if scale > 0 else 1.0
        return errors / (self.error_scale or 1.0)


def _offer(objective: Objective, wants: Sequence[Want]) -> Offer:
    """Return what a fit can tell an optimizer of what it may want beyond errors."""
    ways = {
        Want.DERIVATIVES: lambda: (
            objective.simulations_per_linearisation if objective.is_least_squares else 0
        ),
        Want.TRACE_DERIVATIVES: lambda: (
            objective.simulations_per_linearisation if objective.squared_outputs else 0
        ),
        Want.SYNCHRONISED: lambda: objective.simulations_per_synchronisation,
    }
    return Offer(
        costs={want: ways[want]() for want in wants},
        n_parts=len(objective.part_names) if objective.keep_parts else 0,
        races=objective.race is not None,
    )
