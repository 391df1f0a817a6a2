"""Least squares on the traces, as a guide for errors that have no derivatives of their own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.metrics import MSEMetric
from brianfit.metrics._base import first_step
from brianfit.objective.outputs import Output, TraceOutput

ROUNDING = 1e-12
"""Values that differ by less than this fraction are the same."""


def guiding_outputs(outputs: Sequence[Output], dt: float) -> tuple[Output, ...]:
    """Return outputs that compare the same traces by mean squares; none if one is not a trace.

    Every output is divided by the standard deviation of its recording, so that outputs of any unit
    count alike, and is heeded from the metric's `t_start` on.
    """
    guiding = []
    for output in outputs:
        if not isinstance(output, TraceOutput):
            return ()
        data = _measured_from(output.data, first_step(output.metric.t_start_, dt))
        measured = data[np.isfinite(data)]
        spread = float(measured.std()) if measured.size else 0.0
        if spread <= ROUNDING * float(np.abs(measured).max(initial=0.0)):
            return ()  # a constant says nothing about the scale of the output
        metric = MSEMetric(normalization=spread)
        guiding.append(TraceOutput(name=output.name, metric=metric, data=data))
    return tuple(guiding)


def _measured_from(
    data: Float[np.ndarray, "n_traces n_steps"], first: int
) -> Float[np.ndarray, "n_traces n_steps"]:
    cut = np.array(data, dtype=np.float64)
    cut[:, :first] = np.nan
    return cut
