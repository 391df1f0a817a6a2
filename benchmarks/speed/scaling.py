"""Cost of a round against samples, traces, steps, parameters and workers; cost of a store."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from brian2 import ms
from distributed import Client, LocalCluster

from benchmarks.tables import Row, Table
from brianfit.engines.fused import FusedEngine
from brianfit.executors import AbstractExecutor, DaskExecutor, ProcessExecutor, SharedWork
from brianfit.fitting import TraceFitter
from brianfit.optimizers import RandomSearch
from brianfit.results import load

N_SAMPLES, N_TRACES, N_STEPS, N_PARAMETERS = 200, 4, 5000, 4
WORKERS, CHUNKS, DELAY = 8, 32, 1.0


def run() -> Table:
    """Measure all of them."""
    table = Table("Scaling: seconds of a round, one thread unless told")
    for name, values in {
        "n_samples": (50, 200, 800, 3200),
        "n_traces": (1, 4, 16),
        "n_steps": (1250, 5000, 20000),
        "n_parameters": (2, 4, 8, 16),
    }.items():
        table.extend([
            Row(f"{name} = {value}", round_seconds(**{name: value}), "s") for value in values
        ])  # fmt: skip
    table.extend(executor_rows())
    table.extend(store_rows())
    table.extend(large_store_rows())
    table.extend(cluster_rows())
    return table


def fitter_of(n_samples: int, n_traces: int, n_steps: int, n_parameters: int, threads: Any) -> Any:
    """Return a fitter of an exponential integrate-and-fire cell, and its bounds."""
    extra = [f"p{k}" for k in range(n_parameters - 2)]
    offset = "".join(f" + 1e-6*{name}" for name in extra)
    declared = "".join(f"\n{name} : 1 (constant)" for name in extra)
    current = np.zeros((n_traces, n_steps))
    current[:, n_steps // 10 :] = np.linspace(0.5, 1.5, n_traces)[:, np.newaxis]
    fitter = TraceFitter(
        f"dv/dt = (gain*I - v + exp(v - 3){offset})/tau : 1\ngain : 1 (constant)\n"
        f"tau : second (constant){declared}",
        input={"I": current},
        output={"v": current},
        dt=0.05 * ms,
        n_samples=n_samples,
        method="exponential_euler",
        threshold="v > 5",
        reset="v = 0",
        engine=FusedEngine(threads=threads),
    )
    bounds = {"gain": [0.1, 2.0], "tau": [1, 50] * ms, **{name: [0.0, 1.0] for name in extra}}
    return fitter, bounds


def round_seconds(
    n_samples: int = N_SAMPLES,
    n_traces: int = N_TRACES,
    n_steps: int = N_STEPS,
    n_parameters: int = N_PARAMETERS,
    *,
    threads: int | None = 1,
    executor: AbstractExecutor | None = None,
    store: Path | None = None,
) -> float:
    """Return the shortest of some rounds [s]; the first one, which compiles, does not count."""
    fitter, bounds = fitter_of(n_samples, n_traces, n_steps, n_parameters, threads)
    fitter.fit(n_rounds=5, callback=None, seed=1, executor=executor, store=store, **bounds)
    return float(min(done.seconds for done in fitter.result.history.rounds[1:]))


def executor_rows() -> list[Row]:
    """Compare executors with threads on a round of 2,000 samples."""
    size = {"n_samples": 2000, "n_traces": 4, "n_steps": 20000}
    one, two = round_seconds(**size), round_seconds(**size, threads=2)
    with ProcessExecutor(2) as processes:
        by_processes = round_seconds(**size, threads=None, executor=processes)
    with _cluster(2) as cluster, Client(cluster) as client:
        by_dask = round_seconds(**size, threads=None, executor=DaskExecutor(client))
    return [
        Row("2,000 samples, 1 thread", one, "s"),
        Row("2,000 samples, 2 threads", two, "s"),
        Row("2,000 samples, 2 processes", by_processes, "s"),
        Row("2,000 samples, 2 Dask workers", by_dask, "s"),
        Row("2 Dask workers, of 2 threads", 100 * two / by_dask, "%", at_least=85),
    ]


def store_rows() -> list[Row]:
    """Measure what a store adds to a round of 200 samples, and a large store."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "cell.fit"
        round_seconds(200, 1, 20, 10)  # compiles
        fitter, bounds = fitter_of(200, 1, 20, 10, 1)
        plain = _seconds(lambda: fitter.fit(n_rounds=300, callback=None, seed=1, **bounds))
        stored, _ = fitter_of(200, 1, 20, 10, 1)
        kept = _seconds(
            lambda: stored.fit(n_rounds=300, callback=None, seed=1, store=store, **bounds)
        )
        again, _ = fitter_of(200, 1, 20, 10, 1)
        replayed = _seconds(
            lambda: again.fit(n_rounds=300, callback=None, seed=1, store=store, **bounds)
        )
        opened = _seconds(lambda: load(store))
    return [
        Row("store, added to a round of 200", 1e3 * (kept - plain) / 300, "ms", at_most=5),
        Row("going on from a store, for a round of 200", 1e3 * replayed / 300, "ms"),
        Row("opening a store, for a round of 200", 1e3 * opened / 300, "ms"),
    ]


def large_store_rows(n_rounds: int = 5000) -> list[Row]:
    """Measure a store of 1,000,000 evaluations of 10 parameters."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "cell.fit"
        fitter, bounds = fitter_of(200, 1, 20, 10, 1)
        fitter.fit(RandomSearch(), n_rounds=n_rounds, callback=None, seed=1, store=store, **bounds)
        size = sum(path.stat().st_size for path in Path(folder).glob("cell.fit*"))
        opened = min(_seconds(lambda: load(store).result.error) for _ in range(3))
    return [
        Row("store of 1,000,000 evaluations: size", size / 1e6, "MB", at_most=200),
        Row("store of 1,000,000 evaluations: opening", opened, "s", at_most=1),
    ]


def cluster_rows() -> list[Row]:
    """Measure what scheduling adds to chunks of one second on eight workers."""
    values = np.zeros((CHUNKS, 1))
    with _cluster(WORKERS) as cluster, Client(cluster) as client:
        executor = DaskExecutor(client)
        executor.run(SharedWork(_sleep, 0.0, at_once=1), values, np.concatenate)
        taken = _seconds(
            lambda: executor.run(SharedWork(_sleep, DELAY, at_once=1), values, np.concatenate)
        )
    ideal = DELAY * CHUNKS / WORKERS
    overhead = 100 * (taken - ideal) / ideal
    return [Row("8 Dask workers, chunks of 1 s: scheduling", overhead, "%", at_most=5)]


def _cluster(n_workers: int) -> Any:
    return LocalCluster(
        n_workers=n_workers, threads_per_worker=1, processes=True, dashboard_address=None
    )


def _sleep(seconds: float, values: np.ndarray, _first: int) -> np.ndarray:
    time.sleep(seconds)
    return values[:, 0]


def _seconds(action: Callable[[], Any]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started
