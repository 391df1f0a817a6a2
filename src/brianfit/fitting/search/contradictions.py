"""Whether a further call of `fit` contradicts the search that it goes on with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brianfit._foundation.arguments import check_instance, check_positive_integer
from brianfit.fitting.problem.fit_arguments import OPTION_NAMES, FitRequest
from brianfit.fitting.problem.metrics_by_output import read_scoring
from brianfit.fitting.problem.parameters import read_parameters
from brianfit.fitting.search.search_state import Search
from brianfit.optimizers import AbstractOptimizer


def contradictions(
    search: Search, request: FitRequest, *, n_samples: int, given_metric: Any, use_units: bool
) -> list[str]:
    """Return, in words, what `request` would change in a search under way.

    Parameters
    ----------
    n_samples
        Samples per round that are wanted now.
    given_metric
        The metric as the user gave it when the search began.
    use_units
        Whether bounds carry units.
    """
    is_new = {
        "the optimizer": _is_new_optimizer(search, request),
        "the metric": request.metric is not None and not _are_same(request.metric, given_metric),
        "n_samples": n_samples != search.n_samples,
        "n_repeats": n_repeats_of(request, search) != search.problem.repeats,
        "the seed": request.seed not in {None, search.seed},
        "the penalty": request.penalty not in {None, search.scoring.penalty},
        "the weights": request.weights is not None and _are_new_weights(search, request.weights),
        "the bounds": bool(request.parameters)
        and not _are_same_bounds(search, request, use_units=use_units),
    }
    return [name for name, is_changed in is_new.items() if is_changed]


def n_repeats_of(request: FitRequest, search: Search | None) -> int:
    """Return how often every trace is to be simulated, where None was given as before."""
    if request.n_repeats is None:
        return 1 if search is None else search.problem.repeats
    return check_positive_integer("n_repeats", request.n_repeats)


def _is_new_optimizer(search: Search, request: FitRequest) -> bool:
    if request.optimizer is None or request.optimizer is search.optimizer:
        return False
    check_instance("optimizer", request.optimizer, AbstractOptimizer, "an Optimizer")
    return True


def _are_same(metric: Any, given: Any) -> bool:
    if isinstance(metric, Mapping) and isinstance(given, Mapping):
        return set(metric) == set(given) and all(metric[k] is given[k] for k in metric)
    if isinstance(metric, list | tuple) and isinstance(given, list | tuple):
        return len(metric) == len(given) and all(a is b for a, b in zip(metric, given, strict=True))
    return metric is given


def _are_new_weights(search: Search, weights: Mapping[str, Any]) -> bool:
    now = search.scoring
    wanted = read_scoring(
        search.problem, metric=dict(now.metrics), weights=weights, penalty=now.penalty
    )
    return wanted.weights != now.weights


def _are_same_bounds(search: Search, request: FitRequest, *, use_units: bool) -> bool:
    wanted = read_parameters(
        search.problem.model, request.parameters, use_units=use_units, option_names=OPTION_NAMES
    )
    now = search.parameters
    return (
        wanted.space.names == now.space.names
        and bool((wanted.space.low == now.space.low).all())
        and bool((wanted.space.high == now.space.high).all())
        and bool((wanted.space.is_log == now.space.is_log).all())
        and wanted.columns.fixed == now.columns.fixed
        and _ties(wanted.given) == _ties(now.given)
    )


def _ties(given: Mapping[str, Any]) -> dict[str, str | None]:
    return {name: parameter.tied for name, parameter in given.items()}
