"""A metric of voltages is told of the spikes that the voltage of a model that is reset hides."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import mV

from brianfit._foundation.spike_trains import spike_trains_from_nested
from brianfit.engines import SimulationResult
from brianfit.metrics import AbstractTraceMetric, StepResponse, SubthresholdMSE
from brianfit.objective import TraceOutput
from brianfit.objective.linearisation import is_least_squares

DT = 1e-3
DATA = np.full((1, 100), -0.065)
DATA[0, [40, 60]] = 0.02
METRICS = (
    SubthresholdMSE(-20 * mV),
    StepResponse(-20 * mV, start=0.03, stop=0.08, windows=[0.5]),
)


def _simulated(train: list[float]) -> SimulationResult:
    """Return a result of one sample whose voltage is right between spikes."""
    trains = spike_trains_from_nested([[np.array(train)]], n_traces=1)
    return SimulationResult(traces={"v": np.full((1, 1, 100), -0.065)}, spikes=trains)


@pytest.mark.parametrize("metric", METRICS)
def test_too_many_spikes_cost_though_the_voltage_is_right(metric: AbstractTraceMetric) -> None:
    output = TraceOutput(name="v", metric=metric, data=DATA, hides_spikes=True)

    right, runaway = (
        float(output.errors(output.features(_simulated(train), DT))[0])
        for train in ([0.039, 0.059], [0.031, 0.039, 0.049, 0.055, 0.059, 0.070])
    )

    assert right == 0
    assert runaway > 0


def test_hidden_spikes_make_an_error_that_is_no_sum_of_squares() -> None:
    seen, hidden = (
        TraceOutput(name="v", metric=METRICS[0], data=DATA, hides_spikes=hides)
        for hides in (False, True)
    )

    assert is_least_squares([seen])
    assert not is_least_squares([hidden])
