"""The work behind a fitter: it keeps the search and makes simulations."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_instance, check_positive_integer
from brianfit._foundation.errors import FitStateError, InvalidValueError, UserCodeError
from brianfit._foundation.parts import same_value
from brianfit._foundation.random import fresh_seed
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import from_si
from brianfit._foundation.user_code import belongs_to
from brianfit.engines import AbstractEngine
from brianfit.executors import SerialExecutor
from brianfit.fitting.problem.fit_arguments import OPTION_NAMES, FitArguments, checked_seed
from brianfit.fitting.problem.metrics_by_output import Scoring, read_scoring
from brianfit.fitting.problem.parameters import read_parameters
from brianfit.fitting.problem.problem import Problem
from brianfit.fitting.problem.task import FitTask
from brianfit.fitting.search.callbacks import (
    ProgressBar,
    callback_none,
    callback_setup,
    round_information,
    samples_as_dictionaries,
)
from brianfit.fitting.search.held_out import HeldOut, held_out
from brianfit.fitting.search.loop import check_first_round, run_rounds
from brianfit.fitting.search.record_of_search import problem_record
from brianfit.fitting.search.replay import Refinement
from brianfit.fitting.search.requests import Requests
from brianfit.fitting.search.result_of_search import best_values, result_of
from brianfit.fitting.search.search_state import Search
from brianfit.fitting.search.stop_rules import AbstractStopRule, stop_rules_from, words_of
from brianfit.fitting.search.storage import Storage, storage_of
from brianfit.fitting.search.strategy import objective_for, optimizer_for
from brianfit.objective import MEMORY_LIMIT, Evaluation
from brianfit.optimizers import AbstractOptimizer
from brianfit.results import FitResult
from brianfit.results.live_display import LiveDisplay

_logger = logging.getLogger(__name__)


@final
@dataclass(kw_only=True)
class FitSession:
    """A problem, how to simulate it, and the search under way.

    Attributes
    ----------
    n_samples
        Samples per round that are wanted.
    in_force
        What the constructor of the fitter, and later each call of `fit`, said and what holds until
        something else is said: metric, weights, penalty, ...
    default_parameters
        How the parameters of a model of the library are treated where the user does not say it.
    search
        None before the first `fit`.
    storage
        Where rounds are kept, if anywhere.
    """

    problem: Problem
    engine: AbstractEngine
    n_samples: int
    in_force: FitArguments = field(default_factory=lambda: FitArguments(parameters={}))
    use_units: bool = True
    memory_limit: int = MEMORY_LIMIT
    default_parameters: Mapping[str, Any] = field(default_factory=dict)
    search: Search | None = None
    storage: Storage | None = None
    stop_reason: str = "no round was asked for"
    _held_out: HeldOut | None = field(default=None, init=False)

    # ------------------------------------------------------------------------------- searching

    def fit(self, arguments: FitArguments, namespace: Mapping[str, Any]) -> tuple[Any, Any]:
        """Run rounds; return best parameters and error, or (None, None) if there are none."""
        storage = storage_of(self.storage, arguments.store, self._result_of)
        with nullcontext() if storage is None else storage.opened():
            self.storage = storage
            self._fit(arguments, namespace)
        return self.best_params, self.best_error

    def _fit(self, arguments: FitArguments, namespace: Mapping[str, Any]) -> None:
        rounds = check_positive_integer("n_rounds", arguments.n_rounds, minimum=0)
        rules = stop_rules_from(arguments.stop)
        callback = callback_setup(arguments.callback, rounds)
        start = arguments.start_iteration
        if start is not None:
            start = check_positive_integer("start_iteration", start, minimum=0)
        search = self._search_for(arguments, namespace, rounds)
        self._held_out = held_out(
            self._held_out,
            search,
            arguments.held_out,
            engine=self.engine,
            memory_limit=self.memory_limit,
        )
        for rule in rules:
            with belongs_to(f"The stop rule {words_of(rule)}"):
                rule.check(search.task.dimensions.error)
        if start is not None:
            search.iteration = start
        if rounds > 0:
            check_first_round(search, rules)
            try:
                self._run(search, rounds, rules, callback)
            finally:
                if isinstance(callback, ProgressBar | LiveDisplay):
                    callback.close()

    def _run(
        self,
        search: Search,
        rounds: int,
        rules: Sequence[AbstractStopRule],
        callback: Callable[..., Any],
    ) -> None:
        """Run rounds and keep what was found, however they end."""
        try:
            self.stop_reason = run_rounds(
                search,
                rounds,
                rules=rules,
                observer=self._observer(callback),
                requests=Requests(self.storage),
            )
        except BaseException as problem:
            own = problem.__cause__ if isinstance(problem, UserCodeError) else problem
            self.stop_reason = f"it was interrupted by {type(own).__name__}"
            if self.storage is not None:
                self.storage.finish_after(problem, search)
            raise
        if self.storage is not None:
            self.storage.finish(search)

    def _search_for(
        self, arguments: FitArguments, namespace: Mapping[str, Any], n_rounds: int
    ) -> Search:
        """Return the search that goes on, or a new one."""
        goes_on = self.search is not None and not arguments.restart
        complete = arguments.completed_by(self.in_force)
        if arguments.optimizer is not None:
            check_instance("optimizer", arguments.optimizer, AbstractOptimizer, "an Optimizer")
        if arguments.parameters or not goes_on:
            given = {**self.default_parameters, **complete.parameters}
            complete = replace(complete, parameters=given)
        if self.search is not None and goes_on:
            search = self._continued(self.search, arguments, complete, namespace)
        else:
            search = self._begun(complete, namespace, n_rounds)
        self.in_force = complete
        return search

    def _begun(
        self, arguments: FitArguments, namespace: Mapping[str, Any], n_rounds: int
    ) -> Search:
        """Return a new search, which is from now on that of the session."""
        known = None if self.storage is None else self.storage.next_fit()
        seed = checked_seed(arguments.seed)
        if seed is None:
            seed = known.problem.seed if known else fresh_seed()
        foreseen = known.problem.rounds_foreseen if known else n_rounds
        search = self._new_search(arguments, self._task(arguments, namespace), seed, foreseen)
        search.start_optimizer(foreseen)
        if self.storage is not None:
            self.storage.attach(search, known)
        if search.n_samples != self.n_samples:
            _logger.warning(
                "The optimizer takes %d samples per round, not the %d asked for.",
                search.n_samples,
                self.n_samples,
            )
        self.search, self.n_samples = search, search.n_samples
        return search

    def _new_search(
        self, arguments: FitArguments, task: FitTask, seed: int, n_rounds: int
    ) -> Search:
        if not task.parameters.space.names:
            raise InvalidValueError("There is nothing to fit: no parameter is free.")
        named = arguments.optimizer
        n_samples = check_positive_integer("n_samples", self.n_samples)
        limit, n_evaluations = self.memory_limit, n_samples * n_rounds
        objective = objective_for(named, task, self.engine, limit, n_evaluations=n_evaluations)
        optimizer, strategy = optimizer_for(named, task, objective)
        return Search(
            task=task,
            objective=objective,
            optimizer=optimizer,
            strategy=strategy,
            executor=arguments.executor or SerialExecutor(),
            n_samples=n_samples,
            seed=seed,
        )

    def _continued(
        self,
        search: Search,
        arguments: FitArguments,
        complete: FitArguments,
        namespace: Mapping[str, Any],
    ) -> Search:
        """Return the search after checking that nothing of it is to change."""
        changed = search.task.differences(self._task_going_on(search, complete, namespace))
        changed += self._changed_settings(search, arguments)
        if changed:
            listed = "\n".join(f"  - {line}" for line in changed)
            raise FitStateError(
                "This fit goes on from the last one, so it must be the same problem; what "
                f"changed:\n{listed}\nUndo this to go on, or start anew with "
                "fit(..., restart=True)."
            )
        if arguments.executor is not None:
            search.executor = arguments.executor
        if self.storage is not None and not self.storage.is_attached_to(search):
            self.storage.attach(search, self.storage.next_fit())
        return search

    def _changed_settings(self, search: Search, arguments: FitArguments) -> list[str]:
        """Return, in words, what of the way to search is to be another."""
        optimizer, seed = arguments.optimizer, checked_seed(arguments.seed)
        found = []
        if optimizer is not None and not same_value(optimizer, search.optimizer):
            found.append(f"the optimizer: was {search.optimizer}, is {optimizer}")
        if seed not in {None, search.seed}:
            found.append(f"the seed: was {search.seed}, is {seed}")
        if self.n_samples != search.n_samples:
            found.append(f"n_samples: was {search.n_samples}, is {self.n_samples}")
        return found

    # ------------------------------------------------------------------------------- the task

    def _task(self, arguments: FitArguments, namespace: Mapping[str, Any]) -> FitTask:
        """Return what is to be fitted to what."""
        problem = self._problem(arguments, namespace)
        return FitTask(
            problem=problem,
            parameters=read_parameters(
                problem.model,
                arguments.parameters,
                use_units=self.use_units,
                option_names=OPTION_NAMES,
            ),
            scoring=self.scoring_of(problem, arguments),
        )

    def _task_going_on(
        self, search: Search, arguments: FitArguments, namespace: Mapping[str, Any]
    ) -> FitTask:
        """Return what is to be fitted now; what is in force anyway is not read again."""
        before = self.in_force
        if any(getattr(arguments, name) is not getattr(before, name) for name in _READ):
            return self._task(arguments, namespace)
        return replace(search.task, problem=self._problem(arguments, namespace))

    def _problem(self, arguments: FitArguments, namespace: Mapping[str, Any]) -> Problem:
        repeats = 1 if arguments.n_repeats is None else arguments.n_repeats
        return self.problem.with_namespace(namespace).with_repeats(
            check_positive_integer("n_repeats", repeats)
        )

    def scoring_of(self, problem: Problem, arguments: FitArguments) -> Scoring:
        """Return how a problem is scored by what is in force, unless `arguments` say otherwise."""
        complete = arguments.completed_by(self.in_force)
        return read_scoring(
            problem,
            metric=complete.metric,
            weights=complete.weights,
            penalty=complete.penalty,
        )

    def repeated(self, problem: Problem) -> Problem:
        """Return a problem with as many repeats of every trace as are in force."""
        return self._problem(self.in_force, problem.model.namespace)

    # ------------------------------------------------------------------------- what was found

    @property
    def seed(self) -> int:
        """The seed of the search; 0 without one."""
        return DEFAULT_SEED if self.search is None else self.search.seed

    @property
    def best_params(self) -> dict[str, Any] | None:
        """The best sample, with units if the fitter uses them; None if there is none."""
        if self.search is None or self.search.best is None:
            return None
        return self.with_units(best_values(self.search))

    def with_units(self, values: Mapping[str, float]) -> dict[str, Any]:
        """Return values of parameters [SI] as the user of the fitter wants them."""
        if not self.use_units:
            return dict(values)
        model = self.problem.model
        return {name: from_si(value, model.dimensions(name)) for name, value in values.items()}

    @property
    def best_error(self) -> Any:
        """The lowest error, with its unit if the fitter uses units; None if there is none."""
        if self.search is None or self.search.best is None:
            return None
        error = self.search.best.error
        return from_si(error, self.search.task.dimensions.error) if self.use_units else error

    def objective_errors(self, *, normalized: bool) -> dict[str, Any] | None:
        """Return the best sample's error by output."""
        if self.search is None or self.search.best is None:
            return None
        row, dimensions = self.search.best.evaluation, self.search.task.dimensions
        errors = row.output_errors if normalized else row.raw_output_errors
        units = dimensions.output_errors if normalized else dimensions.raw_output_errors
        return {
            name: from_si(float(errors[0, k]), units[name]) if self.use_units else errors[0, k]
            for k, name in enumerate(self.problem.output_names)
        }

    def result(self) -> FitResult:
        """Return what the search has left behind so far."""
        return self._result_of(self.require_search())

    def _result_of(self, search: Search) -> FitResult:
        return result_of(
            search,
            problem_record(search, engine=self.engine, use_units=self.use_units),
            stop_reason=self.stop_reason,
            validation=None if self._held_out is None else self._held_out.course(),
        )

    def require_search(self) -> Search:
        """Return the search.

        Raises
        ------
        FitStateError
            If there was no fit yet.
        """
        if self.search is None:
            raise FitStateError("There is no result yet: call fit() first.")
        return self.search

    def add_refined(
        self,
        values: Float[np.ndarray, " n_parameters"],
        evaluation: Evaluation,
        found: Refinement,
        seconds: float,
    ) -> None:
        """Add the sample of a refinement to the history, and to the store if there is one."""
        search = self.require_search()
        attached = self.storage is not None and self.storage.is_attached_to(search)
        with self.storage.opened() if self.storage is not None and attached else nullcontext():
            search.add_refined(values, evaluation, found, seconds)
            if self.storage is not None and attached:
                self.storage.finish(search)

    def add_known_refinements(self) -> None:
        """Add refinements that end the fit in the store."""
        self.require_search().add_known_refinements()

    def _observer(self, callback: Callable[..., Any]) -> Callable[[Search, int], bool]:
        names = list(self.problem.output_names)
        if callback is callback_none:
            return lambda _search, _number: False

        def observe(search: Search, number: int) -> bool:
            round_ = search.history.rounds[-1]
            answer = callback(
                samples_as_dictionaries(search.history.parameter_names, round_.values),
                round_.errors,
                self.best_params,
                self.best_error,
                number,
                round_information(
                    round_,
                    names,
                    self.objective_errors(normalized=False),
                    None if self._held_out is None else self._held_out.course(),
                ),
            )
            return answer is True

        return observe


_READ = ("parameters", "metric", "weights", "penalty")
"""Arguments that make another task."""

DEFAULT_SEED = 0
"""Seed of the noise in simulations without a fit."""
