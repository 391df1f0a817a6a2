"""The fused engine against Brian 2 and against loops written by hand; all rows of one run.

Each row is a ratio of medians, measured in turns on the same machine, and says what it should be at
least (or at most). Run it with ``make bench`` or ``python -m benchmarks.speed.fused_engine``.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from benchmarks.speed.brian_runs import cython_seconds, standalone_seconds
from benchmarks.speed.cpp_yardstick import hh_nanoseconds
from benchmarks.speed.neuron_models import TimedModel, adex, hodgkin_huxley, leaky
from benchmarks.tables import Row, Table
from brianfit.engines.fused import FusedEngine

REPEATS = 5


def run() -> Table:
    """Measure everything; some minutes."""
    table = Table("Fused engine")
    table.extend(_hodgkin_huxley_rows())
    table.extend(_other_model_rows())
    table.extend(_start_rows())
    table.extend(_memory_rows())
    return table


def fused_seconds(
    timed: TimedModel, n_samples: int, *, threads: int = 1, precision: str = "float64"
) -> Callable[[], float]:
    """Return a function that runs a prepared, compiled simulation once and returns its time.

    With one thread that is processor time, which does not depend on who else uses the machine.
    """
    simulation = FusedEngine(threads=threads, precision=precision).prepare(timed.task())
    samples = timed.samples(n_samples)
    simulation.run(samples, iteration=0, seed=1)

    clock = time.process_time if threads == 1 else time.perf_counter

    def once() -> float:
        started = clock()
        simulation.run(samples, iteration=0, seed=1)
        return clock() - started

    return once


def _wall_seconds(once: Callable[[], float]) -> Callable[[], float]:
    """Return a function that returns the time on the wall of `once`."""

    def wall() -> float:
        started = time.perf_counter()
        once()
        return time.perf_counter() - started

    return wall


def _median(once: Callable[[], float], repeats: int = REPEATS) -> float:
    return statistics.median(once() for _ in range(repeats))


def _ratio(slow: Callable[[], float], fast: Callable[[], float], repeats: int = 3) -> float:
    """Return how many times faster `fast` is: the median over runs in turns."""
    return statistics.median(slow() / _median(fast, 3) for _ in range(repeats))


def _hodgkin_huxley_rows() -> list[Row]:
    timed = hodgkin_huxley()
    large, small = fused_seconds(timed, 200), fused_seconds(timed, 20)
    two, wall = fused_seconds(timed, 200, threads=2), _wall_seconds(large)
    single = fused_seconds(timed, 200, precision="float32")
    steps = 200 * timed.current.size
    per_step = _median(large) / steps * 1e9
    rows = [
        Row("Hodgkin-Huxley, 1000 neurons, one thread", per_step, "ns per neuron-step"),
        Row("the same, 100 neurons", _median(small) / steps * 10 * 1e9, "ns per neuron-step"),
        Row(
            "Brian 2 (Cython) / fused, 1000 neurons",
            _ratio(lambda: cython_seconds(timed, 200), large),
            "times",
            at_least=5,
        ),
        Row(
            "Brian 2 (Cython) / fused, 100 neurons",
            _ratio(lambda: cython_seconds(timed, 20), small),
            "times",
            at_least=12,
        ),
        Row(
            "the same without recording, 1000 neurons",
            _ratio(lambda: cython_seconds(timed, 200, is_recorded=False), large),
            "times",
        ),
        Row(
            "the same without recording, 100 neurons",
            _ratio(lambda: cython_seconds(timed, 20, is_recorded=False), small),
            "times",
        ),
        Row(
            "Brian 2 (C++ standalone) / fused, 1000 neurons",
            _ratio(lambda: standalone_seconds(timed, 200), large, repeats=2),
            "times",
            at_least=4,
        ),
        Row("one thread / two threads", _ratio(wall, two, 7), "times", at_least=1.8),
        Row("float64 / float32", _ratio(large, single, 7), "times", at_least=1.7),
    ]
    return rows + _hand_written_rows(large, steps)


def _hand_written_rows(large: Callable[[], float], steps: int) -> list[Row]:
    rows: list[Row] = []
    for name, limit in (("plain", 1.0), ("best", 1.15)):
        cpp = hh_nanoseconds(name, n_samples=200, n_traces=5, n_steps=10_000)
        here = statistics.median(
            _median(large, 3)
            / steps
            * 1e9
            / hh_nanoseconds(name, n_samples=200, n_traces=5, n_steps=10_000)
            for _ in range(REPEATS)
        )
        rows.append(Row(f"C++ by hand, {name}", cpp, "ns per neuron-step"))
        rows.append(Row(f"fused / C++ by hand, {name}", here, "times", at_most=limit))
    return rows


def _other_model_rows() -> list[Row]:
    models = [leaky(), adex(), hodgkin_huxley(method="rk4"), leaky(noisy=True)]
    rows = []
    for timed in models:
        fast = fused_seconds(timed, 200)
        nanoseconds = _median(fast, 3) / (200 * timed.current.size) * 1e9
        rows.append(Row(f"{timed.name}, 1000 neurons", nanoseconds, "ns per neuron-step"))
        ratio = _ratio(lambda timed=timed: cython_seconds(timed, 200), fast, 1)
        rows.append(Row(f"Brian 2 (Cython) / fused, {timed.name}", ratio, "times", at_least=4))
    return rows


_START = """
import time, sys
import brianfit.engines.fused, numba, brian2
from benchmarks.speed.neuron_models import hodgkin_huxley
from brianfit.engines.fused import FusedEngine
timed = hodgkin_huxley(n_steps=10)
samples = timed.samples(20)
numba.njit(lambda x: x)(1.0)  # Numba imports its registries at the first compilation
started = time.process_time()
FusedEngine(threads=1).prepare(timed.task()).run(samples, iteration=0, seed=1)
print(time.process_time() - started)
"""


def _start_rows() -> list[Row]:
    import os
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "BRIANFIT_CACHE_DIR": folder}
        seconds = [
            float(
                subprocess.run(
                    [sys.executable, "-c", _START],
                    env=environment,
                    capture_output=True,
                    text=True,
                    check=True,
                ).stdout.split()[-1]
            )
            for _ in range(4)
        ]
    return [
        Row("cold compile of Hodgkin-Huxley, processor time", seconds[0], "s", at_most=6),
        Row(
            "start in a new process, compiled before, beside imports",
            statistics.median(seconds[1:]),
            "s",
            at_most=0.5,
        ),
    ]


_MEMORY = """
import resource, sys
import numpy as np
from brian2 import amp, volt, second
from benchmarks.speed.neuron_models import hodgkin_huxley
from brianfit import MSEMetric, TraceFitter
timed = hodgkin_huxley()
fitter = TraceFitter(
    model=timed.model.equations, input={"I": timed.current * amp},
    output={"v": np.full(timed.current.shape, -0.065) * volt}, dt=timed.dt * second,
    n_samples=10_000, method="exponential_euler", param_init={"v": "VT"},
    namespace=timed.model.namespace, use_units=False,
)
fitter.fit(metric=MSEMetric(), n_rounds=1, callback=None, seed=1, **timed.ranges)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)
"""


def _memory_rows() -> list[Row]:
    done = subprocess.run(
        [sys.executable, "-c", _MEMORY], capture_output=True, text=True, check=True
    )
    return [
        Row(
            "peak memory of a fit: 10,000 samples x 5 traces x 10,000 steps",
            float(done.stdout.split()[-1]),
            "GB",
            at_most=1,
        )
    ]


if __name__ == "__main__":
    sys.stdout.write(str(run()) + "\n")
