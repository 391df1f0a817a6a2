"""What is particular to the reference engine at run time."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import brian2
import numpy as np
import pytest
from brian2 import Equations, mA, ms, mV, nS

from brianfit._foundation.errors import InvalidValueError, UnitMismatchError, UnknownNameError
from brianfit.engines import AbstractSimulation, ReferenceEngine
from brianfit.model import Accumulator, Event, Model
from brianfit.testing.engine_examples import (
    SAMPLES,
    simple_task,
    spiking_model,
    spiking_task,
    squared_distance,
)

DECAY = "dv/dt = (E - v)/tau : volt\nE : volt"


@pytest.fixture
def brian_log() -> Iterator[list[str]]:
    """Collect what Brian would show to the user."""
    with brian2.utils.logger.catch_logs(log_level=logging.INFO) as shown:
        yield shown


def decay_task(**changes):
    return simple_task(DECAY, **{"namespace": {"tau": 10 * ms}, **changes})


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"namespace": {}}, UnknownNameError, '"tau" could not be resolved'),
        ({"namespace": {"tau": 10 * mV}}, UnitMismatchError, "expected unit"),
        ({"reset": "v = E"}, InvalidValueError, "forget to define a threshold"),
        ({"threshold": "v > 0", "reset": ""}, UnitMismatchError, "different units"),
        ({"threshold": "v > E", "reset": "v = foo"}, UnknownNameError, '"foo"'),
        ({"threshold": "v > E", "reset": "v =="}, InvalidValueError, "v =="),
        ({"threshold": "v > E", "reset": "", "refractory": "bar*ms"}, UnknownNameError, '"bar"'),
        ({"threshold": "v > E", "reset": "", "refractory": True}, InvalidValueError, "must be a"),
        ({"events": {"up": Event(condition="v > x")}}, UnknownNameError, '"x"'),
        ({"initial_values": {"v": "2*bar"}}, UnknownNameError, '"bar"'),
        ({"initial_values": {"v": "1*mA"}}, UnitMismatchError, r"v = 1\*mA"),
        ({"initial_values": {"v": 1 * mA}}, UnitMismatchError, "initial value of v"),
        ({"method": "eular"}, InvalidValueError, "Did you mean 'euler'"),
        (
            {"accumulators": (Accumulator(name="a", expression="w", variables=(), timed={}),)},
            UnknownNameError,
            '"w"',
        ),
    ],
)
def test_says_what_brian_refuses(changes, error, words: str, brian_log: list[str]) -> None:
    with pytest.raises(error, match=words):
        ReferenceEngine().prepare(decay_task(**changes))

    assert brian_log == []


def test_refuses_an_equation_that_a_sample_would_have_to_set() -> None:
    task = simple_task("dv/dt = E/ms : 1\nE = 2 : 1", parameter_names=("E",))

    with pytest.raises(InvalidValueError, match="'E' cannot be set because its equation"):
        ReferenceEngine().prepare(task)


def test_refuses_linked_variables() -> None:
    task = simple_task("dv/dt = E/ms : 1\nE : 1 (linked)", parameter_names=())

    with pytest.raises(InvalidValueError, match=r"'E' is declared as \(linked\)"):
        ReferenceEngine().prepare(task)


def test_looks_nothing_up_outside_the_namespace_of_the_model() -> None:
    tau = 10 * ms

    with pytest.raises(UnknownNameError, match='"tau"'):
        ReferenceEngine().prepare(decay_task(namespace={"not_tau": tau}))


def test_names_of_the_equations_go_before_those_of_the_namespace(brian_log: list[str]) -> None:
    task = decay_task(namespace={"tau": 10 * ms, "E": 5.0, "v": "word"}, final=("v",))

    final = ReferenceEngine().prepare(task).run(np.array([[1.0]]), iteration=0, seed=1).final

    np.testing.assert_allclose(final["v"], [[1 - 0.99**10]], rtol=1e-12)
    assert brian_log == []


def test_shared_variables_may_differ_between_samples_and_traces() -> None:
    task = simple_task(
        "dv/dt = twice/ms : 1\ntwice = 2*E : 1 (shared)\nE : 1 (constant, shared)",
        n_traces=2,
        final=("v", "twice"),
    )

    final = ReferenceEngine().prepare(task).run(np.array([[1.0], [3.0]]), iteration=0, seed=1).final

    np.testing.assert_allclose(final["twice"], [[2.0, 2.0], [6.0, 6.0]], rtol=1e-14)
    np.testing.assert_allclose(final["v"], final["twice"], rtol=1e-12)


def test_says_nothing_about_the_chosen_method_or_diverged_samples(brian_log: list[str]) -> None:
    task = simple_task("dx/dt = a*x**3/ms : 1\na : 1", method=None, n_steps=40)
    task = replace(task, model=replace(task.model, initial_values={"x": 1.0}), final=("x",))

    final = ReferenceEngine().prepare(task).run(np.array([[1e3]]), iteration=0, seed=1).final

    assert not np.isfinite(final["x"])
    assert brian_log == []


def test_leaves_the_user_his_logging() -> None:
    logger = logging.getLogger("brian2")
    before = [(handler, handler.level, list(handler.filters)) for handler in logger.handlers]

    ReferenceEngine().prepare(spiking_task()).run(SAMPLES, iteration=0, seed=1)

    assert before == [(it, it.level, list(it.filters)) for it in logger.handlers]


def test_a_pickled_simulation_gives_the_same_numbers() -> None:
    simulation = ReferenceEngine().prepare(decay_task(recorded=("v",)))

    copy = pickle.loads(pickle.dumps(simulation))  # noqa: S301 - our own bytes

    results = [it.run(np.array([[1.0]]), iteration=0, seed=1) for it in (simulation, copy)]
    np.testing.assert_array_equal(results[0].traces["v"], results[1].traces["v"])


def test_the_source_shows_all_code_that_is_run() -> None:
    model = spiking_model(events={"high": Event(condition="v > -55*mV", code="count += 0")})

    source = (
        ReferenceEngine()
        .prepare(spiking_task(model=model, accumulators=(squared_distance(),)))
        .source
    )

    for part in (
        "v > -50*mV",
        "v = E",
        "v > -55*mV",
        "count += 0",
        "brianfit_sum_error +=",
        "_v =",
    ):
        assert part in source


def test_running_sums_take_variables_in_si_numbers_whatever_their_unit() -> None:
    equations = Equations(
        "dv/dt = 0*volt/second : volt\ng : siemens\nc = 3*nS*v : amp\nk : integer"
    )
    accumulator = Accumulator(
        name="sum",
        expression="v + g + c*1e9 + k + t + dt",
        variables=("v", "g", "c", "k", "t", "dt"),
        timed={},
    )
    model = Model(equations=equations, method="euler", initial_values={"v": 2.0, "k": 7})
    task = simple_task("x : 1", n_steps=2, accumulators=(accumulator,))
    task = replace(task, model=model, parameter_names=("g",))

    sums = ReferenceEngine().prepare(task).run(np.array([[0.5]]), iteration=0, seed=1).sums

    one_step = 2.0 + 0.5 + 6.0 + 7.0 + 1e-4
    np.testing.assert_allclose(sums["sum"], [[2 * one_step + 1e-4]], rtol=1e-12)


def test_nothing_global_is_left_behind() -> None:
    before = brian2.get_device(), float(brian2.defaultclock.dt), dict(vars(brian2.get_device()))

    ReferenceEngine().prepare(decay_task(final=("v",))).run(
        np.array([[10 * float(nS)]]), iteration=0, seed=1
    )

    after = brian2.get_device(), float(brian2.defaultclock.dt), dict(vars(brian2.get_device()))
    assert after[:2] == before[:2]
    assert after[2].keys() == before[2].keys()


def test_networks_that_hold_long_recordings_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    simulation = ReferenceEngine().prepare(decay_task(recorded=("v",), n_steps=100))
    monkeypatch.setattr("brianfit.engines.reference.runtime.KEPT_BYTES", 8 * 250)

    results = [
        simulation.run(np.full((n_samples, 1), 2.0), iteration=0, seed=1)
        for n_samples in (3, 2, 3)  # more, less, and again more than may be kept
    ]

    kept = simulation._runtime._networks  # what memory holds has no public face
    assert list(kept) == [2]
    np.testing.assert_array_equal(results[0].traces["v"], results[2].traces["v"])


def test_several_threads_get_the_numbers_of_one() -> None:
    simulations = [ReferenceEngine().prepare(decay_task(recorded=("v",))) for _ in range(4)]
    expected = simulations[0].run(SAMPLES[:, :1], iteration=0, seed=1).traces["v"]

    def run(simulation: AbstractSimulation) -> list[np.ndarray]:
        return [simulation.run(SAMPLES[:, :1], iteration=0, seed=1).traces["v"] for _ in range(5)]

    with ThreadPoolExecutor(4) as threads:
        found = [traces for each in threads.map(run, simulations) for traces in each]

    assert all(np.array_equal(traces, expected) for traces in found)
