"""Posteriors of a fit, against one that is known."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brian2 import Mohm, ms, mV

from brianfit import (
    Beta,
    BrianfitError,
    LogNormal,
    Model,
    Normal,
    Parameter,
    TraceFitter,
)
from brianfit._foundation.errors import (
    FitStateError,
    InvalidValueError,
    MissingPackageError,
    StoreError,
)
from brianfit.fitting.posteriors.posterior import Posterior
from brianfit.fitting.posteriors.prior_space import prior_space
from brianfit.fitting.posteriors.strategies import Order
from brianfit.fitting.problem.parameters import read_parameters
from brianfit.model.model import read_equations
from tests.unit.fitting.posteriors.straight_membrane import (
    EQUATIONS,
    NOISE,
    fitted,
    known_posterior,
    recorded,
)

pytestmark = pytest.mark.slow  # every sampler needs the derivatives of its model

V = recorded(seed=1)


@pytest.fixture(scope="module")
def fitter() -> TraceFitter:
    return fitted(V)


@pytest.fixture(scope="module")
def posterior(fitter: TraceFitter) -> Posterior:
    return fitter.sample("laplace", n_draws=2000, noise=NOISE)


@pytest.mark.parametrize(
    "method",
    [
        "auto",
        "hmc",
        "smc",
        pytest.param("emcee", marks=pytest.mark.needs_package("emcee")),
    ],
)
def test_draws_the_posterior_of_a_linear_model(fitter: TraceFitter, method: str) -> None:
    known = known_posterior(V)

    found = fitter.sample(method, n_draws=2000, noise=NOISE)

    table, sd = found.summary(), np.sqrt(np.diag(known.covariance))
    n_independent = table[["ess_bulk", "ess_tail"]].min().min()
    assert n_independent > 300
    # Five standard errors of so many independent draws; rounding of the simulation is far below.
    assert (table["mean"].to_numpy() - known.mean) / sd == pytest.approx(
        0, abs=5 / np.sqrt(n_independent)
    )
    assert table["sd"].to_numpy() / sd == pytest.approx(1, abs=5 / np.sqrt(2 * n_independent))
    if found.log_evidence is not None:
        assert found.log_evidence == pytest.approx(known.log_evidence, abs=0.1)


def test_a_good_approximation_is_kept_and_said_to_be_good(posterior: Posterior) -> None:
    assert posterior.method == "laplace"
    assert posterior.k_hat is not None
    assert posterior.k_hat < 0.5
    assert posterior.advice.startswith("These draws can be believed: k-hat is")
    assert posterior.is_trustworthy


def test_the_log_likelihood_is_that_of_the_draws_and_the_sum_over_sweeps(
    fitter: TraceFitter, posterior: Posterior
) -> None:
    by_sweep = posterior.log_likelihood_by_sweep

    expected = fitter.likelihood(NOISE).log_likelihood(posterior.draws)
    assert by_sweep.shape == (2000, 2)
    assert posterior.log_likelihood == pytest.approx(expected, rel=1e-12)
    assert by_sweep.sum(axis=1) == pytest.approx(expected, rel=1e-9)


def test_the_summary_has_a_row_a_parameter(posterior: Posterior) -> None:
    table = posterior.summary()

    assert list(table.index) == ["E", "R"]
    assert list(table.columns) == [
        *("mean", "sd", "low_95", "low_68", "median", "high_68", "high_95"),
        *("ess_bulk", "ess_tail", "r_hat"),
    ]
    between = table[["low_95", "low_68", "median", "high_68", "high_95"]].to_numpy()
    assert np.all(np.diff(between, axis=1) > 0)


def test_draws_are_a_table_with_weights(posterior: Posterior) -> None:
    table = posterior.to_dataframe()

    assert list(table.columns) == ["chain", "E", "R", "weight", "log_likelihood"]
    assert table["weight"].sum() == pytest.approx(1)


def test_the_same_seed_gives_the_same_draws_and_another_one_others(
    fitter: TraceFitter, posterior: Posterior
) -> None:
    again, other = (
        fitter.sample("laplace", n_draws=2000, noise=NOISE, seed=seed) for seed in (3, 4)
    )

    assert np.array_equal(again.draws, posterior.draws)
    assert not np.array_equal(other.draws, posterior.draws)


def test_draws_are_simulated_together(posterior: Posterior) -> None:
    predicted = posterior.predict(n_draws=40)

    low, high = predicted.band("v", 0.9)
    middle = recorded(seed=1)
    assert predicted.traces["v"].shape == (40, 2, 100)
    assert np.all(low[:, 1:] < high[:, 1:])
    assert np.mean(np.abs(middle - 0.5 * (low + high))) < 1.5e-3


@pytest.mark.parametrize(
    ("prior", "mean", "sd"),
    [
        (None, 50e-3, 100e-3 / np.sqrt(12)),
        (Normal(40 * mV, 5 * mV), 40e-3, 5e-3),
        (LogNormal(20 * mV, 0.2), 20e-3 * np.exp(0.02), 20e-3 * np.exp(0.02) * 0.202),
        (Beta(2, 3), 40e-3, 20e-3),
    ],
)
def test_the_space_of_samplers_has_the_priors_that_were_given(
    prior: Any, mean: float, sd: float
) -> None:
    model = Model(equations=read_equations(EQUATIONS))
    given = {"E": Parameter(0 * mV, 100 * mV, prior=prior), "R": Parameter(fixed=1 * Mohm)}
    normal = np.random.default_rng(2).normal(size=(20_000, 1))

    values = prior_space(read_parameters(model, given)).to_values(normal)

    # Five standard errors; the one of a standard deviation is that of a normal distribution.
    assert values.mean() == pytest.approx(mean, abs=5 * sd / np.sqrt(20_000))
    assert values.std() == pytest.approx(sd, rel=5 / np.sqrt(40_000))


@pytest.mark.parametrize(
    ("method", "n_batches"),
    [("laplace", 1), ("laplace", 3), ("hmc", 9)],
)
def test_a_run_killed_after_any_batch_goes_on_with_the_same_draws(
    fitter: TraceFitter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    n_batches: int,
) -> None:
    settings = {"n_draws": 8000 if method == "laplace" else 800, "noise": NOISE}
    whole = fitter.sample(method, **settings)
    run, n_kept = Order.run, 0

    def killed(order: Order, stage: str, sampler: Any) -> Any:
        keep = order.ledger.keep

        def keep_some(stage: str, batch: Any) -> None:
            nonlocal n_kept
            keep(stage, batch)
            n_kept += 1
            if n_kept == n_batches:
                raise KeyboardInterrupt("now")

        monkeypatch.setattr(order.ledger, "keep", keep_some)
        return run(order, stage, sampler)

    with monkeypatch.context() as patched:
        patched.setattr(Order, "run", killed)
        with pytest.raises(KeyboardInterrupt, match="now"):
            fitter.sample(method, store=tmp_path / "posterior", **settings)
    resumed = fitter.sample(method, store=tmp_path / "posterior", **settings)

    assert n_kept == n_batches
    assert np.array_equal(resumed.draws, whole.draws)
    assert np.array_equal(resumed.weights, whole.weights)
    assert resumed.notes == whole.notes


def test_a_finished_posterior_is_read_and_another_one_is_added(
    fitter: TraceFitter, posterior: Posterior, tmp_path: Path
) -> None:
    store = tmp_path / "posterior"
    settings = {"n_draws": 2000, "noise": NOISE, "store": store}
    fitter.sample("laplace", **settings)
    size = store.stat().st_size

    again = fitter.sample("laplace", **settings)
    other = fitter.sample("laplace", seed=8, **settings)

    assert np.array_equal(again.draws, posterior.draws)
    assert not np.array_equal(other.draws, posterior.draws)
    assert store.stat().st_size > size


def test_a_damaged_posterior_is_refused(fitter: TraceFitter, tmp_path: Path) -> None:
    store = tmp_path / "posterior"
    settings = {"n_draws": 200, "noise": NOISE, "store": store}
    drawn = fitter.sample("laplace", **settings)
    content = bytearray(store.read_bytes())
    place = content.find(drawn.log_likelihood[:4].tobytes())
    content[place + 3] ^= 1
    store.write_bytes(content)

    with pytest.raises(StoreError, match="is damaged"):
        fitter.sample("laplace", **settings)


def test_a_file_of_a_fit_is_refused(fitter: TraceFitter, tmp_path: Path) -> None:
    store = tmp_path / "fit"
    other = fitted(V)
    other.fit(n_rounds=1, callback=None, restart=True, store=store, seed=1)

    with pytest.raises(StoreError, match="holds no posteriors"):
        fitter.sample("laplace", store=store, noise=NOISE)


def test_needs_a_fit_before() -> None:
    fitter = TraceFitter(
        EQUATIONS,
        {"I": np.zeros((1, 20)) * mV / Mohm},
        {"v": np.zeros((1, 20)) * mV},
        dt=0.5 * ms,
        method="exact",
    )

    with pytest.raises(FitStateError, match="fit"):
        fitter.sample()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "nuts"}, "`method` must be one of 'auto', 'laplace'"),
        ({"n_draws": 3}, "`n_draws` must be at least 100"),
        ({"seed": -1}, "`seed` must be at least 0"),
    ],
)
def test_wrong_arguments_are_named(
    fitter: TraceFitter, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(BrianfitError, match=message):
        fitter.sample(**arguments)


def test_a_prior_outside_of_the_bounds_is_refused() -> None:
    fitter = fitted(V, R=Parameter(10 * Mohm, 90 * Mohm, prior=Normal(500 * Mohm, 5 * Mohm)))

    with pytest.raises(InvalidValueError, match="prior of parameter 'R'.*nothing between"):
        fitter.sample("laplace", noise=NOISE)


@pytest.mark.parametrize("version", ["0.20.0", "1.2.0"])
def test_arviz_gets_chains_by_parameter(
    posterior: Posterior, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    arviz: Any = types.ModuleType("arviz")
    arviz.__version__ = version
    arviz.from_dict = lambda tree=None, **groups: groups if tree is None else tree
    monkeypatch.setitem(sys.modules, "arviz", arviz)

    handed = posterior.to_arviz()["posterior"]

    # Drawn anew by weight: the means agree to five standard errors.
    table = posterior.summary()
    assert handed["E"].shape == (1, 2000)
    assert handed["E"].mean() == pytest.approx(
        table.loc["E", "mean"], abs=5 * table.loc["E", "sd"] / np.sqrt(2000)
    )


def test_a_missing_arviz_is_named(posterior: Posterior, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "arviz", None)

    with pytest.raises(MissingPackageError, match=r"pip install 'brianfit\[arviz\]'"):
        posterior.to_arviz()
