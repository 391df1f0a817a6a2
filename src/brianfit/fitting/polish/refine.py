"""What `refine` does: the way that suits what is fitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from brianfit._foundation.errors import InvalidTypeError
from brianfit.fitting.polish.mixed_refinement import refine_both
from brianfit.fitting.polish.refine_arguments import (
    SPIKE_OPTIONS,
    TRACE_OPTIONS,
    RefineArguments,
)
from brianfit.fitting.polish.refinement_task import RefinementTask, refinement_task
from brianfit.fitting.polish.spike_refinement import refine_spikes
from brianfit.fitting.polish.trace_refinement import refine_traces
from brianfit.fitting.search.session import FitSession
from brianfit.objective import SPIKES


def refine(
    session: FitSession, arguments: RefineArguments, namespace: Mapping[str, Any]
) -> tuple[dict[str, Any], Any]:
    """Improve parameters by least squares; return them with a result as SciPy has it.

    Raises
    ------
    BrianfitError
        If anything is wrong with the arguments.
    NoDerivativesError
        If spikes are compared and the engine has no derivatives of their times.
    """
    names = session.problem.output_names
    if SPIKES not in names and arguments.window is not None:
        raise InvalidTypeError("`window` is for spikes, and none are fitted; leave it out.")
    if names == (SPIKES,) and arguments.metric is not None:
        raise InvalidTypeError("Spikes are refined by their times, without a `metric`.")
    way: Callable[[RefinementTask], Any]
    way = refine_spikes if names == (SPIKES,) else refine_both if SPIKES in names else refine_traces
    options = TRACE_OPTIONS if SPIKES not in names else SPIKE_OPTIONS
    work = refinement_task(session, arguments, namespace, known_options=options)
    result = way(work)
    return work.params_at(result.x), result
