"""Go on with a fit from its store alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from brianfit._foundation.arguments import check_positive_integer
from brianfit._foundation.errors import StoreError
from brianfit._foundation.strangers.untrusted import made_from
from brianfit._foundation.units import SECOND, from_si
from brianfit.executors import AbstractExecutor
from brianfit.fitting.fitters.fitter import Fitter
from brianfit.fitting.fitters.spike_fitter import SpikeFitter
from brianfit.fitting.fitters.trace_fitter import TraceFitter
from brianfit.fitting.problem.argument_types import Callback, StopRule
from brianfit.fitting.problem.parts_from_records import obstacles, part_from
from brianfit.fitting.problem.problem_from_record import problem_of
from brianfit.model import Parameter
from brianfit.objective import SPIKES
from brianfit.results import ParameterRecord, PathLike, ProblemRecord, load_problems
from brianfit.results.store.reading import added_rounds


def resume(
    store: PathLike,
    n_rounds: int | None = None,
    *,
    callback: Callback = "text",
    stop: StopRule | None = None,
    executor: AbstractExecutor | None = None,
) -> TraceFitter | SpikeFitter | Fitter:
    """Go on with the fit begun last in a store, and return its fitter.

    Model, recordings, metrics, optimizer and seed are taken from the file, so that all of them must
    be such as a file can hold. Rounds done go to the same file. No code of the file is run, but its
    equations are simulated.

    Parameters
    ----------
    store
        Path of the file.
    n_rounds
        Rounds of the whole fit, those in the store included; None: as many as it was begun with.
    callback, stop, executor
        As for `fit`.

    Returns
    -------
    TraceFitter, SpikeFitter or Fitter
        For traces, for spikes, for both.

    Raises
    ------
    StoreError
        If the file is no store, or the fit has parts that a file cannot hold: own metrics,
        optimizers, functions. Then make the fitter as before and call ``fit(..., store=store)``.
    """
    problems = load_problems(store)
    if len(problems) > 1:
        raise StoreError(
            f"The store '{Path(store)}' holds {len(problems)} fits, of which resume() cannot "
            "choose one. Make the fitter as before and call fit(..., store=...)."
        )
    record = problems[0]
    _check_ready(store, record)
    with made_from(f"The fit in '{Path(store)}'"):
        fitter = _fitter_from(record)
        optimizer = part_from(record.optimizer)
        metrics = {name: part_from(metric) for name, metric in record.metrics.items()}
        params = {parameter.name: _parameter(parameter, record) for parameter in record.parameters}
        weights = {name: from_si(*weight) for name, weight in record.weights.items()}
    fitter.fit(
        optimizer,
        metrics,
        n_rounds=record.rounds_foreseen if n_rounds is None else _asked_for(store, n_rounds),
        callback=callback,
        penalty=record.penalty,
        params=params,
        seed=record.seed,
        stop=stop,
        weights=weights,
        executor=executor,
        store=store,
        n_repeats=record.n_repeats,
    )
    fitter._session.add_known_refinements()  # noqa: SLF001 - fitters share their way of working
    return fitter


def _asked_for(store: PathLike, n_rounds: int) -> int:
    """Return the rounds to ask for, so that with those that users added there are `n_rounds`."""
    n_rounds = check_positive_integer("n_rounds", n_rounds, minimum=0)
    added = added_rounds(store)

    def total(n_asked: int) -> int:
        for number, more in added.items():
            n_asked += more if number <= n_asked else 0
        return n_asked

    fewest = max(1, n_rounds - sum(added.values()))
    return next((n for n in range(fewest, n_rounds) if total(n) >= n_rounds), n_rounds)


def _check_ready(store: PathLike, record: ProblemRecord) -> None:
    found = obstacles(record)
    if found:
        listed = "\n".join(f"  - {line}" for line in found)
        raise StoreError(
            f"The fit in '{Path(store)}' cannot be made again from the file alone:\n{listed}\n"
            "Make the fitter as before and call fit(..., store=...)."
        )


def _fitter_from(record: ProblemRecord) -> TraceFitter | SpikeFitter | Fitter:
    names = record.output_names
    kind: Any = Fitter
    if SPIKES not in names:
        kind = TraceFitter
    elif names == (SPIKES,):
        kind = SpikeFitter
    fitter: TraceFitter | SpikeFitter | Fitter = kind(
        model=problem_of(record).model,
        input=record.recordings,
        output=None if kind is SpikeFitter else list(names),
        dt=from_si(record.dt, SECOND),
        n_samples=record.n_samples,
        penalty=record.penalty,
        use_units=record.use_units,
        namespace=dict(record.constants),
        engine=part_from(record.engine),
    )
    return fitter


def _parameter(record: ParameterRecord, problem: ProblemRecord) -> Parameter:
    def with_unit(value: float | tuple[float, ...] | None) -> Any:
        if value is None or not problem.use_units:
            return value
        if isinstance(value, tuple):
            return [from_si(one, record.dimensions) for one in value]
        return from_si(value, record.dimensions)

    prior = record.prior
    if record.tied is not None:
        return Parameter(tied=record.tied)
    if record.fixed is not None:
        return Parameter(fixed=with_unit(record.fixed))
    return Parameter(
        with_unit(record.low),
        with_unit(record.high),
        scale=record.scale or "auto",
        value=with_unit(record.start),
        prior=None if prior is None else prior.converted(lambda _, value: with_unit(value)),
    )
