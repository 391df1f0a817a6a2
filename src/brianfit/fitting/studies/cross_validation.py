"""Fit all but a part of the recordings, predict that part, in turn."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, final

import numpy as np

from brianfit._foundation.arguments import check_instance, checked
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import Dimension, readable
from brianfit.data import RecordingSet, folds
from brianfit.fitting.fitters._base import AbstractFitter
from brianfit.fitting.studies.progress import folder_of_stores, rounded, study_lines, words_of
from brianfit.results import FitResult, Score

AnyFitter = TypeVar("AnyFitter", bound=AbstractFitter)


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class Fold:
    """One part of the recordings held out.

    Attributes
    ----------
    fit
        Of everything else.
    train, test
        Its best parameters on what was fitted, and on what was held out.
    """

    fit: FitResult
    train: Score
    test: Score


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class CrossValidation:
    """Held-out scores of every part of the recordings; printing it gives a table."""

    folds: tuple[Fold, ...]

    @property
    def train_errors(self) -> Float[np.ndarray, " n_folds"]:
        """The errors on what was fitted [SI]."""
        return np.array([fold.train.error for fold in self.folds])

    @property
    def test_errors(self) -> Float[np.ndarray, " n_folds"]:
        """The errors on what was held out [SI]."""
        return np.array([fold.test.error for fold in self.folds])

    @property
    def error(self) -> float:
        """The mean error on what was held out [SI]."""
        return float(self.test_errors.mean())

    @property
    def standard_error(self) -> float:
        """Its standard error, from the spread of the folds; they share data, so it is a guide."""
        return float(self.test_errors.std(ddof=1) / np.sqrt(len(self.folds)))

    def __str__(self) -> str:
        dimensions: Dimension = self.folds[0].test.dimensions
        lines = ["fold  fitted  held out"]
        lines += [
            f"{number:>4}  {readable(fold.train.error, dimensions)}  "
            f"{readable(fold.test.error, dimensions)}"
            for number, fold in enumerate(self.folds)
        ]
        spread = readable(self.standard_error, dimensions)
        return "\n".join([*lines, f"mean held out: {readable(self.error, dimensions)} +- {spread}"])


@checked
def cross_validate(
    fitter: AbstractFitter,
    *,
    by: str = "sweep",
    n_folds: int | None = None,
    stores: str | os.PathLike[str] | None = None,
    show_progress: bool = True,
    **arguments: object,
) -> CrossValidation:
    """Fit all but one part of the recordings and score that part, for every part.

    The fitter itself is left as it is.

    Parameters
    ----------
    by, n_folds
        The parts; see `folds`.
    stores
        A folder in which the fit of every fold has its store, ``fold-<number>.fit``; fits that were
        killed go on from there, and ``brianfit watch FOLDER`` shows them while they run.
    show_progress
        Whether a line is printed for every fold that is done, with the time left.
    **arguments
        Of `fit`, the same for every fold, such as ``n_rounds``, ``metric``, ``seed`` and bounds.
        An optimizer is copied for every fold.

    Raises
    ------
    BrianfitError
        If the recordings cannot be split like this, or anything is wrong with the arguments.
    """
    check_instance("fitter", fitter, AbstractFitter, "a fitter")
    check_instance("show_progress", show_progress, bool, "True or False")
    folder = None if stores is None else folder_of_stores(stores)
    parts = folds(fitter.recordings, by=by, n_folds=n_folds)
    found = []
    with study_lines(len(parts), is_shown=show_progress) as lines:
        for number, (train, test) in enumerate(parts):
            started = time.perf_counter()
            store = None if folder is None else folder / f"fold-{number}.fit"
            found.append(_fold(fitter, train, test, arguments, store))
            if lines is not None:
                seconds = rounded(time.perf_counter() - started)
                lines.tell(number, f"{words_of(f'fold {number}', found[-1].fit)}, {seconds}")
    return CrossValidation(folds=tuple(found))


def _fold(
    fitter: AbstractFitter,
    train: RecordingSet,
    test: RecordingSet,
    arguments: Mapping[str, object],
    store: Path | None,
) -> Fold:
    """Fit one part and score it and the other one."""
    own = dict(arguments)
    if own.get("optimizer") is not None:
        own["optimizer"] = copy(own["optimizer"])
    if store is not None:
        own["store"] = store
    worker: Any = fitter_for(fitter, train)
    worker.fit(**{"callback": None, **own})
    namespace = dict(worker.result.problem.constants) if worker.result.problem else None
    return Fold(
        fit=worker.result,
        train=worker.evaluate(train, namespace=namespace),
        test=worker.evaluate(test, namespace=namespace),
    )


def fitter_for(fitter: AnyFitter, recordings: RecordingSet) -> AnyFitter:
    """Return a fitter like this one for other recordings, without what was found so far."""
    session = fitter._session  # noqa: SLF001 - fitters share their way of working
    changed = copy(fitter)
    changed._session = replace(  # noqa: SLF001
        session,
        problem=replace(session.problem, recordings=recordings),
        search=None,
        storage=None,
        stop_reason="no round was asked for",
    )
    return changed
