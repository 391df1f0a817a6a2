"""The uncertainty of a fit: intervals that count residuals right, or words why there are none."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from brian2 import amp, ms, mV, nS, pF, volt

from brianfit import CMAESOptimizer, GammaFactor, MSEMetric, Parameter, SpikeFitter, TraceFitter
from brianfit._foundation.errors import BrianfitError, InvalidTypeError
from brianfit.results import REFINE
from brianfit.results.export import plain_result
from brianfit.results.intervals.uncertainty import COLUMNS
from tests.unit.fitting.line_fits import fit

MODEL = """
dv/dt = (gL*(-70*mV - v) + k*I)/C : volt
gL : siemens (constant)
k : 1 (constant)
C : farad (constant)
"""
TRUTH = {"gL": 10 * nS, "k": 1.0, "C": 200 * pF}
BOUNDS = {"gL": [1 * nS, 100 * nS], "C": [20 * pF, 2000 * pF]}
DT = 0.2e-3


def passive(*, noise: bool = True) -> TraceFitter:
    """Three sweeps with a step of current each, and noise of which most is slow."""
    current = np.zeros((3, 1000))
    current[:, 100:700] = np.array([[-100.0], [-50.0], [50.0]]) * 1e-12
    rise = 1 - np.exp(-np.arange(1000) * DT / 20e-3)
    step = np.concatenate([np.zeros(100), rise[:600], rise[599] * (1 - rise[:300])])
    clean = -70e-3 + 1e8 * current[:, 100:101] * step
    rng = np.random.default_rng(5)
    memory, slow = np.exp(-DT / 4e-3), np.zeros((3, 1000))
    for k in range(1, 1000):
        slow[:, k] = memory * slow[:, k - 1] + np.sqrt(1 - memory**2) * rng.standard_normal(3)
    scatter = 0.5e-3 * slow + 0.2e-3 * rng.standard_normal((3, 1000))
    return TraceFitter(
        MODEL,
        {"I": current * amp},
        {"v": (clean + noise * scatter) * volt},
        dt=0.2 * ms,
        n_samples=4,
        method="exponential_euler",
        param_init={"v": -70 * mV},
    )


def fitted(fitter: TraceFitter, **bounds: object) -> TraceFitter:
    fitter.fit(
        CMAESOptimizer(), metric=MSEMetric(), n_rounds=3, seed=1, callback=None, **BOUNDS, **bounds
    )
    return fitter


@pytest.fixture(scope="module")
def identified() -> TraceFitter:
    return fitted(passive(), k=Parameter(fixed=1.0))


@pytest.mark.slow
class TestOfTraces:
    def test_intervals_are_around_the_polished_best(self, identified: TraceFitter) -> None:
        found = identified.uncertainty()

        table = found.table
        assert tuple(table.columns) == COLUMNS
        assert table.index.tolist() == ["gL", "C"]
        assert (table.low_95 < table.low_68).all()
        assert (table.high_68 < table.high_95).all()
        assert set(table.verdict) == {"identifiable"}
        assert all(
            table.low_95[name] < float(TRUTH[name]) < table.high_95[name] for name in table.index
        )
        assert identified.result.history.rounds[-1].kind == REFINE
        assert "95 %: " in str(identified.result)
        assert plain_result(identified.result)["uncertainty"]["parameters"]["gL"][
            "interval_95"
        ] == [
            table.low_95["gL"],
            table.high_95["gL"],
        ]

    def test_slow_noise_widens_them(self, identified: TraceFitter) -> None:
        found = identified.uncertainty("laplace")

        # Of the variance 0.86 is slow with a time constant of 20 steps: 1 + 2*0.86*20 residuals
        # are worth one; the root of that is by how much standard errors grow.
        assert found.naive_ratio["gL"] == pytest.approx(np.sqrt(1 + 2 * 0.86 * 20), rel=0.25)
        assert found.residuals["v"].time_constant == pytest.approx(4e-3, rel=0.5)
        assert found.residuals["v"].slow_share == pytest.approx(0.86, abs=0.06)

    def test_all_ways_agree_where_the_error_is_nearly_a_parabola(
        self, identified: TraceFitter
    ) -> None:
        tables = {way: identified.uncertainty(way).table for way in ("laplace", "profile")}

        for column in ("low_95", "high_95"):
            ratio = tables["profile"][column] / tables["laplace"][column]
            np.testing.assert_allclose(ratio, 1.0, atol=0.03)

    def test_the_bootstrap_is_of_the_same_size(self, identified: TraceFitter) -> None:
        tables = {way: identified.uncertainty(way).table for way in ("laplace", "bootstrap")}

        width = {way: table.high_68 - table.low_68 for way, table in tables.items()}
        np.testing.assert_allclose(width["bootstrap"] / width["laplace"], 1.0, atol=0.35)

    def test_sweeps_of_one_cell_differ_by_their_noise(self, identified: TraceFitter) -> None:
        found = identified.uncertainty("sweeps")

        assert all(0.1 < spread.ratio < 2.5 for spread in found.sweeps.values())
        assert np.isfinite(found.table.low_95).all()

    def test_what_cannot_be_told_apart_is_said_in_words(self) -> None:
        found = fitted(passive(), k=[0.1, 10.0]).uncertainty()

        assert set(found.table.verdict) == {"not told apart: C, gL, k"}
        assert np.isnan(found.table[["low_95", "high_95"]]).all(axis=None)

    def test_a_bad_fit_gets_a_reason_and_no_interval(self) -> None:
        fitter = passive()
        fixed = {"k": Parameter(fixed=1.0), "gL": Parameter(fixed=400 * nS)}
        fitter.fit(
            CMAESOptimizer(), metric=MSEMetric(), n_rounds=1, seed=1, callback=None,
            **{**BOUNDS, **fixed},
        )  # fmt: skip

        found = fitter.uncertainty()

        assert found.is_withheld
        assert "of its variance" in found.reason
        assert set(found.table.verdict) == {"withheld"}
        assert str(found).startswith("No intervals: ")


@pytest.mark.slow
def test_distances_of_trains_have_no_uncertainty() -> None:
    fitter = SpikeFitter(
        "dv/dt = (g*I - v)/(10*ms) : 1\ng : amp**-1 (constant)",
        {"I": np.ones((1, 50)) * 1e-9 * amp},
        [np.array([2.0]) * ms],
        dt=0.1 * ms,
        n_samples=2,
        threshold="v > 1",
        reset="v = 0",
    )
    fitter.fit(metric=GammaFactor(delta=1 * ms, time=5 * ms), n_rounds=1, seed=1, callback=None,
               g=[1e8 / amp, 1e10 / amp])  # fmt: skip

    with pytest.raises(InvalidTypeError, match="EscapeRateLikelihood"):
        fitter.uncertainty()


def test_there_are_only_these_methods() -> None:
    fitter = fit(CMAESOptimizer(), n_rounds=1, metric=MSEMetric())

    with pytest.raises(BrianfitError, match="laplace"):
        fitter.uncertainty("magic")


@pytest.mark.slow
def test_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    fitter = fit(CMAESOptimizer(), n_rounds=1, metric=MSEMetric())

    with caplog.at_level(logging.WARNING):
        fitter.uncertainty("laplace")

    assert not caplog.records
