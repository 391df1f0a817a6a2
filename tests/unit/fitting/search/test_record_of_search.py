"""A result tells what was fitted to what."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import Equations, ms, mV, nA, nS, pF, second, siemens, volt

from brianfit import CMAESOptimizer, FitResult, Fitter, MSEMetric, Parameter, TraceFitter
from brianfit.model.equation_text import equation_text
from brianfit.results import ProblemRecord

MODEL = """
dv/dt = (g*(EL - v) + I)/C + xi*sigma : volt (unless refractory)
half = 0.5*v : volt
g : siemens (constant)
C : farad (constant)
sigma : volt*second**-0.5 (constant)
n : integer (constant)
"""


@pytest.fixture
def result() -> FitResult:
    current = np.full((2, 20), 0.1) * nA
    fitter = TraceFitter(
        MODEL,
        input={"I": current},
        output={"v": np.full((2, 20), -60.0) * mV},
        dt=0.1 * ms,
        n_samples=4,
        method="euler",
        threshold="v > -40*mV",
        reset="v = EL",
        refractory=2 * ms,
        param_init={"v": "EL"},
        namespace={"EL": -70 * mV},
    )
    fitter.fit(
        CMAESOptimizer(sigma=0.3),
        MSEMetric(t_start=0.5 * ms),
        n_rounds=2,
        callback=None,
        seed=3,
        weights={"v": 2.0},
        g=[1 * nS, 100 * nS],
        C=Parameter(10 * pF, 20 * pF, value=12 * pF),
        sigma=Parameter(fixed=0 * volt / second**0.5),
        n=Parameter(tied="2"),
    )
    return fitter.result


def record_of(result: FitResult) -> ProblemRecord:
    assert result.problem is not None
    return result.problem


def test_equations_read_back_to_the_same_equations() -> None:
    equations = Equations(MODEL)

    again = Equations(equation_text(equations))

    assert {name: str(eq) for name, eq in again.items()} == {
        name: str(eq) for name, eq in equations.items()
    }


def test_the_model_is_kept_as_it_was_given(result: FitResult) -> None:
    record = record_of(result)

    assert (record.threshold, record.reset) == ("v > -40*mV", "v = EL")
    assert record.refractory == 2 * ms
    assert record.method == "euler"
    assert record.initial_values == {"v": "EL"}
    assert record.constants["EL"] == -70 * mV
    assert record.dt == pytest.approx(1e-4)


def test_parameters_are_told_free_fixed_and_tied(result: FitResult) -> None:
    parameters = {parameter.name: parameter for parameter in record_of(result).parameters}

    assert (parameters["g"].low, parameters["g"].high) == pytest.approx((1e-9, 1e-7))
    assert parameters["g"].scale == "log"
    assert parameters["g"].dimensions is siemens.dim
    assert parameters["C"].start == pytest.approx(12e-12)
    assert parameters["sigma"].fixed == 0
    assert parameters["n"].tied == "2"
    assert parameters["n"].is_integer


def test_parts_are_told_with_their_arguments(result: FitResult) -> None:
    record = record_of(result)

    assert str(record.optimizer) == "CMAESOptimizer(sigma=0.3)"
    assert record.metrics["v"].arguments == {"t_start": 0.5 * ms}
    assert record.metrics["v"].is_ready_made
    assert record.weights["v"][0] == 2
    assert record.seed == 3
    assert record.rounds_foreseen == 2


def test_recordings_are_kept_with_every_repeat() -> None:
    trains = [[np.array([0.001]), np.array([0.0011])]]
    fitter = Fitter(
        "dv/dt = (I - v)/(g*second) : 1\ng : 1 (constant)",
        input={"I": np.ones((1, 300))},
        output={"spikes": trains},
        dt=0.1 * ms,
        n_samples=4,
        method="euler",
        threshold="v > 0.5",
        reset="v = 0",
    )
    fitter.fit(n_rounds=1, callback=None, g=[0.001, 0.01])

    recordings = record_of(fitter.result).recordings

    assert [train.tolist() for train in recordings.recordings[0].spike_trains] == [
        [0.001],
        [0.0011],
    ]
