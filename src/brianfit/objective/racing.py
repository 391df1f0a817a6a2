"""Giving up samples on the way, where the error is a sum that only grows."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.engines import (
    AbstractEngine,
    AbstractSimulation,
    SimulationResult,
    SimulationTask,
    SumLimits,
    SupportsSumLimits,
)
from brianfit.objective.evaluation import Evaluation
from brianfit.objective.linearisation import is_least_squares
from brianfit.objective.outputs import Output

SLACK = 1e-9
"""Errors are given as beyond their limit if they exceed it by this fraction, and simulations stop
at twice that: it covers the rounding of sums and scales."""

_logger = logging.getLogger(__name__)


@final
class Race:
    """Simulates samples each of which is given up when its error has passed its limit.

    Parameters
    ----------
    simulation
        Of a task that is `stoppable`.
    weights
        Of the running sums in the error.
    """

    def __init__(
        self, simulation: SupportsSumLimits, weights: Float[np.ndarray, " n_outputs"]
    ) -> None:
        self._simulation = simulation
        self._weights = weights

    def run(
        self,
        columns: Float[np.ndarray, "n_samples n_columns"],
        limits: Float[np.ndarray, " n_samples"],
        **settings: int,
    ) -> SimulationResult:
        """Simulate samples as far as their errors keep within `limits`.

        Parameters
        ----------
        **settings
            The other arguments of `SupportsSumLimits.run_within`.
        """
        within = SumLimits(weights=self._weights, limits=limits * (1.0 + 2.0 * SLACK))
        return self._simulation.run_within(columns, limits=within, **settings)

    @staticmethod
    def bounded(evaluation: Evaluation, limits: Float[np.ndarray, " n_samples"]) -> Evaluation:
        """Return an evaluation in which errors beyond their limit are just that.

        How large they are is known of some only, namely of those whose simulation came to its end
        nevertheless, which depends on threads and workers. So it is told of none.
        """
        bounds = limits * (1.0 + SLACK)
        is_bound = evaluation.errors > bounds

        def known(errors: np.ndarray) -> np.ndarray:
            rows = is_bound.reshape(-1, *(1,) * (errors.ndim - 1))
            return np.where(rows, np.nan, errors)

        return replace(
            evaluation,
            errors=np.where(is_bound, bounds, evaluation.errors),
            output_errors=known(evaluation.output_errors),
            raw_output_errors=known(evaluation.raw_output_errors),
            trace_errors=known(evaluation.trace_errors),
            is_bound=is_bound,
        )


def prepared_to_race(
    engine: AbstractEngine,
    task: SimulationTask,
    outputs: Sequence[Output],
    *,
    penalty: str | None,
    keep_parts: bool,
) -> tuple[AbstractSimulation, Race | None]:
    """Return `task` made ready to run, and how samples are given up on the way.

    Where they cannot be, why not is said.
    """
    reason = _why_not(task, outputs, penalty=penalty, keep_parts=keep_parts)
    if reason is None:
        simulation: AbstractSimulation = engine.prepare(replace(task, stoppable=True))
        if isinstance(simulation, SupportsSumLimits):
            weights = np.array([output.weight for output in outputs]) / task.n_traces
            return simulation, Race(simulation, weights)
        reason = "the engine cannot stop on the way"
    _logger.warning("Racing has no effect, every sample is simulated to its end: %s.", reason)
    return engine.prepare(task), None


def _why_not(
    task: SimulationTask, outputs: Sequence[Output], *, penalty: str | None, keep_parts: bool
) -> str | None:
    if penalty is not None:
        return "the penalty is known at the end only"
    if keep_parts:
        return "the parts of the error are weighed against each other"
    if not is_least_squares(outputs) or len(task.accumulators) < len(outputs):
        return "only mean squared errors of traces grow step by step"
    return None
