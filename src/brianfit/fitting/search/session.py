"""The work behind a fitter: it keeps the search and makes simulations."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, final

from brianfit._foundation.arguments import check_instance, check_positive_integer
from brianfit._foundation.errors import FitStateError, InvalidValueError, UserCodeError
from brianfit._foundation.random import fresh_seed
from brianfit._foundation.units import from_si
from brianfit._foundation.user_code import belongs_to
from brianfit.engines import AbstractEngine
from brianfit.executors import SerialExecutor
from brianfit.fitting.problem.fit_arguments import OPTION_NAMES, FitRequest
from brianfit.fitting.problem.metrics_by_output import Scoring, read_scoring
from brianfit.fitting.problem.parameters import read_parameters
from brianfit.fitting.problem.problem import Problem
from brianfit.fitting.search.callbacks import (
    ProgressBar,
    callback_none,
    callback_setup,
    samples_as_dictionaries,
)
from brianfit.fitting.search.contradictions import contradictions, n_repeats_of
from brianfit.fitting.search.evaluations import wants_races
from brianfit.fitting.search.held_out import HeldOut, held_out
from brianfit.fitting.search.loop import run_rounds
from brianfit.fitting.search.record_of_search import problem_record
from brianfit.fitting.search.result_of_search import best_values, result_of
from brianfit.fitting.search.search_state import Search
from brianfit.fitting.search.stop_rules import stop_rules_from, words_of
from brianfit.fitting.search.storage import Storage, storage_of
from brianfit.fitting.search.strategy import optimizer_for
from brianfit.objective import MEMORY_LIMIT, build_objective
from brianfit.optimizers import AbstractOptimizer, SupportsPartErrors
from brianfit.results import FitResult

_logger = logging.getLogger(__name__)


@final
@dataclass(kw_only=True)
class FitSession:
    """A problem, how to simulate it, and the search under way.

    Attributes
    ----------
    n_samples
        Samples per round that are wanted.
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
    use_units: bool = True
    penalty: str | None = None
    memory_limit: int = MEMORY_LIMIT
    default_parameters: Mapping[str, Any] = field(default_factory=dict)
    search: Search | None = None
    storage: Storage | None = None
    stop_reason: str = "no round was asked for"
    refinement: str = ""
    _given_metric: Any = field(default=None, init=False)
    _held_out: HeldOut | None = field(default=None, init=False)
    _given_bounds: Mapping[str, Any] = field(default_factory=dict, init=False)

    def fit(self, request: FitRequest, namespace: Mapping[str, Any]) -> tuple[Any, Any]:
        """Run rounds; return best parameters and error, or (None, None) if there are none."""
        storage = storage_of(self.storage, request.store, self._result_of)
        if storage is None:
            return self._fit(request, namespace)
        with storage.opened():
            self.storage = storage
            return self._fit(request, namespace)

    def _fit(self, request: FitRequest, namespace: Mapping[str, Any]) -> tuple[Any, Any]:
        rounds = check_positive_integer("n_rounds", request.n_rounds, minimum=0)
        rules = stop_rules_from(request.stop)
        callback = callback_setup(request.callback, rounds)
        request = self._with_default_parameters(request)
        search = self._search_for(request, namespace, rounds)
        self._held_out = held_out(
            self._held_out,
            search,
            request.validation,
            engine=self.engine,
            memory_limit=self.memory_limit,
        )
        for rule in rules:
            with belongs_to(f"The stop rule {words_of(rule)}"):
                rule.check(search.dimensions.error)
        if request.start_iteration is not None:
            search.iteration = check_positive_integer(
                "start_iteration", request.start_iteration, minimum=0
            )
        if rounds > 0:
            try:
                self.stop_reason = run_rounds(
                    search, rounds, rules=rules, observer=self._observer(callback)
                )
            except BaseException as problem:
                own = problem.__cause__ if isinstance(problem, UserCodeError) else problem
                self.stop_reason = f"it was interrupted by {type(own).__name__}"
                if self.storage is not None:
                    self.storage.finish_after(problem, search)
                raise
            else:
                if self.storage is not None:
                    self.storage.finish(search)
            finally:
                if isinstance(callback, ProgressBar):
                    callback.close()
        return self.best_params, self.best_error

    @property
    def best_params(self) -> dict[str, Any] | None:
        """The best sample, with units if the fitter uses them; None if there is none."""
        if self.search is None or self.search.best is None:
            return None
        model = self.problem.model
        values = best_values(self.search)
        if not self.use_units:
            return dict(values)
        return {name: from_si(value, model.dimensions(name)) for name, value in values.items()}

    @property
    def best_error(self) -> Any:
        """The lowest error, with its unit if the fitter uses units; None if there is none."""
        if self.search is None or self.search.best is None:
            return None
        error = self.search.best.error
        return from_si(error, self.search.dimensions.error) if self.use_units else error

    def objective_errors(self, *, normalized: bool) -> dict[str, Any] | None:
        """Return the best sample's error by output."""
        if self.search is None or self.search.best is None:
            return None
        row, dimensions = self.search.best.evaluation, self.search.dimensions
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
            refinement=self.refinement,
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

    def _with_default_parameters(self, request: FitRequest) -> FitRequest:
        """Return the request with defaults beside the bounds; none where old bounds go on."""
        if not request.parameters and self.search is not None:
            return request
        return replace(request, parameters={**self.default_parameters, **request.parameters})

    def _search_for(
        self, request: FitRequest, namespace: Mapping[str, Any], n_rounds: int
    ) -> Search:
        """Return the search that goes on, or a new one."""
        if self.search is not None and not request.restart:
            return self._continued(self.search, request, namespace)
        previous = self.search
        problem = self.problem.with_namespace(namespace).with_repeats(
            n_repeats_of(request, previous)
        )
        optimizer = request.optimizer
        if optimizer is None and previous is not None and not previous.strategy:
            optimizer = previous.optimizer
        if optimizer is not None:
            check_instance("optimizer", optimizer, AbstractOptimizer, "an Optimizer")
        bounds = request.parameters or self._given_bounds
        metric = self._given_metric if request.metric is None else request.metric
        known = None if self.storage is None else self.storage.next_fit()
        seed = known.problem.seed if known and request.seed is None else request.seed
        search = self._new_search(
            replace(request, optimizer=optimizer, metric=metric, parameters=bounds, seed=seed),
            problem,
        )
        search.start_optimizer(known.problem.rounds_foreseen if known else n_rounds)
        if self.storage is not None:
            self.storage.attach(search, known)
        if search.n_samples != self.n_samples:
            _logger.warning(
                "The optimizer takes %d samples per round, not the %d asked for.",
                search.n_samples,
                self.n_samples,
            )
        self._given_metric, self._given_bounds = metric, bounds
        self.search, self.n_samples, self.refinement = search, search.n_samples, ""
        return search

    def _new_search(self, request: FitRequest, problem: Problem) -> Search:
        parameters = read_parameters(
            problem.model,
            request.parameters,
            use_units=self.use_units,
            option_names=OPTION_NAMES,
        )
        if not parameters.space.names:
            raise InvalidValueError("There is nothing to fit: no parameter is free.")
        scoring = self._scoring(request, problem)
        columns = parameters.columns
        model = problem.model
        objective = build_objective(
            problem.task(),
            scoring.outputs(problem),
            engine=self.engine,
            columns=columns,
            penalty=scoring.penalty,
            memory_limit=self.memory_limit,
            keep_parts=isinstance(request.optimizer, SupportsPartErrors),
            racing=wants_races(request.optimizer),
        )
        optimizer, strategy = optimizer_for(request.optimizer, problem, parameters, objective)
        return Search(
            problem=problem,
            parameters=parameters,
            scoring=scoring,
            dimensions=scoring.dimensions(
                problem, {name: model.dimensions(name) for name in columns.names}
            ),
            objective=objective,
            optimizer=optimizer,
            strategy=strategy,
            executor=request.executor or SerialExecutor(),
            n_samples=check_positive_integer("n_samples", self.n_samples),
            seed=fresh_seed() if request.seed is None else _checked_seed(request.seed),
        )

    def _scoring(self, request: FitRequest, problem: Problem) -> Scoring:
        penalty = self.penalty if request.penalty is None else request.penalty
        return read_scoring(
            problem, metric=request.metric, weights=request.weights, penalty=penalty
        )

    def _continued(
        self, search: Search, request: FitRequest, namespace: Mapping[str, Any]
    ) -> Search:
        """Return the search after checking that the request does not contradict it."""
        changed = contradictions(
            search,
            request,
            n_samples=self.n_samples,
            given_metric=self._given_metric,
            use_units=self.use_units,
        )
        if changed:
            raise FitStateError(
                f"This fit goes on from the last one, so {' and '.join(changed)} cannot change. "
                "Start anew with fit(..., restart=True)."
            )
        if dict(search.problem.model.namespace) != dict(namespace):
            search.problem = search.problem.with_namespace(namespace)
            search.objective = self._rebuilt_objective(search)
        if request.executor is not None:
            search.executor = request.executor
        if self.storage is not None and not self.storage.is_attached_to(search):
            self.storage.attach(search, self.storage.next_fit())
        return search

    def _rebuilt_objective(self, search: Search) -> Any:
        return build_objective(
            search.problem.task(),
            search.scoring.outputs(search.problem),
            engine=self.engine,
            columns=search.parameters.columns,
            penalty=search.scoring.penalty,
            memory_limit=self.memory_limit,
            keep_parts=search.objective.keep_parts,
            racing=wants_races(search.optimizer),
        )

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
                {
                    "objective_errors": round_.raw_output_errors.tolist(),
                    "objective_errors_normalized": round_.output_errors.tolist(),
                    "best_objective_errors": self.objective_errors(normalized=False),
                    "output_var": names,
                    "validation_error": None
                    if self._held_out is None
                    else float(self._held_out.course().test[-1]),
                },
            )
            return answer is True

        return observe


def _checked_seed(seed: Any) -> int:
    return check_positive_integer("seed", seed, minimum=0)
