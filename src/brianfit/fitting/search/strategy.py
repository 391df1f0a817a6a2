"""Which optimizer searches when the user names none: a table of conditions, methods and reasons."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import final

from brianfit.engines import AbstractEngine
from brianfit.fitting.problem.problem import Problem
from brianfit.fitting.problem.task import FitTask
from brianfit.fitting.search.led_by_spikes import leading_squares
from brianfit.fitting.search.rounds import check_needs
from brianfit.fitting.search.search_state import Search
from brianfit.metrics import SupportsModelSpikes
from brianfit.model.random_models import draws_random_numbers
from brianfit.objective import Objective
from brianfit.optimizers import (
    AbstractOptimizer,
    CMAESOptimizer,
    GuidedCMAESOptimizer,
    LedCMAESOptimizer,
    MultiStartLeastSquares,
    Want,
)

_logger = logging.getLogger(__name__)

FEW_ROUNDS = 12
"""Local searches usually take 20 to 30 points; the first of many end after about so many rounds."""

LED_EVALUATIONS = 50
"""By parameter: with less, local searches that lead to a start leave nothing for the search."""

FEW_EVALUATIONS, USUAL_EVALUATIONS = 50, 200
"""Of CMA-ES, by parameter: with less than these it hardly begins to follow the error, and so many
it takes to solve the problems of the benchmark."""


@final
@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a choice depends on.

    Attributes
    ----------
    is_smooth
        Whether outputs change smoothly with the parameters: nothing jumps when a threshold is
        crossed, nothing is random, no parameter takes whole numbers only.
    is_least_squares
        Whether all metrics are means of squares.
    has_traces
        Whether all outputs are traces that can be compared by squares as well.
    is_led
        Whether the model can be given the recorded spikes, and the budget allows it.
    """

    is_smooth: bool
    is_least_squares: bool
    has_traces: bool
    is_led: bool = False


@final
@dataclass(frozen=True, kw_only=True)
class Choice:
    """A row of the table."""

    applies: Callable[[Facts], bool]
    make: Callable[[], AbstractOptimizer]
    method: str
    reason: str

    def __str__(self) -> str:
        return f"{self.method}, because {self.reason}"


TABLE = (
    Choice(
        applies=lambda facts: facts.is_smooth and facts.is_least_squares,
        make=MultiStartLeastSquares,
        method="least squares from many starts",
        reason="the outputs are smooth and compared by squares, so that derivatives lead the way",
    ),
    Choice(
        applies=lambda facts: facts.is_smooth and facts.has_traces,
        make=GuidedCMAESOptimizer,
        method="least squares on the traces, and CMA-ES from where it leads",
        reason="the metric has no derivatives, but the traces that it compares are smooth",
    ),
    Choice(
        applies=lambda facts: not facts.is_smooth and facts.is_led,
        make=LedCMAESOptimizer,
        method="least squares on the model given the recorded spikes, and CMA-ES from there",
        reason="spikes that reset the model make the error jump, but between given spikes it is "
        "smooth",
    ),
    Choice(
        applies=lambda facts: not facts.is_smooth,
        make=CMAESOptimizer,
        method="CMA-ES with restarts",
        reason="spikes that reset the model, events, noise or whole numbers make the error jump",
    ),
    Choice(
        applies=lambda facts: facts.is_smooth,
        make=CMAESOptimizer,
        method="CMA-ES with restarts",
        reason="the error has no derivatives to follow",
    ),
)
"""The first row that applies is chosen; `docs/explanation/which-optimizer.md` has the figures."""


def chosen(facts: Facts) -> Choice:
    """Return the row of the table for a problem."""
    return next(choice for choice in TABLE if choice.applies(facts))


def optimizer_for(
    named: AbstractOptimizer | None, task: FitTask, objective: Objective
) -> tuple[AbstractOptimizer, str]:
    """Return the optimizer that the user named, or the one to choose and why.

    Raises
    ------
    InvalidTypeError
        If an optimizer is named that needs derivatives which this error does not have.
    """
    if named is not None:
        check_needs(objective, named)
        return named, ""
    choice = chosen(facts_of(task, objective))
    _logger.info("The search is by %s.", choice)
    return choice.make(), str(choice)


def objective_for(
    named: AbstractOptimizer | None,
    task: FitTask,
    engine: AbstractEngine,
    memory_limit: int,
    *,
    n_evaluations: int,
) -> Objective:
    """Return the error as the optimizer that the user named, or the one to choose, wants it."""
    objective = task.objective(
        engine,
        memory_limit=memory_limit,
        keep_parts=named is not None and named.needs_parts,
        racing=named is not None and named.racing,
    )
    if not _may_be_led(named, task, n_evaluations):
        return objective
    return replace(objective, lead=leading_squares(task, objective))


def _may_be_led(named: AbstractOptimizer | None, task: FitTask, n_evaluations: int) -> bool:
    """Return whether giving the model the recorded spikes may help a search of so many samples."""
    space = task.parameters.space
    if not task.problem.is_reset or space.is_integer.any() or task.scoring.penalty is not None:
        return False
    if named is not None:
        return Want.SYNCHRONISED in named.wants and not task.problem.model.events
    if any(isinstance(one, SupportsModelSpikes) for one in task.scoring.metrics.values()):
        return False  # such a metric asks for intervals, not for the times of spikes
    is_enough = n_evaluations >= LED_EVALUATIONS * len(space.names)
    return is_enough and bool(task.problem.trace_names)


def strategy_words(search: Search) -> str:
    """Return what was chosen and why, and a warning if the budget was too small for it."""
    history, optimizer = search.history, search.optimizer
    if not search.strategy or not history.n_evaluations:
        return search.strategy
    if isinstance(optimizer, MultiStartLeastSquares):
        if optimizer.ends or history.n_rounds >= FEW_ROUNDS:
            return search.strategy
        words = f"no local search has come to its end in {_counted(history.n_rounds, 'round')}"
    else:
        n_parameters = len(search.task.parameters.space.names)
        if history.n_evaluations >= FEW_EVALUATIONS * n_parameters:
            return search.strategy
        done = _counted(history.n_evaluations, "evaluation")
        words = f"{done} of the {USUAL_EVALUATIONS * n_parameters} or so that it takes"
    return f"{search.strategy}; the budget is small, {words}"


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def facts_of(task: FitTask, objective: Objective) -> Facts:
    """Return what the choice of an optimizer depends on."""
    return Facts(
        is_smooth=_is_smooth(task.problem) and not task.parameters.space.is_integer.any(),
        is_least_squares=objective.is_least_squares,
        has_traces=bool(objective.squared_outputs),
        is_led=objective.lead is not None,
    )


def _is_smooth(problem: Problem) -> bool:
    stops = problem.is_reset or _heeds_refractoriness(problem)
    return not (stops or problem.model.events or draws_random_numbers(problem.model))


def _heeds_refractoriness(problem: Problem) -> bool:
    """Return whether refractoriness changes more than which spikes count."""
    equations = problem.model.equations
    stops = any("unless refractory" in equation.flags for equation in equations.values())
    return stops or "not_refractory" in equations.identifiers
