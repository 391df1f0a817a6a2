"""How well the model does, by output and by sweep, on what was fitted and on what was not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from brianfit._foundation.shown.markup import Markup, join
from brianfit.plots.report.contents import ReportContents, number_text
from brianfit.plots.report.tables import Column, Row, table


def scores(contents: ReportContents) -> Markup | None:
    """Return the errors of fitted sweeps, and of those that were held out."""
    if not contents.result.raw_output_errors:
        return None
    return join(_outputs(contents), _sweeps(contents))


def _outputs(contents: ReportContents) -> Markup:
    result, held_out = contents.result, contents.held_out
    problem = result.problem
    columns = [Column(head="output"), *_numbers("error", "normalised")]
    columns += _numbers("held out: error", "held out: normalised") if held_out is not None else []
    rows = []
    for name, error in result.raw_output_errors.items():
        raw, normalised = result.dimensions.raw_output_errors[name], result.output_errors[name]
        cells = [name, number_text(error, raw), _normalised(contents, name, normalised)]
        if held_out is not None:
            cells += [
                number_text(held_out.raw_output_errors[name], raw),
                _normalised(contents, name, held_out.output_errors[name]),
            ]
        metric = str(problem.metrics[name]) if problem and name in problem.metrics else ""
        rows.append(Row(cells=[*cells, metric]))
    return table(
        [*columns, Column(head="metric")],
        rows,
        caption="Smaller is better. The normalised errors are what is added up.",
    )


def _numbers(*heads: str) -> list[Column]:
    return [Column(head=head, kind="number") for head in heads]


def _normalised(contents: ReportContents, name: str, value: float) -> str:
    return number_text(value, contents.result.dimensions.output_errors[name])


def _sweeps(contents: ReportContents) -> Markup | None:
    result, held_out = contents.result, contents.held_out
    names = [name for name, errors in result.trace_errors.items() if np.any(np.isfinite(errors))]
    if not names:
        return None
    rows = [
        Row(cells=[label, *_trace_errors(contents, names, result.trace_errors, number)])
        for number, label in enumerate(result.trace_labels)
    ]
    if held_out is not None:
        rows += [
            Row(
                cells=[
                    f"{label} (held out)",
                    *_trace_errors(contents, names, held_out.trace_errors, number),
                ],
                class_="left-out",
            )
            for number, label in enumerate(held_out.trace_labels)
        ]
    columns = [Column(head="sweep"), *_numbers(*(f"error of {name}" for name in names))]
    return table(columns, rows)


def _trace_errors(
    contents: ReportContents,
    names: Sequence[str],
    errors: Mapping[str, np.ndarray],
    number: int,
) -> list[str]:
    return [
        _trace_error(contents, name, float(errors[name][number])) if name in errors else "–"
        for name in names
    ]


def _trace_error(contents: ReportContents, name: str, normalised: float) -> str:
    """Return the error of a sweep without normalization."""
    result = contents.result
    if not np.isfinite(normalised):
        return "–"
    whole = result.output_errors[name]
    factor = result.raw_output_errors[name] / whole if whole > 0 else 1.0
    return number_text(factor * normalised, result.dimensions.raw_output_errors[name])
