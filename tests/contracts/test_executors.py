"""Every executor gives the same results; those with processes survive what happens to them."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brian2 import ms

from brianfit._foundation.errors import BrianfitError, InvalidValueError, SimulationError
from brianfit.engines import ReferenceEngine
from brianfit.executors import (
    AbstractExecutor,
    DaskExecutor,
    ProcessExecutor,
    SerialExecutor,
    SharedWork,
)
from brianfit.fitting import TraceFitter, fit_many
from brianfit.model import Parameter
from brianfit.results import FitResult
from tests.contracts import executor_work
from tests.faults.cell import assert_same_numbers, fit, make_fitter, settings

VALUES = np.linspace(-1, 1, 50)[:, np.newaxis]


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessExecutor]:
    with ProcessExecutor(2) as executor:
        yield executor


@pytest.fixture(scope="module")
def dask_client() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.fixture(params=["serial", "serial with a limit", "processes", "dask"])
def executor(request: pytest.FixtureRequest, processes: ProcessExecutor) -> AbstractExecutor:
    if request.param == "dask":
        return DaskExecutor(request.getfixturevalue("dask_client"))
    return {
        "serial": SerialExecutor(),
        "serial with a limit": SerialExecutor(time_per_round=1000.0),
        "processes": processes,
    }[request.param]


def test_results_come_in_the_order_of_the_samples(executor: AbstractExecutor) -> None:
    found = executor.run(SharedWork(executor_work.squares, 3.0), VALUES, np.concatenate)

    np.testing.assert_array_equal(found[:, 0], 3 * VALUES[:, 0] ** 2)
    np.testing.assert_array_equal(found[:, 1], np.arange(50))


def test_no_samples_have_an_empty_result(executor: AbstractExecutor) -> None:
    found = executor.run(SharedWork(executor_work.squares, 3.0), VALUES[:0], np.concatenate)

    assert found.shape == (0, 2)


def test_what_is_raised_arrives(executor: AbstractExecutor) -> None:
    with pytest.raises(ValueError, match="no result for"):
        executor.run(SharedWork(executor_work.fails, None), VALUES, np.concatenate)


def test_a_fit_gives_the_same_numbers(executor: AbstractExecutor) -> None:
    found = fit(executor=executor, n_rounds=3, y=Parameter(tied="2*x + 0.5"))

    assert_same_numbers(found, fit(n_rounds=3, y=Parameter(tied="2*x + 0.5")))


def test_noise_by_brian_does_not_depend_on_the_executor(executor: AbstractExecutor) -> None:
    def noisy(where: AbstractExecutor) -> FitResult:
        fitter = TraceFitter(
            "dv/dt = (I*x - v)/(5*ms) + 0.1*xi*ms**-0.5 : 1\nx : 1 (constant)",
            input={"I": np.ones((1, 20))},
            output={"v": np.ones((1, 20))},
            dt=0.1 * ms,
            n_samples=20,
            method="euler",
            engine=ReferenceEngine(),
        )
        fitter.fit(n_rounds=2, callback=None, seed=1, executor=where, x=[0.1, 10.0])
        return fitter.result

    found, expected = noisy(executor), noisy(SerialExecutor())

    # NumPy rounds the ends of arrays of another length in another way, by some 1e-16; another
    # sequence of random numbers would differ by the noise itself, about 0.1.
    np.testing.assert_allclose(found.history.values, expected.history.values, rtol=1e-9)
    np.testing.assert_allclose(found.history.errors, expected.history.errors, rtol=1e-9)


def test_work_is_spread_over_processes(processes: ProcessExecutor) -> None:
    found = processes.run(SharedWork(executor_work.process_of_each, None), VALUES, np.concatenate)

    assert len(set(found)) == 2
    assert os.getpid() not in found


def test_a_worker_that_ends_is_replaced(processes: ProcessExecutor, tmp_path: Path) -> None:
    work = SharedWork(executor_work.dies_once, tmp_path / "mark")

    found = processes.run(work, VALUES, np.concatenate)

    np.testing.assert_array_equal(found, VALUES[:, 0])


def test_a_worker_that_ends_twice_is_reported(processes: ProcessExecutor) -> None:
    with pytest.raises(SimulationError, match=r"ended twice \(exit code -9\) on samples"):
        processes.run(SharedWork(executor_work.dies, None), VALUES, np.concatenate)


def limited(kind: str, request: pytest.FixtureRequest, **limits: Any) -> AbstractExecutor:
    if kind == "dask":
        return DaskExecutor(request.getfixturevalue("dask_client"), **limits)
    return ProcessExecutor(1, **limits) if kind == "processes" else SerialExecutor(**limits)


@pytest.mark.parametrize("kind", ["serial", "processes", "dask"])
def test_a_sample_that_runs_away_is_given_up_and_the_others_kept(
    kind: str, request: pytest.FixtureRequest
) -> None:
    values = np.array([[1.0], [1.0], [-1.0], [1.0]])
    work = SharedWork(executor_work.spins, 60.0, failure=executor_work.infinite)

    executor = limited(kind, request, time_per_sample=100 * ms)
    found = executor.run(work, values, np.concatenate)

    np.testing.assert_array_equal(found, [1.0, 1.0, np.inf, 1.0])


def test_waiting_is_broken_off_in_the_main_thread() -> None:
    work = SharedWork(executor_work.sleeps, 60.0, failure=executor_work.infinite)

    found = SerialExecutor(time_per_sample=50 * ms).run(work, -VALUES[-1:], np.concatenate)

    np.testing.assert_array_equal(found, [np.inf])


def test_a_limit_holds_in_another_thread() -> None:
    work = SharedWork(executor_work.spins, 60.0, failure=executor_work.infinite)
    found: list[np.ndarray] = []

    def evaluate() -> None:
        executor = SerialExecutor(time_per_sample=50 * ms)
        found.append(executor.run(work, np.array([[1.0], [-1.0]]), np.concatenate))

    thread = threading.Thread(target=evaluate)
    thread.start()
    thread.join()

    np.testing.assert_array_equal(found[0], [1.0, np.inf])


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no interval timers")
def test_an_alarm_of_somebody_else_still_comes() -> None:
    rung: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    work = SharedWork(executor_work.sleeps, 60.0, failure=executor_work.infinite)

    SerialExecutor(time_per_sample=50 * ms).run(work, -VALUES[-1:], np.concatenate)

    signal.pause()
    signal.signal(signal.SIGALRM, before)
    assert rung == [1]


def test_samples_that_are_late_for_the_round_are_given_up() -> None:
    values = np.array([[1.0], [-1.0]])
    work = SharedWork(executor_work.sleeps, 120.0, failure=executor_work.infinite, at_once=1)

    with ProcessExecutor(2, time_per_round=6.0) as executor:
        executor.run(work, values[:1], np.concatenate)  # starting processes takes time as well
        found = executor.run(work, values, np.concatenate)

    np.testing.assert_array_equal(found, [1.0, np.inf])


def test_a_serial_round_ends_at_its_limit() -> None:
    fitted = fit(executor=SerialExecutor(time_per_round=1e-9), n_rounds=1)

    assert fitted.n_failed == 10


def test_samples_with_derivatives_that_are_late_are_given_up() -> None:
    fitted = fit(executor=SerialExecutor(time_per_round=1e-9), n_rounds=2, optimizer=None)

    assert "least squares" in fitted.strategy
    assert fitted.n_failed == fitted.history.n_evaluations == 20


def test_fits_that_are_late_leave_the_others_alone() -> None:
    executor = SerialExecutor(time_per_round=1e-9)

    found = fit_many({"cell": make_fitter()}, executor=executor, n_rounds=1, **settings())

    assert found.problems["cell", 1] == "It took longer than the limit of time of the executor."


def test_without_a_result_for_failed_samples_a_limit_ends_the_fit() -> None:
    work = SharedWork(executor_work.squares, 1.0)

    with pytest.raises(SimulationError, match="time_per_round"):
        SerialExecutor(time_per_round=1e-9).run(work, VALUES, np.concatenate)


@pytest.mark.parametrize("limit", [0, -1 * ms])
def test_a_limit_is_above_zero(limit: Any) -> None:
    with pytest.raises(InvalidValueError, match="`time_per_round` must be a time above zero"):
        ProcessExecutor(time_per_round=limit)


def test_what_cannot_travel_is_named(processes: ProcessExecutor) -> None:
    with pytest.raises(BrianfitError, match="cannot travel"):
        processes.run(lambda values, _first: values, VALUES, np.concatenate)


@pytest.mark.needs_package("distributed")
def test_a_dask_worker_that_is_killed_loses_nothing(dask_client: Any, tmp_path: Path) -> None:
    work = SharedWork(executor_work.dies_once, tmp_path / "mark")

    found = DaskExecutor(dask_client).run(work, VALUES, np.concatenate)

    np.testing.assert_array_equal(found, VALUES[:, 0])
    assert (tmp_path / "mark").exists()


@pytest.mark.needs_package("distributed")
def test_a_cluster_that_is_lost_is_reported() -> None:
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0"
    )
    with distributed.Client(cluster) as client:
        executor = DaskExecutor(client)
        closing = threading.Timer(1.0, cluster.close)
        closing.start()
        work = SharedWork(executor_work.spins, 3.0)
        with pytest.raises(SimulationError, match="closed or lost"):
            executor.run(work, -np.ones((4, 1)), np.concatenate)
        closing.join()

    with pytest.raises(SimulationError, match="closed or lost"):
        executor.run(work, VALUES, np.concatenate)


@pytest.mark.needs_package("distributed")
def test_something_else_than_a_client_is_refused() -> None:
    with pytest.raises(BrianfitError, match=r"must be a distributed\.Client"):
        DaskExecutor("localhost:8786")


def test_many_fits_make_one_table(executor: AbstractExecutor, tmp_path: Path) -> None:
    cells = {"one": make_fitter(), "two": (make_fitter(scale=2.0), {"n_rounds": 3})}

    found = fit_many(
        cells, seeds=[1, 2], executor=executor, stores=tmp_path, n_rounds=2, **settings()
    )

    table = found.table
    assert table[["name", "seed"]].to_numpy().tolist() == [
        ["one", 1], ["one", 2], ["two", 1], ["two", 2]
    ]  # fmt: skip
    assert table["evaluations"].tolist() == [20, 20, 30, 30]
    assert_same_numbers(found.results["one", 1], fit(n_rounds=2))
    assert found.best("two").error == table["error"][2:].min()
    assert sorted(path.name for path in tmp_path.glob("*.fit")) == [
        "one-1.fit", "one-2.fit", "two-1.fit", "two-2.fit"
    ]  # fmt: skip


def test_a_fit_that_fails_leaves_the_others_alone() -> None:
    cells = {"good": make_fitter(), "bad": (make_fitter(), {"y": [5.0, 0.5]})}

    found = fit_many(cells, n_rounds=1, **settings())

    assert list(found.results) == [("good", 1)]
    assert "reversed" in found.problems["bad", 1]
    headline, header, bad, good = str(found).splitlines()
    assert headline == "fits: 2, of problems: 2; 1 failed"
    assert header.split() == ["name", "seed", "error", "evaluations", "ended", "because"]
    assert "reversed" in bad
    assert good.split()[:2] == ["good", "1"]
    assert repr(found) == f"<ManyFits: {headline}>"
    assert found._repr_html_().count("<tr>") == 3
    assert found.table.attrs["units"] == {
        "error": "1", "x": "1", "y": "1", "evaluations": "1", "seconds": "s"
    }  # fmt: skip
