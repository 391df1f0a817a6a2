"""Whether a fit is good, and if not, what is wrong with it: in words, with what to do next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, final, runtime_checkable

import numpy as np

from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.units import Dimension, readable, unit_name
from brianfit.results.diagnostics import Diagnostics
from brianfit.results.prediction import Prediction
from brianfit.results.problem_record import ProblemRecord
from brianfit.results.sweep_figures import SweepFigures, sweep_figures
from brianfit.results.tables import Dimensions

VOLT = "V"

COUNT_OFF, FEW_SPIKES = 0.2, 3.0
"""A count may be off by this part of it, or by so many spikes."""

RUNAWAY = 2.0
"""A model that fires so many times as often as the cell fires without end."""

TROUGH_OFF, PHASE_OFF = 5e-3, 4e-3
"""Voltages after and between spikes may be off by this [V]."""

EXPLAINED = 0.5
"""So much of the variance, spikes left out, a model must explain."""

MANY_NOISES, NEARLY_ALL = 10.0, 0.95
"""A residual of so many times the noise is too large, unless this part of the variance is
explained."""

COMPARED = 0.5
"""So much of a recording must have been compared."""

NEAR_BOUND = 0.02
"""A parameter is near a bound if no more than this part of its range is left."""

UNSEEN = 0.6
"""A parameter is not seen by the error if samples near the best spread over this part of its
range."""


@runtime_checkable
class Judged(Protocol):
    """What a verdict reads of a `FitResult`, where all of it is explained."""

    @property
    def best_values(self) -> Mapping[str, float]: ...

    @property
    def output_errors(self) -> Mapping[str, float]: ...

    @property
    def bounds(self) -> Mapping[str, tuple[float, float]]: ...

    @property
    def at_bound(self) -> Mapping[str, str]: ...

    @property
    def settings(self) -> Mapping[str, str]: ...

    @property
    def dimensions(self) -> Dimensions: ...

    @property
    def problem(self) -> ProblemRecord | None: ...

    def diagnostics(self) -> Diagnostics: ...


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a fit is good, judged on the sweeps as they were recorded.

    Attributes
    ----------
    is_good
        Whether there are no problems.
    problems
        What makes the fit one not to be used, and what to do next; in sentences.
    notes
        What should be known besides: parameters at their bounds, or that nothing determines.
    sweeps
        The figures on which it rests, by variable and sweep.
    """

    problems: tuple[str, ...]
    notes: tuple[str, ...]
    sweeps: dict[str, tuple[SweepFigures, ...]]

    @property
    def is_good(self) -> bool:
        """Whether there are no problems."""
        return not self.problems

    @property
    def figures(self) -> dict[str, float]:
        """The figures over all sweeps, fitted and held out; SI numbers, nan where unknown."""
        found: dict[str, float] = {}
        for variable, rows in self.sweeps.items():
            for role, is_held_out in (("fitted", False), ("held out", True)):
                chosen = [row for row in rows if row.is_held_out == is_held_out]
                if chosen:
                    found.update(_summed(f"{variable}, {role}", chosen))
        return found

    def __str__(self) -> str:
        head = "The fit is good." if self.is_good else "THE FIT IS NOT GOOD:"
        return "\n".join([head, *(f"- {text}" for text in (*self.problems, *self.notes))])


def verdict_on(result: Judged, prediction: Prediction | None) -> Verdict:
    """Return the verdict on a fit.

    Parameters
    ----------
    prediction
        What the best sample yields, on the sweeps as they were recorded; None if it cannot be
        simulated.
    """
    if not result.best_values:
        problem = "No sample could be scored. Check units and bounds, or give a start that runs."
        return Verdict(problems=(problem,), notes=(), sweeps={})
    sweeps, problems = {}, []
    for variable, dimensions in _variables(prediction).items():
        rows = _rows(prediction, variable, dimensions)
        sweeps[variable or "spikes"] = rows
        problems += list(_problems_of_spikes(rows))
        if variable is not None:
            problems += list(_problems_of_trace(variable, dimensions, rows))
    problems += list(_problems_of_comparison(result))
    notes = [*_near_bounds(result), *_unseen(result), *_disagreeing(result)]
    return Verdict(problems=tuple(dict.fromkeys(problems)), notes=tuple(notes), sweeps=sweeps)


def _variables(prediction: Prediction | None) -> dict[str | None, Dimension | None]:
    """Return the variables that were recorded and simulated; None stands for spikes alone."""
    if prediction is None:
        return {}
    names = [name for name in prediction.recordings.trace_names if name in prediction.traces]
    found: dict[str | None, Dimension | None] = {
        name: prediction.recordings.dimensions[name] for name in names
    }
    return found or {None: None}


def _rows(
    prediction: Prediction | None, variable: str | None, dimensions: Dimension | None
) -> tuple[SweepFigures, ...]:
    if prediction is None:
        return ()
    is_volt = dimensions is not None and unit_name(dimensions) == VOLT
    numbers = range(len(prediction.recordings))
    return tuple(sweep_figures(prediction, k, variable, is_volt=is_volt) for k in numbers)


def _problems_of_spikes(rows: Sequence[SweepFigures]) -> Iterator[str]:
    known = [row for row in rows if np.isfinite(row.n_recorded + row.n_model)]
    firing = [row for row in known if row.n_recorded >= 1]
    silent = [row for row in firing if row.n_model == 0]
    runaway = [row for row in known if row.n_model > RUNAWAY * row.n_recorded + FEW_SPIKES]
    if silent:
        yield (
            f"The model is silent on {len(silent)} of {len(firing)} sweeps on which the cell fires "
            f"({_named(silent)}): search longer, or within `parameters_near(model, "
            "estimate_cell(recordings))`; a mean squared error of spikes draws to silence."
        )
    if runaway:
        yield (
            f"The model fires far too often on {len(runaway)} of {len(known)} sweeps "
            f"({_named(runaway)}): compare the voltage between the recorded spikes as well, or "
            "bound reset and refractory time by what is recorded."
        )
    others = [row for row in firing if row not in silent and row not in runaway]
    off = [
        row
        for row in others
        if abs(row.n_model - row.n_recorded) > max(FEW_SPIKES, COUNT_OFF * row.n_recorded)
    ]
    if off:
        yield (
            f"The number of spikes is off by more than {100 * COUNT_OFF:.0f} % on {len(off)} of "
            f"{len(firing)} sweeps ({_named(off)}): search longer, or take a model with more "
            "adaptation."
        )


def _problems_of_trace(
    variable: str, dimensions: Dimension | None, rows: Sequence[SweepFigures]
) -> Iterator[str]:
    if dimensions is not None and unit_name(dimensions) == VOLT:
        yield from _problems_between_spikes(variable, rows)
    explained = _explained(rows)
    noises = _median([row.rms / row.noise for row in rows if row.noise > 0])
    fires = any(row.n_recorded >= 1 for row in rows)
    rms = readable(_median([row.rms for row in rows]), dimensions)
    if explained < EXPLAINED:
        yield (
            f"'{variable}' is {rms} (RMS) from the recording outside of spikes, which explains "
            f"{max(0.0, 100 * explained):.0f} % of its variance: a constant does nearly as well."
        )
    elif not fires and noises > MANY_NOISES and explained < NEARLY_ALL:
        yield (
            f"'{variable}' is {rms} (RMS) from the recording, {noises:.0f} times its noise: the "
            "search has not come to its end, or the model lacks something."
        )


def _problems_between_spikes(variable: str, rows: Sequence[SweepFigures]) -> Iterator[str]:
    deep = [row for row in rows if abs(row.troughs[1] - row.troughs[0]) > TROUGH_OFF]
    if deep:
        worst = max(deep, key=lambda row: abs(row.troughs[1] - row.troughs[0]))
        recorded, model = (f"{1e3 * value:.1f}" for value in worst.troughs)
        yield (
            f"The troughs between spikes are off by more than {1e3 * TROUGH_OFF:.0f} mV on "
            f"{len(deep)} of {len(rows)} sweeps (recorded {recorded} mV, in the model {model} mV "
            f"on {worst.label}): compare '{variable}' between spikes, as StepResponse and "
            "SubthresholdMSE do, and let V_r reach the recorded troughs."
        )
        return
    off = [row for row in rows if row.phase_rms > PHASE_OFF]
    if off:
        yield (
            f"The course of '{variable}' between spikes is off by more than "
            f"{1e3 * PHASE_OFF:.0f} mV on {len(off)} of {len(rows)} sweeps ({_named(off)})."
        )


def _problems_of_comparison(result: Judged) -> Iterator[str]:
    if result.problem is None:
        return
    recordings = result.problem.recordings
    for name in recordings.trace_names:
        if name not in result.output_errors:
            continue
        measured = sum(np.isfinite(sweep.traces[name]).sum() for sweep in recordings)
        steps = sum(sweep.traces[name].size for sweep in recordings)
        if measured < COMPARED * steps:
            yield (
                f"Only {100 * measured / steps:.0f} % of '{name}' was compared, the rest of it is "
                "not in the recording that was fitted: what happens there, such as reset and "
                "after-hyperpolarisation, is not known. Compare the whole sweep, for example by "
                "StepResponse."
            )


def _near_bounds(result: Judged) -> Iterator[str]:
    logarithmic = result.settings.get("logarithmic parameters", "").split(", ")
    for name, (low, high) in result.bounds.items():
        scale: Callable[[float], float] = np.log if name in logarithmic else float
        place = (scale(result.best_values[name]) - scale(low)) / (scale(high) - scale(low))
        if NEAR_BOUND < place < 1 - NEAR_BOUND and name not in result.at_bound:
            continue
        side = result.at_bound.get(name, "lower" if place < 0.5 else "upper")
        bound = low if side == "lower" else high
        yield (
            f"'{name}' ended at or near its {side} bound, "
            f"{readable(bound, result.dimensions.parameters[name])}: widen it if a cell can have "
            "such a value."
        )


def _unseen(result: Judged) -> Iterator[str]:
    for name, spread in result.diagnostics().spread.items():
        if spread >= UNSEEN:
            yield (
                f"The error hardly sees '{name}': good samples spread over {100 * spread:.0f} % of "
                "its range. Fix it, or compare what depends on it."
            )


def _disagreeing(result: Judged) -> Iterator[str]:
    clusters = result.diagnostics().clusters
    n_searches = sum(len(cluster.searches) for cluster in clusters)
    if n_searches >= 4 and len(clusters[0].searches) == 1:
        yield (
            f"Of {n_searches} local searches only one came to the best place: others may be better "
            "still. Search longer, or with other seeds."
        )


def _named(rows: Sequence[SweepFigures]) -> str:
    shown = [
        f"{row.label or 'sweep'}: {row.n_recorded:g} recorded, {row.n_model:g} in the model"
        for row in rows[:3]
    ]
    return "; ".join(shown) + ("; ..." if len(rows) > 3 else "")


def _explained(rows: Sequence[SweepFigures]) -> float:
    """Return the explained part of the variance over all sweeps; nan if it cannot be said."""
    known = [row for row in rows if np.isfinite(row.rms + row.spread)]
    total = sum(row.spread**2 for row in known)
    return 1.0 - sum(row.rms**2 for row in known) / total if total > 0 else float("nan")


def _summed(name: str, rows: Sequence[SweepFigures]) -> dict[str, float]:
    differences = [abs(row.troughs[1] - row.troughs[0]) for row in rows]
    return {
        f"{name}: spikes recorded": float(sum(row.n_recorded for row in rows)),
        f"{name}: spikes in the model": float(sum(row.n_model for row in rows)),
        f"{name}: RMS outside of spikes": _median([row.rms for row in rows]),
        f"{name}: RMS by phase between spikes": _median([row.phase_rms for row in rows]),
        f"{name}: troughs off, worst sweep": max(
            (each for each in differences if np.isfinite(each)), default=float("nan")
        ),
        f"{name}: explained variance": _explained(rows),
        f"{name}: RMS over noise": _median([row.rms / row.noise for row in rows if row.noise > 0]),
        f"{name}: part of the sweeps that was recorded": _median([row.compared for row in rows]),
    }


def _median(values: Sequence[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return float(np.median(known)) if known else float("nan")


__all__ = ["Verdict", "verdict_on"]
