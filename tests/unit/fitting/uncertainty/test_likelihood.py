"""The likelihood of a fit: many samples, units at the border, refusals in words."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import ms, mV, nA, nS, pF

from brianfit import CMAESOptimizer, EscapeNoise, Gaussian, MSEMetric, TraceFitter
from brianfit._foundation.errors import BrianfitError, FitStateError, InvalidTypeError
from tests.unit.fitting.line_fits import fit


def test_the_likelihood_of_lines_is_that_of_their_squares() -> None:
    likelihood = fit(CMAESOptimizer(), n_rounds=2, metric=MSEMetric()).likelihood(Gaussian(0.5))
    samples = np.array([[3.3, 1.2], [3.4, 1.2]])

    found = likelihood.evaluate(samples)

    constant = -8 * np.log(0.5 * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(found.log_likelihood, constant - [0, 8 * 0.01 / 0.5], rtol=1e-9)
    np.testing.assert_allclose(found.gradient[1], [-8 * 0.1 / 0.25, -12 * 0.1 / 0.25], rtol=1e-6)
    np.testing.assert_allclose(found.gauss_newton[0], [[32, 48], [48, 112]], rtol=1e-6)
    np.testing.assert_allclose(likelihood.by_sweep(samples).sum(axis=1), found.log_likelihood)


def test_samples_may_be_given_by_name() -> None:
    likelihood = fit(CMAESOptimizer(), n_rounds=2, metric=MSEMetric()).likelihood(Gaussian(0.5))

    named = likelihood.log_likelihood({"b": [1.2, 1.3], "a": 3.3})

    np.testing.assert_array_equal(named, likelihood.log_likelihood([[3.3, 1.2], [3.3, 1.3]]))


def test_samples_of_another_shape_are_refused() -> None:
    likelihood = fit(CMAESOptimizer(), n_rounds=2, metric=MSEMetric()).likelihood(Gaussian(0.5))

    with pytest.raises(BrianfitError, match="a, b"):
        likelihood.log_likelihood([[1.0, 2.0, 3.0]])


def test_noise_that_does_not_suit_the_metric_is_refused() -> None:
    fitter = fit(CMAESOptimizer(), n_rounds=2, metric=MSEMetric())

    with pytest.raises(InvalidTypeError, match="EscapeNoise"):
        fitter.likelihood(EscapeNoise())


def test_a_fit_comes_first() -> None:
    fitter = fit(CMAESOptimizer(), n_rounds=0, metric=MSEMetric())

    with pytest.raises(FitStateError, match="No sample"):
        fitter.likelihood()


@pytest.mark.slow
def test_what_the_engine_sums_up_is_what_the_steps_add_up_to() -> None:
    fitter = TraceFitter(
        "dv/dt = (g*(-70*mV - v) + I)/C : volt\ng : siemens (constant)\nC : farad (constant)",
        {"I": np.repeat([[0.0, 0.2], [0.0, 0.1]], 100, axis=1) * nA},
        {"v": np.random.default_rng(1).normal(-68, 1, (2, 200)) * mV},
        dt=0.1 * ms,
        n_samples=5,
        method="euler",
    )
    bounds = {"g": [1 * nS, 90 * nS], "C": [10 * pF, 900 * pF]}
    fitter.fit(n_rounds=1, seed=1, callback=None, metric=MSEMetric(t_start=2 * ms), **bounds)
    samples = np.array([[9e-9, 1e-10], [2e-8, 3e-10]])
    likelihood = fitter.likelihood(Gaussian(1 * mV))

    by_sums = likelihood.evaluate(samples)
    by_steps = likelihood.simulated.traces(samples, with_slopes=True)["v"]

    where = likelihood.simulated.compared["v"].is_compared
    residuals = by_steps.residuals(likelihood.simulated.compared["v"])[:, where] / 1e-3
    slopes = by_steps.slopes[..., where] / 1e-3
    gradient = -np.einsum("psk,sk->sp", slopes, residuals)
    matrix = np.einsum("psk,qsk->spq", slopes, slopes)
    np.testing.assert_allclose(by_sums.gradient, gradient, rtol=1e-9)
    np.testing.assert_allclose(by_sums.gauss_newton, matrix, rtol=1e-9)
    step = np.array([1e-5 * samples[0, 0], 0.0])
    change = likelihood.log_likelihood(samples + step) - likelihood.log_likelihood(samples - step)
    np.testing.assert_allclose(by_sums.gradient[:, 0], change / (2 * step[0]), rtol=1e-5)
