"""Spike metrics: 1,000 samples against 9 repeats of 200 spikes, which must not slow down a round.

Run it with ``make bench`` or ``python -m benchmarks.speed.spike_metrics``.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from brian2 import ms

import brianfit
from benchmarks.tables import Row, Table
from brianfit._foundation.spike_trains import spike_trains_from_nested
from brianfit.engines import SimulationResult
from brianfit.objective import SpikeOutput

N_SAMPLES, N_REPEATS, N_SPIKES, DURATION, DT = 1000, 9, 200, 20.0, 1e-4
LIMIT = 50.0
METRICS = {
    "GammaFactor": brianfit.GammaFactor(4 * ms, time=DURATION),
    "MDStar": brianfit.MDStar(4 * ms),
    "VanRossum": brianfit.VanRossum(10 * ms),
    "VictorPurpura": brianfit.VictorPurpura(1 / (10 * ms)),
    "VictorPurpura, all spikes within reach": brianfit.VictorPurpura(0.01 / DURATION),
    "ISIDistance": brianfit.ISIDistance(time=DURATION),
    "SPIKEDistance": brianfit.SPIKEDistance(time=DURATION),
    "PSTHVariance": brianfit.PSTHVariance(10 * ms, time=DURATION),
    "SpikeCount": brianfit.SpikeCount(),
    "SpikeRate": brianfit.SpikeRate(time=DURATION),
    "FirstSpikeLatency": brianfit.FirstSpikeLatency(time=DURATION),
    "FiringPattern": brianfit.FiringPattern(),
}


def run() -> Table:
    """Measure every metric as the objective calls it, from simulated trains to errors."""
    generator = np.random.default_rng(1)
    steps = [
        np.sort(generator.choice(round(DURATION / DT), N_SPIKES, replace=False)) * DT
        for _ in range(N_SAMPLES + N_REPEATS)
    ]
    simulated = spike_trains_from_nested([[train] for train in steps[N_REPEATS:]], n_traces=1)
    result = SimulationResult(spikes=simulated)
    table = Table("Spike metrics: 1,000 samples x 9 repeats x 200 spikes")
    for name, metric in METRICS.items():
        output = SpikeOutput(
            metric=metric,
            data=steps[:N_REPEATS],
            trace_of_train=(0,) * N_REPEATS,
            durations=np.array([DURATION]),
        )
        table.extend([Row(name, 1e3 * best_time(output, result), "ms", at_most=LIMIT)])
    return table


def best_time(output: SpikeOutput, result: SimulationResult) -> float:
    """Return the least of several times, after the compilation [s]."""
    output.errors(output.features(result, DT))
    times = []
    for _ in range(7):
        started = time.perf_counter()
        output.errors(output.features(result, DT))
        times.append(time.perf_counter() - started)
    return min(times)


if __name__ == "__main__":
    sys.stdout.write(str(run()) + "\n")
