"""What evaluating samples yields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, final

import numpy as np

from brianfit._foundation.shapes import Bool, Float, Int


@final
@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """The errors of samples; inf for those that failed, not nan, but see `is_bound`.

    Attributes
    ----------
    errors
        The number that is minimised: weighted sum over the outputs, plus the penalty.
    output_errors
        Error of every output, normalised, before weighting.
    raw_output_errors
        The same without normalization.
    trace_errors
        The normalised error on every trace; nan where the metric has none.
    part_errors
        What a Pareto search weighs against each other; None unless it was asked for.
    is_bound
        Samples that were given up on the way: `errors` is a limit beyond which theirs are, all
        other errors are nan. None: there are none.
    is_repeated
        Samples that were not simulated as their errors were known. None: none.
    """

    errors: Float[np.ndarray, " n_samples"]
    output_errors: Float[np.ndarray, "n_samples n_outputs"]
    raw_output_errors: Float[np.ndarray, "n_samples n_outputs"]
    trace_errors: Float[np.ndarray, "n_samples n_outputs n_traces"]
    part_errors: Float[np.ndarray, "n_samples n_parts"] | None = None
    is_bound: Bool[np.ndarray, " n_samples"] | None = None
    is_repeated: Bool[np.ndarray, " n_samples"] | None = None

    @property
    def n_failed(self) -> int:
        """The number of samples whose error is infinite."""
        return int(np.count_nonzero(np.isinf(self.errors)))

    def taken(self, rows: Int[np.ndarray, " n"] | slice) -> Evaluation:
        """Return the evaluation of some of the samples, in the order of `rows`."""
        columns = {field.name: getattr(self, field.name) for field in fields(self)}
        taken: dict[str, Any] = {
            name: None if column is None else column[rows] for name, column in columns.items()
        }
        return Evaluation(**taken)


def joined(parts: Sequence[Evaluation]) -> Evaluation:
    """Return the evaluations of consecutive parts of the samples as one."""
    if len(parts) == 1:
        return parts[0]
    return Evaluation(
        errors=np.concatenate([part.errors for part in parts]),
        output_errors=np.concatenate([part.output_errors for part in parts]),
        raw_output_errors=np.concatenate([part.raw_output_errors for part in parts]),
        trace_errors=np.concatenate([part.trace_errors for part in parts]),
        part_errors=_joined_parts([part.part_errors for part in parts]),
        is_bound=_joined_marks(parts, [part.is_bound for part in parts]),
        is_repeated=_joined_marks(parts, [part.is_repeated for part in parts]),
    )


def failed_evaluation(
    n_samples: int, *, n_outputs: int, n_traces: int, n_parts: int | None
) -> Evaluation:
    """Return the evaluation of samples of which none could be scored.

    Parameters
    ----------
    n_parts
        Number of `Evaluation.part_errors`; None if they are not wanted.
    """
    return Evaluation(
        errors=np.full(n_samples, np.inf),
        output_errors=np.full((n_samples, n_outputs), np.inf),
        raw_output_errors=np.full((n_samples, n_outputs), np.inf),
        trace_errors=np.full((n_samples, n_outputs, n_traces), np.inf),
        part_errors=None if n_parts is None else np.full((n_samples, n_parts), np.inf),
    )


def _joined_parts(arrays: Sequence[np.ndarray | None]) -> np.ndarray | None:
    known = [array for array in arrays if array is not None]
    return np.concatenate(known) if known else None


def _joined_marks(
    parts: Sequence[Evaluation], marks: Sequence[np.ndarray | None]
) -> np.ndarray | None:
    if all(mark is None for mark in marks):
        return None
    filled = [
        np.zeros(part.errors.size, dtype=bool) if mark is None else mark
        for part, mark in zip(parts, marks, strict=True)
    ]
    return np.asarray(np.concatenate(filled))
