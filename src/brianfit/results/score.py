"""How well parameters reproduce recordings, those of the fit or others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Float
from brianfit._foundation.shown.notebook import as_html, html_lines, html_table
from brianfit._foundation.units import Dimension, Quantity, from_si, readable


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class Score:
    """The errors of one set of parameters.

    Attributes
    ----------
    error
        As a fit would minimise it [SI]; inf if it cannot be scored.
    output_errors, raw_output_errors
        The error of every output, with and without normalization.
    trace_errors
        The normalised error by output and trace; nan where the metric has none.
    trace_labels
        Names of the traces.
    dimensions
        Of `error`.
    """

    error: float
    output_errors: Mapping[str, float]
    raw_output_errors: Mapping[str, float]
    trace_errors: Mapping[str, Float[np.ndarray, " n_traces"]]
    trace_labels: tuple[str, ...]
    dimensions: Dimension

    @property
    def error_with_unit(self) -> Quantity | float:
        """The error with its unit."""
        return from_si(self.error, self.dimensions)

    def __repr__(self) -> str:
        return f"<Score: error {readable(self.error, self.dimensions)}>"

    def _repr_html_(self) -> str:
        known = {name: row for name, row in self.trace_errors.items() if not np.all(np.isnan(row))}
        rows = [
            [label, *(f"{row[k]:.4g}" for row in known.values())]
            for k, label in enumerate(self.trace_labels)
        ]
        whole = ["all", *(f"{self.output_errors[name]:.4g}" for name in known)]
        return as_html(
            f"error {readable(self.error, self.dimensions)}",
            html_lines(
                f"{name}: {error:.4g}"
                for name, error in self.output_errors.items()
                if name not in known
            ),
            html_table(["normalised error", *known], [*rows, whole] if known else []),
        )

    def __str__(self) -> str:
        lines = [f"error {readable(self.error, self.dimensions)}"]
        for name, errors in self.trace_errors.items():
            lines.append(f"  {name}: {self.output_errors[name]:.4g}")
            if not np.all(np.isnan(errors)):
                lines += [
                    f"    {label}: {error:.4g}"
                    for label, error in zip(self.trace_labels, errors, strict=True)
                ]
        return "\n".join(lines)


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class ValidationCourse:
    """The errors of the best sample so far after every round, fitted and held out.

    Attributes
    ----------
    train, test
        On the recordings of the fit, and on those held out [SI].
    dimensions
        Of both.
    """

    train: Float[np.ndarray, " n_rounds"]
    test: Float[np.ndarray, " n_rounds"]
    dimensions: Dimension

    @property
    def gap(self) -> Float[np.ndarray, " n_rounds"]:
        """How much larger the error is on what was held out."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.test - self.train)

    def __str__(self) -> str:
        if not self.test.size:
            return "held out: no round was done"
        test, gap = self.test[-1], self.gap[-1]
        return (
            f"held out: error {readable(float(test), self.dimensions)}, "
            f"{readable(float(gap), self.dimensions)} above that of the fit"
        )
