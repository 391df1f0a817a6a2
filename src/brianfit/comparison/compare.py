"""Compare models of a cell on what they were not fitted to."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from brianfit._foundation.arguments import (
    check_choice,
    check_instance,
    check_positive_integer,
    checked,
)
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.units import SECOND, scalar_si
from brianfit.analysis.explained_variance import reliability_of_rate, reliability_of_voltage
from brianfit.comparison.cells import CellsComparison
from brianfit.comparison.contenders import Contender, read_contenders
from brianfit.comparison.held_out_fit import (
    HeldOutFit,
    Piece,
    Recipe,
    fit_and_score,
    words_of_piece,
)
from brianfit.comparison.model_scores import model_scores
from brianfit.comparison.outcome import Comparison
from brianfit.comparison.usual_metrics import (
    metrics_by_output,
    usual_metrics,
    voltage_of,
    with_seen_spikes,
)
from brianfit.data import RecordingSet, folds, merge_repeats, usual_simulation_step
from brianfit.executors import AbstractExecutor
from brianfit.fitting.studies.fit_many import as_file_name
from brianfit.fitting.studies.progress import folder_of_stores
from brianfit.fitting.studies.side_by_side import side_by_side
from brianfit.optimizers import AbstractOptimizer

if TYPE_CHECKING:
    from brianfit._foundation.types import PathName, TimeLike
    from brianfit.fitting.problem.argument_types import MetricLike
    from brianfit.fitting.problem.namespaces import Namespace

_MOST_FOLDS, _STRETCHES = 6, 5
"""As many sweeps or repeats are held out one by one; more are divided into as many sets, and
sweeps into so many stretches of time."""


@checked
def compare(  # noqa: PLR0913 - the arguments that users know
    recordings: RecordingSet | Mapping[str, RecordingSet] | Sequence[RecordingSet],
    models: Sequence[Any] | Mapping[str, Any],
    metric: MetricLike | None = None,
    *,
    by: str = "sweep",
    n_folds: int | None = None,
    seeds: Sequence[int] = (1,),
    store: PathName | None = None,
    executor: AbstractExecutor | None = None,
    n_rounds: int = 100,
    n_samples: int = 30,
    dt: TimeLike | None = None,
    optimizer: AbstractOptimizer | None = None,
    namespace: Namespace | None = None,
    show_progress: bool = True,
) -> Comparison | CellsComparison:
    """Return which of several models describes a cell, judged on what they were not fitted to.

    Each part of the recordings is held out in turn; every model is fitted to the rest, from bounds
    around what that rest says about the cell (`parameters_near`), with every seed. Of the seeds the
    one with the lowest *fitted* error counts, and its error on the part that was held out. Models
    are compared part by part, so that what is difficult for all does not count.

    Parameters
    ----------
    recordings
        Of one cell; or of several, as a list or ``{name: recordings}``. Spikes are looked for in
        the voltage if the recordings have none.
    models
        Names or models of the library; or ``{name: model}``, where a model may also be ``(model,
        {parameter: bounds})`` with equations or a `Model` of one's own.
    metric
        As for `fit`; the outputs that it names are compared. None: `StepResponse` and
        `FiringPattern` under steps of current, `MultiWindowGamma` of the spikes under a stimulus
        that fluctuates, mean squares of traces without spikes.
    by, n_folds
        What is held out: 'sweep', 'time' or 'repeat', as in `folds`; five stretches of time, up to
        six sweeps or repeats one by one, more of them in six sets.
    seeds
        Of the searches. Every model and fold has random numbers of its own.
    store
        A folder in which every fit has its store, so that a comparison that was killed goes on;
        ``brianfit watch FOLDER`` shows them while they run.
    executor
        Where fits are done, one at a time on each worker, such as a `ProcessExecutor`. None: one
        after the other, here.
    n_rounds, n_samples, optimizer
        As for `fit` and fitters; the same for all models.
    dt
        Step of the simulation [s]; up to 0.1 ms unless told.
    namespace
        External constants of equations of one's own.
    show_progress
        Whether a line is printed for every fit that is done, with the time left.

    Returns
    -------
    Comparison
        Of several cells, `CellsComparison`.

    Raises
    ------
    BrianfitError
        If anything does not fit together, or no model could be fitted.

    References
    ----------
    .. [1] Breiman, Friedman, Olshen & Stone (1984), Classification and Regression Trees, 3.4.3: the
       rule of one standard error.
    """
    cells = {name: with_seen_spikes(own) for name, own in _cells(recordings).items()}
    contenders = read_contenders(models)
    check_instance("show_progress", show_progress, bool, "True or False")
    check_choice("by", by, ("sweep", "time", "repeat"))
    recipe = Recipe(
        metrics={},
        dt=0.0,
        n_rounds=check_positive_integer("n_rounds", n_rounds),
        n_samples=check_positive_integer("n_samples", n_samples),
        optimizer=optimizer,
        namespace=namespace,
    )
    recipes = {
        cell: replace(recipe, metrics=_metrics(metric, own, by), dt=_step(dt, own))
        for cell, own in cells.items()
    }
    cases = {cell: (own, recipes[cell]) for cell, own in cells.items()}
    pieces = _pieces(cases, contenders, _seeds(seeds), division=(by, n_folds), store=store)
    words = words_of_piece if show_progress else None
    outcomes = side_by_side(fit_and_score, pieces, executor, words=words)
    done = list(zip(pieces, outcomes, strict=True))
    found = {
        cell: _comparison([each for each in done if each[0].cell == cell], own, by=by)
        for cell, own in cells.items()
    }
    if isinstance(recordings, RecordingSet):
        return next(iter(found.values()))
    return CellsComparison(cells=found)


def _cells(recordings: Any) -> dict[str, RecordingSet]:
    if isinstance(recordings, RecordingSet):
        return {"": recordings}
    if isinstance(recordings, Mapping):
        named = {str(name): own for name, own in recordings.items()}
    else:
        named = {f"cell {number}": own for number, own in enumerate(recordings)}
    for name, own in named.items():
        check_instance(f"recordings[{name!r}]", own, RecordingSet, "a RecordingSet")
    if not named:
        raise InvalidValueError("`recordings` is empty: there is no cell.")
    return named


def _seeds(seeds: Any) -> tuple[int, ...]:
    numbers = tuple(check_positive_integer("seeds", seed, minimum=0) for seed in seeds)
    if not numbers or len(set(numbers)) < len(numbers):
        raise InvalidValueError(f"`seeds` must be different whole numbers, but is {list(seeds)}.")
    return numbers


def _step(dt: Any, recordings: RecordingSet) -> float:
    if dt is None:
        return usual_simulation_step(recordings)
    step = scalar_si("dt", dt, SECOND, plain_is_si=False)
    if not (np.isfinite(step) and step > 0):
        raise InvalidValueError(f"`dt` must be positive and finite, but is {dt}.")
    return step


def _metrics(metric: Any, recordings: RecordingSet, by: str) -> dict[str, Any]:
    if metric is not None:
        return metrics_by_output(metric, recordings)
    if by == "sweep" or not recordings.has_spikes:
        return usual_metrics(recordings)
    # A stretch of time has no step of its own, and a repeat only spikes.
    return usual_metrics(merge_repeats(recordings))


def _pieces(
    cases: Mapping[str, tuple[RecordingSet, Recipe]],
    contenders: Sequence[Contender],
    seeds: Sequence[int],
    *,
    division: tuple[str, int | None],
    store: Any,
) -> list[Piece]:
    """Return all fits that are to be done."""
    folder = None if store is None else folder_of_stores(store)
    return [
        Piece(
            cell=cell,
            contender=contender,
            fold=fold,
            seed=seed,
            train=train,
            test=test,
            recipe=recipe,
            store=_store(folder, cell, contender.name, (fold, seed)),
        )
        for cell, (own, recipe) in cases.items()
        for fold, (train, test) in enumerate(_folds(own, *division))
        for contender, seed in itertools.product(contenders, seeds)
    ]


def _folds(
    recordings: RecordingSet, by: str, n_folds: int | None
) -> list[tuple[RecordingSet, RecordingSet]]:
    if by == "repeat":
        recordings = merge_repeats(recordings)
        count = min(len(recording.spike_trains) for recording in recordings)
    else:
        count = len(recordings) if by == "sweep" else _STRETCHES
    if n_folds is None and count >= 2:
        n_folds = min(_MOST_FOLDS, count)
    return folds(recordings, by=by, n_folds=n_folds)


def _store(
    folder: Path | None, cell: str, model: str, fold_and_seed: tuple[int, int]
) -> Path | None:
    """Return the store of a fit; names that are the same as files are told apart by a mark."""
    if folder is None:
        return None
    mark = zlib.crc32(f"{cell}\n{model}".encode())
    fold, seed = fold_and_seed
    return folder / f"{as_file_name(f'{cell}-{model}')}-{mark:08x}-{fold}-{seed}.fit"


def _comparison(
    done: Sequence[tuple[Piece, HeldOutFit | str]],
    recordings: RecordingSet,
    *,
    by: str,
) -> Comparison:
    problems = {
        piece.contender.name: outcome for piece, outcome in done if isinstance(outcome, str)
    }
    fits: dict[str, dict[int, list[HeldOutFit]]] = {}
    for piece, outcome in done:
        if isinstance(outcome, HeldOutFit) and piece.contender.name not in problems:
            fits.setdefault(piece.contender.name, {}).setdefault(piece.fold, []).append(outcome)
    if not fits:
        listed = "\n".join(f"  '{name}': {why}" for name, why in problems.items())
        raise InvalidValueError(f"No model could be fitted:\n{listed}")
    n_folds = len(next(iter(fits.values())))
    of_repeats = _of_repeats(recordings)
    return Comparison(
        rows=tuple(
            model_scores(name, list(own.values()), of_repeats=of_repeats)
            for name, own in fits.items()
        ),
        part=_part(by, len(recordings), n_folds),
        metrics={name: repr(used) for name, used in done[0][0].recipe.metrics.items()},
        title=done[0][0].cell,
        problems=problems,
    )


def _part(by: str, n_sweeps: int, n_folds: int) -> str:
    """Return in words what is held out at a time."""
    if by == "sweep":
        return "sweep" if n_sweeps == n_folds else "set of sweeps"
    return "stretch of time" if by == "time" else "set of repeats"


def _of_repeats(recordings: RecordingSet) -> tuple[float, float]:
    """Return what repeats of a stimulus explain of each other, of the rate and of the voltage."""
    trace = voltage_of(recordings)
    return (
        reliability_of_rate(recordings),
        float("nan") if trace is None else reliability_of_voltage(recordings, trace),
    )


__all__ = ["compare"]
