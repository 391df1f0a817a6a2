"""How reproducible a cell is, by the measure that scores the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_instance, check_positive_integer, checked
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.random import generator_for
from brianfit._foundation.shapes import Float
from brianfit._foundation.spike_trains import spike_trains_from_nested
from brianfit._foundation.types import TimeLike
from brianfit._foundation.units import duration_si
from brianfit.data import RecordingSet, equal_stimuli
from brianfit.metrics import (
    AbstractMetric,
    AbstractSpikeMetric,
    AbstractTraceMetric,
    SupportsDurations,
    SupportsSimilarity,
    SupportsTraceSelection,
    is_of_sets,
)

_Among = Callable[[Sequence[int]], float]


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class Reliability:
    """The error that a cell makes in reproducing its own response.

    Attributes
    ----------
    error
        Mean error of one repeat against the others of the same stimulus, in the unit of the
        metric.
    standard_error
        Of it, by bootstrap over the repeats.
    stimulus_errors
        The error for every stimulus that was repeated.
    n_repeats
        How often each of these was repeated.
    is_similarity
        Whether one minus the error is a similarity: 1 for the same response, 0 for chance.
    """

    error: float
    standard_error: float
    stimulus_errors: tuple[float, ...]
    n_repeats: tuple[int, ...]
    is_similarity: bool

    @property
    def similarity(self) -> float:
        """One minus the error, the reliability R that scores such as Gamma are divided by.

        Raises
        ------
        InvalidValueError
            If the metric is no similarity.
        """
        if not self.is_similarity:
            raise InvalidValueError(
                "The reliability by this metric is an error, not a similarity: use `error`."
            )
        return 1.0 - self.error

    def relative(self, error: float) -> float:
        """Return the score of a model relative to the reliability.

        Parameters
        ----------
        error
            The error of the model by the same metric; of a `GammaFactor` without rate correction.

        Returns
        -------
        float
            For a similarity, ``(1 - error) / R``: 1 where the model predicts a response as well as
            another response does, 0 for chance. For any other metric ``error / self.error``: 1
            there as well, but above 1 for worse models.
        """
        if self.is_similarity:
            return (1.0 - error) / self.similarity
        return error / self.error

    def __str__(self) -> str:
        value, name = (self.similarity, "R =") if self.is_similarity else (self.error, "error")
        repeats = ", ".join(str(n) for n in self.n_repeats)
        return f"Reliability {name} {value:.3g} +- {self.standard_error:.2g} ({repeats} repeats)"


@checked
def reliability(
    recordings: RecordingSet,
    metric: AbstractMetric,
    *,
    output: str | None = None,
    dt: TimeLike | None = None,
    n_bootstrap: int = 500,
    seed: int = 0,
) -> Reliability:
    """Return how well the responses to a repeated stimulus predict one another.

    Every repeat in turn takes the place of the model. A metric of pairs compares it with each of
    the other repeats; a metric of sets, such as `MDStar`, with the set of all others. The error is
    the mean over repeats and stimuli; stimuli that were not repeated do not contribute. Sweeps with
    equal inputs are repeats of one stimulus, and so are several spike trains of one sweep.

    Of a `GammaFactor` the rate correction is left out, so that one minus the error is Gamma.

    Parameters
    ----------
    metric
        A metric of spikes or of traces.
    output
        The name of the trace that a metric of traces compares; needed where there are several.
    dt
        Step to which spike times are rounded [s]; the sampling step of the recording unless told.
    n_bootstrap
        How often the repeats are drawn anew, with replacement, for the standard error; a repeat is
        never compared with its own copy.
    seed
        Of these draws.

    Raises
    ------
    InvalidValueError
        If no stimulus was repeated.
    """
    check_instance("metric", metric, AbstractMetric, "a Metric")
    draws = check_positive_integer("n_bootstrap", n_bootstrap, minimum=2)
    step = recordings.recordings[0].dt if dt is None else duration_si("dt", dt)
    measure = _prepared(metric, recordings)
    groups = _repeats_by_stimulus(recordings, measure, output)
    compared = [_comparison(measure, group, step) for group in groups]
    sizes = [len(group.repeats) for group in groups]
    errors = [among(range(size)) for among, size in zip(compared, sizes, strict=True)]
    generator = generator_for(check_positive_integer("seed", seed, minimum=0), "reliability")
    weights = None if is_of_sets(measure) else sizes
    drawn = [
        np.average(
            [
                among(generator.integers(size, size=size).tolist())
                for among, size in zip(compared, sizes, strict=True)
            ],
            weights=weights,
        )
        for _ in range(draws)
    ]
    return Reliability(
        error=float(np.average(errors, weights=weights)),
        standard_error=float(np.nanstd(drawn, ddof=1)),
        stimulus_errors=tuple(errors),
        n_repeats=tuple(sizes),
        is_similarity=isinstance(measure, SupportsSimilarity),
    )


@final
@dataclass(frozen=True, kw_only=True)
class _Group:
    """The responses to one stimulus, and the number of the sweep that stands for it."""

    trace: int
    repeats: list[Float[np.ndarray, " _"]]


def _prepared(metric: AbstractMetric, recordings: RecordingSet) -> Any:
    measure: Any = metric.similarity() if isinstance(metric, SupportsSimilarity) else metric
    if isinstance(measure, SupportsDurations):
        measure = measure.with_durations(recordings.durations)
    return measure


def _repeats_by_stimulus(recordings: RecordingSet, metric: Any, output: str | None) -> list[_Group]:
    responses = _responses(recordings, metric, output)
    groups = [
        _Group(trace=sweeps[0], repeats=[train for k in sweeps for train in responses[k]])
        for sweeps in equal_stimuli(recordings)
    ]
    repeated = [group for group in groups if len(group.repeats) > 1]
    if not repeated:
        raise InvalidValueError(
            "No stimulus was recorded more than once, so the reliability is not known. Give the "
            "repeats as several spike trains of one sweep, or as sweeps with equal inputs."
        )
    return repeated


def _responses(
    recordings: RecordingSet, metric: Any, output: str | None
) -> list[list[Float[np.ndarray, " _"]]]:
    if isinstance(metric, AbstractSpikeMetric):
        if not recordings.has_spikes:
            raise InvalidValueError("The spike times of the recordings are not known.")
        return [list(recording.spike_trains) for recording in recordings]
    names = recordings.trace_names
    if output is None and len(names) == 1:
        output = names[0]
    if output not in names:
        raise InvalidValueError(
            f"`output` must name the trace to be compared, one of {', '.join(names) or 'none'}, "
            f"but is {output!r}."
        )
    return [[recording.traces[output]] for recording in recordings]


def _comparison(metric: Any, group: _Group, dt: float) -> _Among:
    """Return a function from numbers of repeats, which may recur, to their mean error."""
    if isinstance(metric, SupportsTraceSelection):
        metric = metric.select_traces([group.trace])
    if is_of_sets(metric):
        return _comparison_of_sets(metric, group.repeats, dt)
    errors = np.stack([_errors_against(metric, group.repeats, one, dt) for one in group.repeats])

    def among(chosen: Sequence[int]) -> float:
        numbers = np.array(chosen)
        differ = numbers[:, np.newaxis] != numbers
        if not differ.any():
            return float("nan")
        return float(errors[np.ix_(numbers, numbers)][differ].mean())

    return among


def _comparison_of_sets(metric: Any, repeats: Sequence[np.ndarray], dt: float) -> _Among:
    def error_against(one: int, others: Sequence[int]) -> float:
        model = spike_trains_from_nested([[repeats[one]]], n_traces=1)
        features = metric.features_of_trains(model, [[repeats[k] for k in others]], dt)
        return float(metric.errors_of(features)[0])

    def among(chosen: Sequence[int]) -> float:
        sets = [(one, [other for other in chosen if other != one]) for one in chosen]
        errors = [error_against(one, others) for one, others in sets if others]
        return float(np.mean(errors)) if errors else float("nan")

    return among


def _errors_against(
    metric: Any, repeats: Sequence[np.ndarray], one: np.ndarray, dt: float
) -> Float[np.ndarray, " n_repeats"]:
    """Return the error of every repeat in the place of the model, against one of them."""
    if isinstance(metric, AbstractTraceMetric):
        errors = metric.calc(np.stack(repeats)[:, np.newaxis], one[np.newaxis], dt)
    else:
        errors = metric.calc([[repeat] for repeat in repeats], [one], dt)
    return np.asarray(errors, dtype=np.float64)
