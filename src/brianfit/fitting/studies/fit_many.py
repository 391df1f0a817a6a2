"""Many fits side by side: several cells, several seeds."""

from __future__ import annotations

import copy
import itertools
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np

from brianfit._foundation.arguments import check_instance, check_positive_integer, checked
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shown.notebook import as_html, html_lines, html_table, table_under
from brianfit._foundation.units import readable, unit_name
from brianfit.executors import AbstractExecutor
from brianfit.fitting.fitters._base import AbstractFitter
from brianfit.fitting.studies.progress import folder_of_stores, words_of
from brianfit.fitting.studies.side_by_side import side_by_side
from brianfit.results import FitResult

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 20
"""Fits that are printed; the table has all."""


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class ManyFits:
    """The results of `fit_many`; printing it gives a table.

    Attributes
    ----------
    results
        By name and seed; fits that failed are not among them.
    problems
        By name and seed, why a fit failed.
    """

    results: Mapping[tuple[str, int], FitResult]
    problems: Mapping[tuple[str, int], str]

    @property
    def table(self) -> pd.DataFrame:
        """One fit a row, in the order of names and seeds: plain SI numbers.

        ``table.attrs['units']`` names the unit of each column of numbers, as `units` does.
        """
        import pandas as pd

        table = pd.DataFrame([self._row(key) for key in self._keys])
        table.attrs["units"] = self.units
        return table

    @property
    def units(self) -> dict[str, str]:
        """The unit of every column of numbers of the table; several if problems differ in it."""
        found: dict[str, list[str]] = {"error": []}
        for result in self.results.values():
            dimensions = {"error": result.dimensions.error, **result.dimensions.parameters}
            for name in ("error", *result.best_values):
                found.setdefault(name, []).append(unit_name(dimensions[name]))
        units = {name: " or ".join(dict.fromkeys(names)) for name, names in found.items()}
        return {**units, "evaluations": "1", "seconds": "s"}

    def __repr__(self) -> str:
        return f"<ManyFits: {self._headline}>"

    def __str__(self) -> str:
        header, rows, more = self._short_table()
        return table_under(self._headline, header, rows, *more)

    def _repr_html_(self) -> str:
        header, rows, more = self._short_table()
        return as_html(self._headline, html_table(header, rows), html_lines(more))

    def best(self, name: str) -> FitResult:
        """Return the result with the lowest error of all seeds of a problem.

        Raises
        ------
        InvalidValueError
            If there is none.
        """
        found = [result for (other, _), result in self.results.items() if other == name]
        if not found:
            known = sorted({key[0] for key in [*self.results, *self.problems]})
            raise InvalidValueError(f"There is no result of {name!r}; problems are {known}.")
        return min(found, key=lambda result: result.error)

    @property
    def _keys(self) -> list[tuple[str, int]]:
        return sorted([*self.results, *self.problems])

    @property
    def _headline(self) -> str:
        n_fits, names = len(self._keys), {name for name, _ in self._keys}
        failed = f"; {len(self.problems)} failed" if self.problems else ""
        return f"fits: {n_fits}, of problems: {len(names)}{failed}"

    def _short_table(self) -> tuple[list[str], list[list[str]], list[str]]:
        """Return header and rows of the table as text, and what is said below it."""
        header = ["name", "seed", "error", "evaluations", "ended because"]
        keys = self._keys
        more = [f"... and {len(keys) - _SHOWN} more: see `table`."] if len(keys) > _SHOWN else []
        return header, [self._short_row(key) for key in keys[:_SHOWN]], more

    def _short_row(self, key: tuple[str, int]) -> list[str]:
        name, seed = key
        if key in self.problems:
            return [name, str(seed), "", "", self.problems[key].partition("\n")[0]]
        result = self.results[key]
        error = readable(result.error, result.dimensions.error)
        return [name, str(seed), error, str(result.history.n_evaluations), result.stop_reason]

    def _row(self, key: tuple[str, int]) -> dict[str, Any]:
        row: dict[str, Any] = {"name": key[0], "seed": key[1]}
        if key in self.problems:
            return {**row, "error": np.nan, "problem": self.problems[key]}
        result = self.results[key]
        return {
            **row,
            "error": result.error,
            **result.best_values,
            "evaluations": result.history.n_evaluations,
            "seconds": result.history.seconds,
            "stop_reason": result.stop_reason,
            "problem": "",
        }


@final
@dataclass(frozen=True, kw_only=True)
class _Job:
    """One fit: a fitter, and the arguments of its `fit`."""

    name: str
    seed: int
    fitter: AbstractFitter
    arguments: Mapping[str, Any]


@checked
def fit_many(
    fitters: Mapping[str, AbstractFitter | tuple[AbstractFitter, Mapping[str, object]]],
    *,
    seeds: Sequence[int] = (1,),
    executor: AbstractExecutor | None = None,
    stores: str | os.PathLike[str] | None = None,
    level: int = 0,
    show_progress: bool = True,
    **arguments: object,
) -> ManyFits:
    """Fit several problems with several seeds, side by side; return all results in one table.

    A fit that fails, or is not done within the time limits of the executor, does not end the
    others. The fitters themselves stay as they are.

    Parameters
    ----------
    fitters
        ``{name: fitter}``, or ``{name: (fitter, {argument: value})}`` where problems have arguments
        of their own.
    seeds
        Every problem is fitted with each of them.
    executor
        Where fits are done, one at a time on each worker: a `ProcessExecutor` or `DaskExecutor`.
        None: one after the other, here.
    stores
        A folder in which every fit has its store, ``<name>-<seed>.fit``; fits that were killed go
        on from there, and ``brianfit watch FOLDER`` shows them while they run.
    level
        How many frames further up external constants are looked for.
    show_progress
        Whether a line is printed for every fit that is done, with the time left.
    **arguments
        Those of `fit`, for all problems: bounds, optimizer, metric, n_rounds, ...

    Raises
    ------
    BrianfitError
        If an argument cannot be used.
    """
    check_instance("show_progress", show_progress, bool, "True or False")
    folder = None if stores is None else folder_of_stores(stores)
    numbers = [check_positive_integer("seeds", seed, minimum=0) for seed in seeds]
    jobs = [
        _job(name, given, seed, arguments=arguments, folder=folder, level=level)
        for (name, given), seed in itertools.product(_checked(fitters).items(), numbers)
    ]
    found = side_by_side(_result_of, jobs, executor, words=_words if show_progress else None)
    outcomes = {(job.name, job.seed): outcome for job, outcome in zip(jobs, found, strict=True)}
    return ManyFits(
        results={key: one for key, one in outcomes.items() if isinstance(one, FitResult)},
        problems={key: one for key, one in outcomes.items() if isinstance(one, str)},
    )


def _checked(fitters: Any) -> Mapping[str, tuple[AbstractFitter, Mapping[str, Any]]]:
    check_instance("fitters", fitters, Mapping, "a dictionary {name: fitter}")
    checked = {}
    for name, given in fitters.items():
        fitter, own = given if isinstance(given, tuple) and len(given) == 2 else (given, {})
        check_instance(f"fitters[{name!r}]", fitter, AbstractFitter, "a fitter")
        check_instance(f"fitters[{name!r}][1]", own, Mapping, "a dictionary of arguments of fit")
        checked[str(name)] = (fitter, own)
    if not checked:
        raise InvalidValueError("`fitters` is empty: there is nothing to fit.")
    return checked


def _job(
    name: str,
    given: tuple[AbstractFitter, Mapping[str, Any]],
    seed: int,
    *,
    arguments: Mapping[str, Any],
    folder: Path | None,
    level: int,
) -> _Job:
    fitter, own = given
    merged = {"callback": None, **arguments, **own, "seed": seed}
    if merged.get("namespace") is None:
        params = merged.get("params") or {}
        merged["namespace"] = fitter.external_constants(
            *merged.values(), *params.values(), level=level
        )
    if folder is not None:
        merged["store"] = folder / f"{as_file_name(name)}-{seed}.fit"
    return _Job(name=name, seed=seed, fitter=fitter, arguments=merged)


def as_file_name(name: str) -> str:
    """Return a name with nothing in it that a path cannot have."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)


def _result_of(job: _Job) -> FitResult:
    fitter = copy.deepcopy(job.fitter)
    fit: Any = fitter.fit  # type: ignore[attr-defined]
    fit(**copy.deepcopy(dict(job.arguments)))
    return fitter.result


def _words(job: _Job, outcome: FitResult | str) -> str:
    return words_of(f"{job.name}, seed {job.seed}", outcome)
