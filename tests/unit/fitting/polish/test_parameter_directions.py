"""Directions among parameters in words."""

from __future__ import annotations

import numpy as np
import pytest

from brianfit.fitting.polish.fisher_information import FisherInformation
from brianfit.fitting.polish.least_squares import as_residuals
from brianfit.fitting.polish.parameter_directions import combination_name, product_name
from brianfit.fitting.polish.standard_errors import independent_residuals

NAMES = ("C", "gL", "EL")


@pytest.mark.parametrize(
    ("direction", "text"),
    [
        ([1.0, 1.0, 0.0], "C and gL only as a ratio"),
        ([-1.0, 1.0, 0.1], "C and gL only as a product"),
        ([0.0, 0.1, 1.0], "EL hardly at all"),
        ([0.5, 1.0, 0.0], "gL and C only as C / gL^0.5"),
        ([1.0, -0.5, 0.5], "a common change is not seen of C by +1 %, gL by -0.5 %, EL by +0.5 %"),
    ],
)
def test_an_unseen_direction_names_what_stays_determined(direction, text) -> None:
    assert combination_name(NAMES, np.array(direction)) == text


def test_a_seen_direction_is_a_product_of_powers() -> None:
    assert product_name(NAMES, np.array([-0.7, 0.7, 0.01])) == "C^0.7 * gL^-0.7"


def test_information_in_one_ratio_is_told_as_such() -> None:
    slope = np.array([1.0, -1.0]) / np.array([100.0, 10.0])

    found = FisherInformation(
        names=("C", "gL"),
        values=np.array([100.0, 10.0]),
        matrix=np.outer(slope, slope) * 1e4,
        noise={"v": 1.0},
    )

    assert found.directions[0] == "C and gL only as a ratio"
    # The relative matrix is 1e4*[[1, -1], [-1, 1]], whose eigenvalues are 0 and 2e4.
    np.testing.assert_allclose(found.eigenvalues, [0.0, 2e4], atol=1e-9)
    assert "C and gL only as a ratio" in str(found)


def test_residuals_are_replaced_by_few_with_the_same_sums() -> None:
    generator = np.random.default_rng(1)
    jacobian, residuals = generator.normal(size=(50, 3)), generator.normal(size=50)

    short, slopes = as_residuals(
        float(residuals @ residuals), jacobian.T @ residuals, jacobian.T @ jacobian
    )

    assert short.shape == (4,)
    assert short @ short == pytest.approx(residuals @ residuals)
    np.testing.assert_allclose(slopes.T @ short, jacobian.T @ residuals, rtol=1e-10)
    np.testing.assert_allclose(slopes.T @ slopes, jacobian.T @ jacobian, rtol=1e-10)


def test_residuals_that_repeat_each_other_count_less() -> None:
    generator = np.random.default_rng(1)
    white = generator.normal(size=10_000)

    each = independent_residuals([white])
    repeated = independent_residuals([np.repeat(white, 4)])

    # Correlations of values repeated four times are 3/4, 2/4, 1/4: 1 + 2*1.5 = 4.
    assert each == pytest.approx(10_000, rel=0.05)
    assert repeated == pytest.approx(10_000, rel=0.05)
