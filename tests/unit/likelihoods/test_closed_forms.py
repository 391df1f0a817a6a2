"""Likelihoods of noise are those that textbooks write down."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import mV
from scipy import stats

from brianfit._foundation.errors import InvalidValueError, UnitMismatchError
from brianfit.likelihoods import AutocorrelatedGaussian, EscapeNoise, Gaussian, StudentT
from tests.contracts.test_likelihoods import BEST, DT, compared, simulated


def residual_rows() -> list[np.ndarray]:
    here = compared()
    rows = simulated(BEST).residuals(here)[0]
    return [row[where] for row, where in zip(rows, here.is_compared, strict=True)]


def terms_of(noise: object) -> np.ndarray:
    return noise.density(compared(), lambda: simulated(BEST)).terms(simulated(BEST)).by_trace[0]  # type: ignore[attr-defined,no-any-return]


def test_independent_gaussian_noise() -> None:
    expected = [stats.norm.logpdf(row, scale=0.3).sum() for row in residual_rows()]

    np.testing.assert_allclose(terms_of(Gaussian(0.3)), expected, rtol=1e-12)


def test_noise_of_unknown_size_has_the_size_that_is_most_likely() -> None:
    size = np.sqrt(np.mean(np.concatenate(residual_rows()) ** 2))

    np.testing.assert_allclose(terms_of(Gaussian()), terms_of(Gaussian(size)), rtol=1e-12)


def test_noise_with_heavy_tails() -> None:
    expected = [stats.t.logpdf(row, df=4.0, scale=0.3).sum() for row in residual_rows()]

    np.testing.assert_allclose(terms_of(StudentT(0.3, 4.0)), expected, rtol=1e-12)


def test_the_tails_that_are_learnt_are_the_most_likely_ones() -> None:
    _, _, scale = stats.t.fit(np.concatenate(residual_rows()), floc=0.0, method="MLE")

    learnt = StudentT(degrees_of_freedom=5.0).density(compared(), lambda: simulated(BEST))

    near = [terms_of(StudentT(learnt.sigma * factor, 5.0)).sum() for factor in (0.98, 1, 1.02)]
    assert np.argmax(near) == 1
    assert learnt.sigma == pytest.approx(scale, rel=0.5)


def test_spikes_by_chance() -> None:
    here = compared()
    counts, rates = here.data * DT, simulated(BEST).values[0] * DT

    expected = np.where(here.is_compared, counts * np.log(rates) - rates, 0).sum(axis=1)

    np.testing.assert_allclose(terms_of(EscapeNoise()), expected, rtol=1e-12)


@pytest.mark.slow
def test_partly_slow_noise_has_the_density_of_its_covariance() -> None:
    here, size, time_constant, share = compared(), 0.3, 5e-3, 0.8
    expected = []
    for where, row in zip(here.is_compared, residual_rows(), strict=True):
        times = DT * np.flatnonzero(where)
        lags = np.abs(times[:, np.newaxis] - times)
        covariance = share * np.exp(-lags / time_constant) + (1 - share) * np.eye(times.size)
        expected.append(stats.multivariate_normal.logpdf(row, cov=size**2 * covariance))

    found = terms_of(AutocorrelatedGaussian(size, time_constant, share))

    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_sizes_have_the_unit_of_the_output() -> None:
    with pytest.raises(UnitMismatchError, match="sigma"):
        Gaussian(3 * mV).density(compared(), lambda: simulated(BEST))


@pytest.mark.parametrize("share", [0.0, 1.0, 2.0])
def test_a_share_is_between_nothing_and_all(share: float) -> None:
    with pytest.raises(InvalidValueError, match="slow_share"):
        AutocorrelatedGaussian(slow_share=share)


def test_sizes_are_positive() -> None:
    with pytest.raises(InvalidValueError, match="positive"):
        Gaussian(-1.0).density(compared(), lambda: simulated(BEST))
