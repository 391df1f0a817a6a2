"""A fit goes on from its file alone, if all its parts come with brianfit."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, final

import numpy as np
import pytest
from brian2 import Equations, ms, mV, nA, nS

from brianfit import (
    CMAESOptimizer,
    DifferentialEvolution,
    Fitter,
    GammaFactor,
    MSEMetric,
    Parameter,
    ReferenceEngine,
    SpikeFitter,
    TraceFitter,
    resume,
)
from brianfit._foundation.errors import BrianfitError, StoreError
from brianfit.metrics import AbstractTraceMetric
from tests.faults.cell import assert_same_numbers, fit

pytestmark = pytest.mark.slow

MODEL = """
dv/dt = (g*(EL - v) + I)/C : volt (unless refractory)
g : siemens (constant)
C : farad (constant)
"""


def make_fitter(**arguments: Any) -> Fitter:
    current = np.full((2, 400), 0.5) * nA
    return Fitter(
        MODEL,
        input={"I": current},
        output={"spikes": [[0.01] * 1, [0.02]], "v": np.full((2, 400), -60.0) * mV},
        dt=0.1 * ms,
        n_samples=6,
        method="exponential_euler",
        threshold="v > -50*mV",
        reset="v = EL",
        refractory=2 * ms,
        param_init={"v": "EL"},
        namespace={"EL": -70 * mV},
        **arguments,
    )


def fit_spikes_and_traces(store: Path, n_rounds: int) -> Fitter:
    fitter = make_fitter()
    fitter.fit(
        DifferentialEvolution(population=6),
        {"spikes": GammaFactor(delta=1 * ms), "v": MSEMetric(normalization=10 * mV)},
        n_rounds=n_rounds,
        callback=None,
        seed=2,
        weights={"v": 0.5},
        store=store,
        g=[1 * nS, 100 * nS],
        C=Parameter(tied="g*10*ms"),
    )
    return fitter


def test_a_fit_of_traces_and_spikes_goes_on(tmp_path: Path) -> None:
    fit_spikes_and_traces(tmp_path / "cell.fit", 2)

    fitter = resume(tmp_path / "cell.fit", n_rounds=4, callback=None)

    expected = fit_spikes_and_traces(tmp_path / "other.fit", 4)
    assert isinstance(fitter, Fitter)
    assert fitter.output_var == ["spikes", "v"]
    assert_same_numbers(fitter.result, expected.result)


def test_a_fit_of_traces_goes_on_as_foreseen(tmp_path: Path) -> None:
    fit(tmp_path / "cell.fit", callback=lambda *arguments: arguments[4] == 4)

    fitter = resume(tmp_path / "cell.fit", callback=None)

    assert isinstance(fitter, TraceFitter)
    assert_same_numbers(fitter.result, fit())


def test_a_fit_of_spikes_goes_on_with_its_engine(tmp_path: Path) -> None:
    fitter = SpikeFitter(
        "dv/dt = (I*gain - v)/(10*ms) : 1\ngain : 1 (constant)",
        np.full((1, 300), 2.0),
        [np.array([0.01, 0.02])],
        0.1 * ms,
        reset="v = 0",
        threshold="v > 1",
        n_samples=5,
        engine=ReferenceEngine(),
        use_units=False,
    )
    fitter.fit(
        CMAESOptimizer(sigma=0.3),
        GammaFactor(delta=1 * ms),
        n_rounds=2,
        callback=None,
        seed=1,
        store=tmp_path / "cell.fit",
        gain=[0.1, 5.0],
    )

    resumed = resume(tmp_path / "cell.fit", n_rounds=3, callback=None)

    assert isinstance(resumed, SpikeFitter)
    assert resumed.use_units is False
    assert resumed.result.history.n_rounds == 3


@final
class Own(AbstractTraceMetric):
    def get_features(self, model: Any, data: Any, dt: float) -> Any:
        return np.abs(model - data).mean(axis=2)

    def get_errors(self, features: Any) -> Any:
        return features.mean(axis=1)


def test_own_parts_are_named_as_the_obstacle(tmp_path: Path) -> None:
    fit(tmp_path / "cell.fit", n_rounds=1, metric=Own())

    with pytest.raises(StoreError, match="the metric of 'v', Own, is not one of those that come"):
        resume(tmp_path / "cell.fit")


def test_own_parts_go_on_with_their_script(tmp_path: Path) -> None:
    fit(tmp_path / "cell.fit", n_rounds=1, metric=Own())

    again = fit(tmp_path / "cell.fit", n_rounds=3, metric=Own())

    assert_same_numbers(again, fit(n_rounds=3, metric=Own()))


@pytest.mark.parametrize(
    "equations",
    [
        "dv/dt = __import__('os').mkdir('run') : 1",
        "dv/dt = (x - v)/ms : __import__('os').mkdir('run')",
        "dv/dt = (lambda: 1)() : 1",
        "dv/dt = v.__class__ : 1",
    ],
)
def test_equations_of_strangers_run_no_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, equations: str
) -> None:
    monkeypatch.chdir(tmp_path)
    store = tmp_path / "cell.fit"
    fit(store, n_rounds=1)
    declared = "x : 1 (constant)\ny : 1 (constant)"
    with sqlite3.connect(store) as connection:
        connection.execute(
            "UPDATE fits SET problem = json_set(problem, '$.fields.equations', ?)",
            (f"{equations}\n{declared}",),
        )

    with pytest.raises(BrianfitError, match=r".{10}"):
        resume(store, callback=None)

    assert not (tmp_path / "run").exists()


def test_equations_of_the_file_are_those_of_the_model(tmp_path: Path) -> None:
    store = tmp_path / "cell.fit"
    fit_spikes_and_traces(store, 1)

    model = resume(store, n_rounds=1, callback=None).model

    assert {name: str(model[name]) for name in Equations(MODEL).names} == {
        name: str(eq) for name, eq in Equations(MODEL).items()
    }
