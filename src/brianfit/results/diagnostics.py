"""What a fit says about itself: how it went, and which parameters its samples determine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Bool, Float
from brianfit.results.history import History

NEAR_ERROR = 0.05
"""Samples whose error exceeds the lowest by no more than this fraction are near the best."""

NEAR_SHARE = 1e-3
"""... or by this fraction of what a middling sample has more; for errors that vanish."""

FEWEST = 10
"""Fewer near-best samples say nothing about what is determined."""

WIDE = 0.3
"""A parameter is called undetermined if near-best samples spread over this part of its bounds."""

CORRELATED = 0.95
"""Parameters are called exchangeable from this correlation of the near-best samples on."""

SAME_ERROR = 0.01
"""Local searches whose errors differ by less than this fraction ended equally low."""

SAME_PLACE = 0.02
"""Ends that differ by no more than this, in fractions of the bounds, are the same place."""


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class LocalSearch:
    """A local search that ended.

    Attributes
    ----------
    start, end
        Where it began, and its best point [SI].
    error
        At the end, as minimised.
    n_points
        Points with derivatives that it took.
    reason
        Why it ended.
    """

    start: Float[np.ndarray, " n_parameters"]
    end: Float[np.ndarray, " n_parameters"]
    error: float
    n_points: int
    reason: str


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Local searches that ended equally low at the same place.

    Attributes
    ----------
    searches
        From the lowest error up.
    """

    searches: tuple[LocalSearch, ...]

    @property
    def error(self) -> float:
        """The lowest error."""
        return self.searches[0].error


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class Diagnostics:
    """How a search went, and what its samples say about the parameters.

    Attributes
    ----------
    best_per_round
        The lowest error up to and including each round.
    n_restarts
        How often the search began anew elsewhere.
    clusters
        Ends of local searches, the lowest cluster first: the steps of a waterfall plot.
    at_bound
        As in `FitResult`.
    near_best
        Values of the samples near the best [SI].
    spread
        By parameter, over which part of its bounds nine tenths of them spread; nan if they are
        fewer than `FEWEST`.
    correlation
        Between the parameters, in the scale of the search; nan likewise.
    warnings
        What a user should know, in sentences.
    """

    best_per_round: Float[np.ndarray, " n_rounds"]
    n_restarts: int
    clusters: tuple[Cluster, ...]
    at_bound: dict[str, str]
    near_best: Float[np.ndarray, "n_near n_parameters"]
    spread: dict[str, float]
    correlation: Float[np.ndarray, "n_parameters n_parameters"]
    warnings: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(self.warnings) if self.warnings else "Nothing unusual."


@final
@dataclass(frozen=True, kw_only=True)
class SearchedBox:
    """The box that was searched.

    Attributes
    ----------
    bounds
        By parameter, in the order of the columns of the samples [SI].
    logarithmic
        Parameters that were spread logarithmically.
    """

    bounds: Mapping[str, tuple[float, float]]
    logarithmic: frozenset[str]

    def coordinates(
        self, values: Float[np.ndarray, "n_samples n_parameters"]
    ) -> Float[np.ndarray, "n_samples n_parameters"]:
        """Return values as fractions of their bounds, in the scale of the search."""
        columns = np.empty_like(values)
        for k, (name, limits) in enumerate(self.bounds.items()):
            spread = np.log if name in self.logarithmic else np.asarray
            low, high = spread(limits)
            columns[:, k] = (spread(values[:, k]) - low) / (high - low)
        return columns


def diagnose(
    history: History,
    box: SearchedBox,
    *,
    at_bound: Mapping[str, str],
    n_restarts: int,
    local_searches: Sequence[LocalSearch],
) -> Diagnostics:
    """Return the diagnostics of a search; the arguments are explained in `FitResult`."""
    names, errors = history.parameter_names, history.errors
    near = history.values[_is_near_best(errors) & ~history.is_bound]
    spread, correlation = _spread_and_correlation(box.coordinates(near))
    found = _warnings(names, spread, correlation) if len(near) >= FEWEST else []
    found += [
        f"'{name}' ended at its {side} bound: the best value may lie beyond."
        for name, side in at_bound.items()
    ]
    return Diagnostics(
        best_per_round=history.best_per_round,
        n_restarts=n_restarts,
        clusters=_clusters(local_searches, box),
        at_bound=dict(at_bound),
        near_best=near,
        spread=dict(zip(names, spread.tolist(), strict=True)),
        correlation=correlation,
        warnings=tuple(found),
    )


def _is_near_best(errors: Float[np.ndarray, " n"]) -> Bool[np.ndarray, " n"]:
    finite = errors[np.isfinite(errors)]
    if finite.size == 0:
        return np.zeros(errors.shape, dtype=bool)
    lowest = float(finite.min())
    middling = float(np.median(finite)) - lowest
    return errors <= lowest + max(NEAR_ERROR * abs(lowest), NEAR_SHARE * middling)


def _spread_and_correlation(
    coordinates: Float[np.ndarray, "n_samples n_parameters"],
) -> tuple[Float[np.ndarray, " n_parameters"], Float[np.ndarray, "n_parameters n_parameters"]]:
    n_samples, n_parameters = coordinates.shape
    if n_samples < FEWEST:
        return np.full(n_parameters, np.nan), np.full((n_parameters, n_parameters), np.nan)
    low, high = np.quantile(coordinates, [0.05, 0.95], axis=0)
    centred = coordinates - coordinates.mean(axis=0)
    covariance = centred.T @ centred
    deviations = np.sqrt(np.maximum(covariance.diagonal(), np.finfo(float).tiny))
    return high - low, covariance / np.outer(deviations, deviations)


def _warnings(
    names: Sequence[str],
    spread: Float[np.ndarray, " n_parameters"],
    correlation: Float[np.ndarray, "n_parameters n_parameters"],
) -> list[str]:
    """Say which parameters samples of nearly the same error disagree about."""
    wide = [k for k in range(len(names)) if spread[k] >= WIDE]
    found = [
        f"'{names[k]}' is hardly determined: samples with nearly the lowest error spread over "
        f"{100 * spread[k]:.0f} % of its bounds."
        for k in wide
    ]
    found += [
        f"'{names[i]}' and '{names[j]}' can stand in for each other: over these samples they are "
        f"correlated by {correlation[i, j]:.2f}."
        for i in range(len(names))
        for j in range(i + 1, len(names))
        if abs(correlation[i, j]) >= CORRELATED and {i, j} & set(wide)
    ]
    return found


def _clusters(searches: Sequence[LocalSearch], box: SearchedBox) -> tuple[Cluster, ...]:
    """Return local searches grouped by error and place, the lowest first."""
    groups: list[list[LocalSearch]] = []
    for search in sorted(searches, key=lambda search: search.error):
        if not np.isfinite(search.error):
            continue
        for group in groups:
            if _is_same_end(box, group[0], search):
                group.append(search)
                break
        else:
            groups.append([search])
    return tuple(Cluster(searches=tuple(group)) for group in groups)


def _is_same_end(box: SearchedBox, one: LocalSearch, other: LocalSearch) -> bool:
    if other.error - one.error > SAME_ERROR * abs(one.error):
        return False
    ends = box.coordinates(np.stack([one.end, other.end]))
    return bool(np.abs(ends[0] - ends[1]).max() <= SAME_PLACE)
