"""The record of how the parameters of a task are treated."""

from __future__ import annotations

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.fitting.problem.parameters import Parameters
from brianfit.model import Model
from brianfit.results import ParameterRecord


def parameter_records(model: Model, parameters: Parameters) -> tuple[ParameterRecord, ...]:
    """Return how every parameter is treated, in the order of the columns of the samples."""
    space, columns = parameters.space, parameters.columns
    free = [
        ParameterRecord(
            name=name,
            dimensions=dimensions,
            low=float(space.low[k]),
            high=float(space.high[k]),
            scale="log" if space.is_log[k] else "linear",
            start=_start(space.starts[:, k]),
            is_integer=bool(space.is_integer[k]),
            prior=parameters.priors.get(name),
        )
        for k, (name, dimensions) in enumerate(zip(space.names, space.dimensions, strict=True))
    ]
    fixed = [
        ParameterRecord(
            name=name,
            dimensions=model.dimensions(name),
            fixed=value,
            is_integer=model.is_integer(name),
        )
        for name, value in columns.fixed.items()
    ]
    tied = [
        ParameterRecord(
            name=name,
            dimensions=model.dimensions(name),
            tied=parameters.given[name].tied,
            is_integer=model.is_integer(name),
        )
        for name in columns.tied
    ]
    return (*free, *fixed, *tied)


def _start(values: Float[np.ndarray, " n_starts"]) -> float | tuple[float, ...] | None:
    """Return the values of a parameter to start from: none, the one of all starts, or each."""
    if np.isnan(values).all():
        return None
    if np.ptp(values) == 0:
        return float(values[0])
    return tuple(values.tolist())
