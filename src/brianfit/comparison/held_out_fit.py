"""One fit of a comparison: a model, a part of the recordings held out, a seed."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np
from brian2 import second

from brianfit._foundation.random import integer_for
from brianfit.analysis.explained_variance import explained_rate
from brianfit.comparison.contenders import Contender
from brianfit.comparison.usual_metrics import SPIKES, voltage_of
from brianfit.data import RecordingSet, merge_repeats
from brianfit.fitting import Fitter, SpikeFitter, TraceFitter, predict
from brianfit.metrics import AbstractMetric
from brianfit.optimizers import AbstractOptimizer
from brianfit.results import FitResult, Prediction
from brianfit.results.sweep_figures import sweep_figures


@final
@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How every model is fitted and scored.

    Attributes
    ----------
    dt
        Step of the simulation [s].
    """

    metrics: Mapping[str, AbstractMetric]
    dt: float
    n_rounds: int
    n_samples: int
    optimizer: AbstractOptimizer | None = None
    namespace: Mapping[str, Any] | None = None

    @property
    def only_spikes(self) -> bool:
        """Whether traces are not compared, so that repeats of a stimulus are one sweep."""
        return tuple(self.metrics) == (SPIKES,)


@final
@dataclass(frozen=True, kw_only=True)
class Piece:
    """A fit that is to be done.

    Attributes
    ----------
    cell
        Name of the cell; empty if there is only one.
    train, test
        What is fitted and what is held out.
    store
        Where its rounds are kept.
    """

    cell: str
    contender: Contender
    fold: int
    seed: int
    train: RecordingSet
    test: RecordingSet
    recipe: Recipe
    store: Path | None


@final
@dataclass(frozen=True, kw_only=True)
class HeldOutFit:
    """What came of a fit.

    Attributes
    ----------
    fitted, held_out
        Its error on what was fitted, and on what was held out; inf where it could not be scored.
    explained_rate
        How much of the variance of the held-out rate is explained; nan where no spikes are known.
    voltage_squares
        Sum over the held-out sweeps of the squared deviation between spikes, and of the variance.
    problems
        What the verdict finds wrong with the fit.
    seconds
        Of the search.
    """

    fitted: float
    held_out: float
    explained_rate: float
    voltage_squares: tuple[float, float]
    n_parameters: int
    problems: tuple[str, ...]
    seconds: float
    values: Mapping[str, float]


def words_of_piece(piece: Piece, outcome: HeldOutFit | str) -> str:
    """Return what is told of a fit when it is done."""
    parts = [piece.cell, piece.contender.name, f"part {piece.fold} held out", f"seed {piece.seed}"]
    name = ", ".join(part for part in parts if part)
    if isinstance(outcome, str):
        return f"{name} failed: {outcome.partition(chr(10))[0]}"
    return f"{name}: held-out error {outcome.held_out:.4g}, fitted {outcome.fitted:.4g}"


def fit_and_score(piece: Piece) -> HeldOutFit:
    """Fit the model to one part of the recordings and score what was held out.

    Every model searches with random numbers of its own, so that two models never share their luck.
    """
    recipe, contender = piece.recipe, piece.contender
    bounds = contender.parameters_for(piece.train)
    train, test = (_compared(part, recipe) for part in (piece.train, piece.test))
    fitter = _fitter(contender, train, recipe)
    constants = fitter.external_constants(*bounds.values())
    fitter.fit(
        copy.deepcopy(recipe.optimizer),
        dict(recipe.metrics),
        n_rounds=recipe.n_rounds,
        callback=None,
        params=bounds,
        seed=integer_for(piece.seed, f"comparison {contender.name} {piece.fold} {piece.cell}"),
        namespace=constants,
        store=piece.store,
    )
    result = fitter.result
    if not result.best_values:
        return _unscored(result)
    held_out = fitter.evaluate(test, namespace=constants).error
    prediction = predict(result, piece.test)
    verdict = result.verdict
    return HeldOutFit(
        fitted=result.error,
        held_out=held_out,
        explained_rate=_rate(prediction),
        voltage_squares=_voltage(prediction, recipe),
        n_parameters=len(result.bounds),
        problems=() if verdict is None else verdict.problems,
        seconds=result.history.seconds,
        values=dict(result.best_values),
    )


def _compared(recordings: RecordingSet, recipe: Recipe) -> RecordingSet:
    return merge_repeats(recordings) if recipe.only_spikes else recordings


def _fitter(contender: Contender, recordings: RecordingSet, recipe: Recipe) -> Any:
    outputs = list(recipe.metrics)
    kind: Any = Fitter
    if SPIKES not in outputs:
        kind = TraceFitter
    elif recipe.only_spikes:
        kind = SpikeFitter
    return kind(
        contender.model,
        recordings,
        None if kind is SpikeFitter else outputs,
        dt=recipe.dt * second,
        n_samples=recipe.n_samples,
        namespace=recipe.namespace,
    )


def _unscored(result: FitResult) -> HeldOutFit:
    return HeldOutFit(
        fitted=float("inf"),
        held_out=float("inf"),
        explained_rate=float("nan"),
        voltage_squares=(float("nan"), float("nan")),
        n_parameters=len(result.bounds),
        problems=("No sample could be scored. Check units and bounds.",),
        seconds=result.history.seconds,
        values={},
    )


def _rate(prediction: Prediction) -> float:
    if prediction.spikes is None:
        return float("nan")
    found = [
        explained_rate(spikes, sweep.spike_trains, sweep.duration)
        for spikes, sweep in zip(prediction.spikes, prediction.recordings, strict=True)
        if sweep.spike_trains
    ]
    known = [value for value in found if np.isfinite(value)]
    return float(np.mean(known)) if known else float("nan")


def _voltage(prediction: Prediction, recipe: Recipe) -> tuple[float, float]:
    trace = voltage_of(prediction.recordings)
    if trace not in recipe.metrics or trace not in prediction.traces:
        return float("nan"), float("nan")
    rows = [
        sweep_figures(prediction, k, trace, is_volt=True) for k in range(len(prediction.recordings))
    ]
    known = [row for row in rows if np.isfinite(row.rms + row.spread)]
    return sum(row.rms**2 for row in known), sum(row.spread**2 for row in known)
