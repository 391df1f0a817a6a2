"""The record of what a search was asked for."""

from __future__ import annotations

from brianfit.engines import AbstractEngine
from brianfit.fitting.search.result_of_search import versions
from brianfit.fitting.search.search_state import Search
from brianfit.results import PartRecord, ProblemRecord


def problem_record(search: Search, *, engine: AbstractEngine, use_units: bool) -> ProblemRecord:
    """Return everything that a search was asked for.

    Parameters
    ----------
    engine
        The one that was asked for; it may have chosen another one.
    use_units
        Whether results carry units.
    """
    return ProblemRecord(
        **search.task.record(),
        optimizer=PartRecord.of(search.optimizer),
        engine=PartRecord.of(engine),
        simulation=type(search.objective.simulation).__name__,
        n_samples=search.n_samples,
        rounds_foreseen=search.rounds_foreseen,
        seed=search.seed,
        use_units=use_units,
        versions=versions(),
    )
