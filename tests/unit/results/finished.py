"""A small history and its units."""

from __future__ import annotations

import numpy as np
from brian2 import siemens, volt

from brianfit._foundation.units import DIMENSIONLESS
from brianfit.results import Dimensions, History, Round

TWO_OUTPUTS = ("v", "w")


def round_of(
    values: list[list[float]], errors: list[float], *, iteration: int = 0, n_outputs: int = 1
) -> Round:
    """Return a round whose output errors are (1, 2, ...) times the errors; raw ones 10 times."""
    factors = np.arange(1, n_outputs + 1)
    by_output = np.array(errors, dtype=float)[:, np.newaxis] * factors
    return Round(
        iteration=iteration,
        values=np.array(values, dtype=float),
        errors=np.array(errors, dtype=float),
        output_errors=by_output,
        raw_output_errors=10 * by_output,
        seconds=0.5,
    )


def history(*rounds: Round, output_names: tuple[str, ...] = ("v",)) -> History:
    found = History(parameter_names=("g", "x"), output_names=output_names)
    for added in rounds:
        found = found.with_round(added)
    return found


def dimensions(*outputs: str) -> Dimensions:
    return Dimensions(
        parameters={"g": siemens.dim, "x": DIMENSIONLESS},
        error=DIMENSIONLESS,
        output_errors=dict.fromkeys(outputs, DIMENSIONLESS),
        raw_output_errors=dict.fromkeys(outputs, volt.dim**2),
    )
