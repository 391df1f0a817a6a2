"""What every noise promises: the likelihood it tells, and derivatives that are those of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from brianfit._foundation.units import DIMENSIONLESS
from brianfit.likelihoods import (
    AbstractNoise,
    AutocorrelatedGaussian,
    Compared,
    EscapeNoise,
    Gaussian,
    OutputTraces,
    StudentT,
)

N_TRACES, N_STEPS, DT = 2, 40, 1e-3
BEST = np.array([[1.5, 0.4]])


def simulated(samples: np.ndarray) -> OutputTraces:
    """Traces ``exp(a) + b*t`` that differ a little from each other."""
    time = np.linspace(0, 1, N_STEPS) + 0.3 * np.arange(N_TRACES)[:, np.newaxis]
    a, b = (column[:, np.newaxis, np.newaxis] for column in samples.T)
    values = np.exp(a) + b * time
    return OutputTraces(values=values, slopes=np.array([np.exp(a) + 0 * time, time + 0 * a]))


def compared() -> Compared:
    """A recording with noise, a late start and a gap."""
    where = np.ones((N_TRACES, N_STEPS), dtype=bool)
    where[:, :3] = where[1, 20:27] = False
    noise = np.random.default_rng(4).normal(0, 0.2, (N_TRACES, N_STEPS)).cumsum(axis=1)
    data = np.abs(simulated(BEST).values[0] + noise)
    return Compared(
        name="x",
        dimensions=DIMENSIONLESS,
        data=np.where(where, data, 0.0),
        is_compared=where,
        dt=DT,
    )


NOISES: list[Callable[[], AbstractNoise]] = [
    Gaussian,
    lambda: Gaussian(0.3),
    StudentT,
    lambda: StudentT(0.3, 4.0),
    EscapeNoise,
    pytest.param(AutocorrelatedGaussian, marks=pytest.mark.slow),
    pytest.param(lambda: AutocorrelatedGaussian(0.3, 5e-3, 0.8), marks=pytest.mark.slow),
]


@pytest.mark.parametrize("noise", NOISES)
class TestNoise:
    def test_the_gradient_is_the_slope_of_the_likelihood(
        self, noise: Callable[[], AbstractNoise]
    ) -> None:
        density = noise().density(compared(), lambda: simulated(BEST))
        step = 1e-6
        around = BEST + step * np.array([[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]])

        terms = density.terms(simulated(around))

        logs = terms.by_trace.sum(axis=1)
        expected = np.array([logs[1] - logs[2], logs[3] - logs[4]]) / (2 * step)
        np.testing.assert_allclose(terms.gradients[0], expected, rtol=1e-4, atol=1e-5)

    def test_the_matrix_is_an_information(self, noise: Callable[[], AbstractNoise]) -> None:
        density = noise().density(compared(), lambda: simulated(BEST))

        matrix = density.terms(simulated(BEST)).matrices[0]

        np.testing.assert_allclose(matrix, matrix.T)
        assert (np.linalg.eigvalsh(matrix) > 0).all()

    def test_steps_that_are_not_compared_do_not_count(
        self, noise: Callable[[], AbstractNoise]
    ) -> None:
        here = compared()
        density = noise().density(here, lambda: simulated(BEST))
        changed = simulated(BEST)
        changed.values[0][~here.is_compared] *= 1.3

        terms = density.terms(changed)

        np.testing.assert_allclose(
            terms.by_trace, density.terms(simulated(BEST)).by_trace, rtol=1e-9
        )

    def test_a_sample_that_diverged_has_no_finite_likelihood(
        self, noise: Callable[[], AbstractNoise]
    ) -> None:
        density = noise().density(compared(), lambda: simulated(BEST))
        diverged = simulated(np.repeat(BEST, 2, axis=0))
        diverged.values[1, 0, 10:] = np.nan

        found = density.terms(diverged).by_trace.sum(axis=1)

        assert np.isfinite(found).tolist() == [True, False]
