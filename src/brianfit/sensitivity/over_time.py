"""Sobol's indices of an output at every moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import Dimension
from brianfit.sensitivity.sobol import SobolIndices


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class TraceIndices:
    """Which part of the variance of a trace each parameter causes, moment by moment.

    Attributes
    ----------
    times
        At which it was looked at [s].
    labels
        Names of the sweeps.
    low, middle, high
        Quantiles of 5, 50 and 95 % over the box [SI].
    first, total
        The indices; nan where the trace never varies, or has ended.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    dimensions: Dimension
    times: Float[np.ndarray, " n_times"]
    low: Float[np.ndarray, "n_traces n_times"]
    middle: Float[np.ndarray, "n_traces n_times"]
    high: Float[np.ndarray, "n_traces n_times"]
    first: Float[np.ndarray, "n_parameters n_traces n_times"]
    total: Float[np.ndarray, "n_parameters n_traces n_times"]


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class GlobalSensitivity:
    """What parameters do over the whole box of a fit; print it for a table.

    Attributes
    ----------
    indices
        Of the error, and of features of what the model yields.
    traces
        By output, moment by moment; `brianfit.plots.plot_global_sensitivity` draws them.
    """

    indices: SobolIndices
    traces: Mapping[str, TraceIndices]

    def __str__(self) -> str:
        return str(self.indices)

    def _repr_html_(self) -> str:
        return self.indices._repr_html_()
