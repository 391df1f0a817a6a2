"""A result for other programs: JSON, and every sample as CSV."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from brianfit._foundation.strangers.escaping import in_csv
from brianfit._foundation.units import readable, unit_name
from brianfit.results.fit_result import FitResult
from brianfit.results.intervals.uncertainty import Uncertainty
from brianfit.results.tables import results_table
from brianfit.results.verdict import Verdict

FORMAT = "brianfit-result-1"
"""Name of the layout; its number grows when a reader of the old one could be misled."""


def plain_result(result: FitResult) -> dict[str, Any]:
    """Return a result as dictionaries, lists, numbers and texts; numbers are SI.

    What is not finite, such as the error of a fit without any scored sample, is None.
    """
    units = result.dimensions
    return {
        "format": FORMAT,
        "error": _finite(result.error),
        "error_unit": unit_name(units.error),
        "parameters": {
            name: _parameter(result, name, value) for name, value in result.best_values.items()
        },
        "outputs": {
            name: {
                "error": _finite(error),
                "unit": unit_name(units.raw_output_errors[name]),
                "normalized": _finite(result.output_errors[name]),
                "by_trace": dict(
                    zip(
                        result.trace_labels,
                        (
                            _finite(value)
                            for value in np.asarray(result.trace_errors[name]).tolist()
                        ),
                        strict=True,
                    )
                ),
            }
            for name, error in result.raw_output_errors.items()
        },
        "held_out_error": _held_out_error(result),
        "verdict": plain_verdict(result.verdict),
        "uncertainty": plain_uncertainty(result.uncertainty),
        "n_rounds": result.history.n_rounds,
        "n_evaluations": result.history.n_evaluations,
        "n_failed": result.n_failed,
        "seconds": result.history.seconds,
        "stop_reason": result.stop_reason,
        "seed": result.seed,
        "settings": dict(result.settings),
        "versions": dict(result.versions),
    }


def plain_verdict(verdict: Verdict | None) -> dict[str, Any] | None:
    """Return a verdict as dictionaries, lists, numbers and texts; None if there is none."""
    if verdict is None:
        return None
    return {
        "is_good": verdict.is_good,
        "problems": list(verdict.problems),
        "notes": list(verdict.notes),
        "figures": {name: _finite(value) for name, value in verdict.figures.items()},
    }


def plain_uncertainty(found: Uncertainty | None) -> dict[str, Any] | None:
    """Return an uncertainty as dictionaries, lists, numbers and texts; None if there is none.

    An end of an interval that is not there is None.
    """
    if found is None:
        return None
    return {
        "method": found.method,
        "reason": found.reason,
        "notes": list(found.notes),
        "n_independent": _finite(found.n_independent),
        "parameters": {
            name: {
                "value": _finite(one.value),
                "interval_68": [_finite(end) for end in one.limits[0].tolist()],
                "interval_95": [_finite(end) for end in one.limits[1].tolist()],
                "verdict": one.verdict,
                "by_sweep": [_finite(value) for value in found.sweeps[name].values.tolist()]
                if name in found.sweeps
                else [],
            }
            for name, one in found.intervals.items()
        },
    }


def as_json(result: FitResult) -> str:
    """Return a result as JSON text."""
    return json.dumps(plain_result(result), indent=2, allow_nan=False) + "\n"


def as_csv(result: FitResult) -> str:
    """Return every sample of a fit as CSV text: parameters and errors, SI numbers.

    The headings carry the units: ``gl [S]``.
    """
    table = results_table(result.history, result.dimensions, "dataframe", use_units=False)
    units = {name: unit_name(dim) for name, dim in result.dimensions.parameters.items()}
    units["error"] = unit_name(result.dimensions.error)
    for name, dim in result.dimensions.raw_output_errors.items():
        units[f"error_{name}"] = unit_name(dim)
    for name, dim in result.dimensions.output_errors.items():
        units[f"normalized_error_{name}"] = unit_name(dim)
    table.insert(0, "round", result.history.round_of)
    text: str = table.rename(
        columns={
            name: in_csv(f"{name} [{units[name]}]" if name in units else name)
            for name in table.columns
        }
    ).to_csv(index=False, lineterminator="\n")
    return text


def _parameter(result: FitResult, name: str, value: float) -> Mapping[str, Any]:
    dimension = result.dimensions.parameters[name]
    found: dict[str, Any] = {
        "value": _finite(value),
        "unit": unit_name(dimension),
        "text": readable(value, dimension),
        "is_free": name in result.bounds,
    }
    if name in result.bounds:
        found["low"], found["high"] = result.bounds[name]
        found["at_bound"] = result.at_bound.get(name)
    return found


def _held_out_error(result: FitResult) -> float | None:
    """Return the error of the best sample on what was held out, in the unit of the error."""
    course = result.validation
    return None if course is None or not course.test.size else _finite(float(course.test[-1]))


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
