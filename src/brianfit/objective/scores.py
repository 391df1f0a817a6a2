"""The errors of one output, also where its metric fails on some samples.

A metric that raises, or returns something that is no error per sample, is asked again sample by
sample: those on which it fails have the error inf and are named in a warning, the others keep
theirs. A metric that fails on all of them is broken, and ends the fit.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import BrianfitError, InvalidValueError
from brianfit._foundation.real_numbers import real_numbers
from brianfit._foundation.spike_trains import SpikeTrains
from brianfit.engines import SimulationResult
from brianfit.objective.evaluation import Evaluation, failed_evaluation, joined
from brianfit.objective.failures import without_nan
from brianfit.objective.outputs import Output, metric_words, output_errors, trace_errors
from brianfit.objective.parts import part_errors

_logger = logging.getLogger(__name__)


@final
@dataclass(frozen=True, kw_only=True)
class Scorer:
    """Compares the results of simulations with the recordings of one output.

    Attributes
    ----------
    dt
        Simulation step [s].
    keep_parts
        Whether `Evaluation.part_errors` are wanted.
    """

    output: Output
    dt: float
    n_traces: int
    keep_parts: bool

    def scores(self, result: SimulationResult, n_samples: int, first_sample: int) -> Evaluation:
        """Return the errors of all samples by this one output.

        Parameters
        ----------
        first_sample
            Number of the first sample within the round, for messages.

        Raises
        ------
        BrianfitError
            If the metric fails on every sample.
        """
        try:
            return self._together(result, n_samples)
        except Exception as problem:
            if n_samples == 0:
                raise
            return self._one_by_one(result, n_samples, first_sample, problem)

    def _together(self, result: SimulationResult, n_samples: int) -> Evaluation:
        output = self.output
        features = output.features(result, self.dt)
        errors = output_errors(output, features, n_samples)
        raw = real_numbers(
            output.metric.revert_normalization(errors),
            f"The errors without normalization of the metric {type(output.metric).__name__}",
        )
        by_trace = trace_errors(output, features, n_samples=n_samples, n_traces=self.n_traces)
        return Evaluation(
            errors=errors,
            output_errors=errors[:, np.newaxis],
            raw_output_errors=raw[:, np.newaxis],
            trace_errors=by_trace[:, np.newaxis],
            part_errors=part_errors(output, features, errors) if self.keep_parts else None,
        )

    def _one_by_one(
        self, result: SimulationResult, n_samples: int, first_sample: int, problem: Exception
    ) -> Evaluation:
        rows: list[Evaluation | None] = []
        failed: list[str] = []
        for k in range(n_samples):
            try:
                rows.append(self._together(sample_of(result, k), 1))
            except Exception as found:  # noqa: BLE001 - as above
                rows.append(None)
                failed.append(f"sample {first_sample + k}: {type(found).__name__}: {found}")
        known = [row for row in rows if row is not None]
        if not known:
            raise self._broken(problem) from problem
        if failed:
            _logger.warning(
                "%s failed on %d of %d samples, which get the error inf (%s).",
                self._name,
                len(failed),
                n_samples,
                "; ".join(failed[:3]) + ("; ..." if len(failed) > 3 else ""),
            )
        else:
            _logger.warning(
                "%s fails on several samples at a time (%s: %s), though not on single ones, so "
                "it is called for one after the other. It should return one error per sample.",
                self._name,
                type(problem).__name__,
                problem,
            )
        missing = _failed_like(known[0])
        return joined([missing if row is None else row for row in rows])

    @property
    def _name(self) -> str:
        return metric_words(self.output.name, self.output.metric)

    def _broken(self, problem: Exception) -> BrianfitError:
        if isinstance(problem, BrianfitError):
            return problem
        return InvalidValueError(
            f"{self._name} failed on every sample: {type(problem).__name__}: {problem}"
        )


def added(scores: Sequence[Evaluation], weights: Sequence[float], *, penalty: Any) -> Evaluation:
    """Return the evaluation by all outputs together.

    Parameters
    ----------
    scores
        By each output alone.
    weights
        Of their errors in the sum.
    penalty
        What is added to the error of every sample; and to each of its parts, so that none can be
        had without it.
    """
    total = sum(
        (weight * score.errors for weight, score in zip(weights, scores, strict=True)),
        start=np.zeros_like(scores[0].errors),
    )
    parts = [score.part_errors for score in scores if score.part_errors is not None]
    penalties = np.asarray(penalty, dtype=np.float64).reshape(-1, 1)
    return Evaluation(
        errors=without_nan(total + penalty),
        output_errors=np.concatenate([score.output_errors for score in scores], axis=1),
        raw_output_errors=np.concatenate([score.raw_output_errors for score in scores], axis=1),
        trace_errors=np.concatenate([score.trace_errors for score in scores], axis=1),
        part_errors=without_nan(np.concatenate(parts, axis=1) + penalties) if parts else None,
    )


def sample_of(result: SimulationResult, k: int) -> SimulationResult:
    """Return the result of sample `k` alone."""
    row = slice(k, k + 1)
    return replace(
        result,
        traces={name: values[row] for name, values in result.traces.items()},
        final={name: values[row] for name, values in result.final.items()},
        sums={name: values[row] for name, values in result.sums.items()},
        spikes=None if result.spikes is None else _trains_of(result.spikes, k),
    )


def _trains_of(trains: SpikeTrains, k: int) -> SpikeTrains:
    offsets = trains.offsets[k * trains.n_traces : (k + 1) * trains.n_traces + 1]
    return SpikeTrains(
        n_samples=1,
        n_traces=trains.n_traces,
        times=trains.times[offsets[0] : offsets[-1]],
        offsets=offsets - offsets[0],
    )


def _failed_like(pattern: Evaluation) -> Evaluation:
    """Return the evaluation of one sample that failed, with the columns of another one."""
    parts = pattern.part_errors
    return failed_evaluation(
        1,
        n_outputs=1,
        n_traces=pattern.trace_errors.shape[2],
        n_parts=None if parts is None else parts.shape[1],
    )
