"""What evaluating samples yields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, final

import numpy as np

from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Bool, Float, Int


@final
@compared_by_value
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
        columns: dict[str, Any] = {name: getattr(self, name) for name in COLUMNS}
        taken: dict[str, Any] = {
            name: None if column is None else column[rows] for name, column in columns.items()
        }
        return Evaluation(**taken)


COLUMNS = tuple(field.name for field in fields(Evaluation))
"""What an evaluation tells of every sample; a round of the history has the same."""


def joined(parts: Sequence[Evaluation]) -> Evaluation:
    """Return the evaluations of consecutive parts of the samples as one."""
    if len(parts) == 1:
        return parts[0]
    columns: dict[str, Any] = {name: _joined_column(parts, name) for name in COLUMNS}
    return Evaluation(**columns)


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


def _joined_column(parts: Sequence[Evaluation], name: str) -> Any:
    """Return one column of all parts; marks that a part does not have are False."""
    columns = [getattr(part, name) for part in parts]
    known = [column for column in columns if column is not None]
    if not known:
        return None
    if known[0].dtype == bool:
        filled = [
            np.zeros(part.errors.size, dtype=bool) if column is None else column
            for part, column in zip(parts, columns, strict=True)
        ]
        return np.concatenate(filled)
    return np.concatenate(known)
