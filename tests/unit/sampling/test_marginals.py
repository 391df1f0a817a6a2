"""Priors as maps to and from the standard normal, against SciPy's distributions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr

from brianfit.sampling import (
    AbstractMarginal,
    BetaMarginal,
    Curved,
    LogNormalMarginal,
    NormalMarginal,
    UnboundedSpace,
    UniformMarginal,
)

CASES = {
    "uniform": (UniformMarginal(-2.0, 3.0), stats.uniform(-2, 5)),
    "uniform in the logarithm": (
        UniformMarginal(1e-9, 1e-6, is_log=True),
        stats.loguniform(1e-9, 1e-6),
    ),
    "normal": (NormalMarginal(-0.07, 0.005, -0.09, -0.06), stats.truncnorm(-4, 2, -0.07, 0.005)),
    "normal far out": (NormalMarginal(0.0, 1.0, 9.0, 12.0), stats.truncnorm(9, 12)),
    "log-normal": (LogNormalMarginal(2.0, 0.5, 1e-9, 1e9), stats.lognorm(0.5, scale=2.0)),
    "beta": (BetaMarginal(2.0, 5.0, 10.0, 30.0), stats.beta(2, 5, 10, 20)),
}
KINDS = pytest.mark.parametrize(("marginal", "expected"), list(CASES.values()), ids=list(CASES))


@KINDS
def test_values_stand_where_their_scores_do(
    marginal: AbstractMarginal, expected: stats.rv_continuous
) -> None:
    scores = np.linspace(-3, 3, 13)

    values = marginal.from_normal(scores)

    assert expected.cdf(values) == pytest.approx(ndtr(scores), rel=1e-6)


@KINDS
def test_scores_come_back(marginal: AbstractMarginal, expected: stats.rv_continuous) -> None:
    scores = np.linspace(-5, 5, 21)

    back = marginal.to_normal(marginal.from_normal(scores))

    assert back == pytest.approx(scores, abs=1e-5)


@KINDS
def test_the_density_is_cut_off_at_the_bounds(
    marginal: AbstractMarginal, expected: stats.rv_continuous
) -> None:
    values = marginal.from_normal(np.array([-2.0, 0.0, 2.0]))
    outside = np.array([marginal.low - 1e-6 * abs(marginal.low) - 1e-12])

    inside, beyond = marginal.log_density(values), marginal.log_density(outside)

    assert inside == pytest.approx(expected.logpdf(values), rel=1e-6)
    assert beyond[0] == -np.inf


@KINDS
def test_slopes_are_those_of_differences(
    marginal: AbstractMarginal, expected: stats.rv_continuous
) -> None:
    scores, step = np.array([-2.0, -0.3, 0.4, 2.5]), 1e-4

    slopes = marginal.slope(scores, marginal.from_normal(scores))

    ahead, behind = marginal.from_normal(scores + step), marginal.from_normal(scores - step)
    assert slopes == pytest.approx((ahead - behind) / (2 * step), rel=1e-5)


@KINDS
def test_bounds_have_finite_scores(
    marginal: AbstractMarginal, expected: stats.rv_continuous
) -> None:
    scores = marginal.to_normal(np.array([marginal.low, marginal.high]))

    assert np.isfinite(scores).all()
    assert scores[0] < -4
    assert scores[1] > 4


def test_derivatives_follow_the_map() -> None:
    space = UnboundedSpace(
        [UniformMarginal(1.0, 1e3, is_log=True), NormalMarginal(0.0, 2.0, -9.0, 9.0)]
    )
    points = np.array([[0.3, -0.6], [1.2, 0.8]])

    def square(values: np.ndarray) -> Curved:
        curvature = np.tile(np.diag([1.0, 4.0]), (len(values), 1, 1))
        slopes = np.array([1.0, 4.0])
        return Curved(-0.5 * np.sum(slopes * values**2, axis=1), -slopes * values, curvature)

    values = space.to_values(points)
    pulled = space.pulled_back(square(values), points, values)

    for k in range(2):
        step = 1e-5 * np.eye(2)[k]
        ahead = square(space.to_values(points + step)).value
        behind = square(space.to_values(points - step)).value
        assert pulled.gradient[:, k] == pytest.approx((ahead - behind) / 2e-5, rel=1e-6)
    assert space.to_points(values) == pytest.approx(points, abs=1e-9)
