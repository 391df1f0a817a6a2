"""Figures of how sure parameters are show the ends that the intervals have."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from brian2 import nF, nS

from brianfit._foundation.errors import InvalidValueError
from brianfit.plots import (
    plot_intervals,
    plot_parameters_by_sweep,
    plot_profiles,
    plot_residual_correlation,
)
from brianfit.results import Interval, Profile, Uncertainty
from brianfit.results.intervals.uncertainty import ResidualCorrelation, SweepSpread


def uncertainty() -> Uncertainty:
    values = np.array([1.0, 2.0, 3.0]) * 1e-9
    return Uncertainty(
        method="profile",
        intervals={
            "g": Interval(
                value=2e-9,
                limits=np.array([[1.8e-9, 2.2e-9], [1.5e-9, 2.6e-9]]),
                verdict="identifiable",
            ),
            "C": Interval(
                value=1e-10,
                limits=np.array([[0.9e-10, np.nan], [0.8e-10, np.nan]]),
                verdict="one-sided: at least 80 pF",
            ),
        },
        dimensions={"g": nS.dim, "C": nF.dim},
        profiles={
            "g": Profile(
                values=values,
                others=np.column_stack([values, values]),
                deviances=np.array([9.0, 0.0, 4.0]),
                wald=np.array([4.0, 0.0, 4.0]),
                thresholds=(1.0, 3.9),
            )
        },
        sweeps={"g": SweepSpread(values=values, standard_errors=0.1 * values, ratio=3.0)},
        residuals={
            "v": ResidualCorrelation(
                lags=np.arange(3) * 1e-3,
                correlations=np.array([1.0, 0.5, 0.2]),
                band=0.05,
                model=np.array([1.0, 0.6, 0.3]),
                time_constant=2e-3,
                slow_share=0.9,
            )
        },
    )


def test_intervals_reach_from_end_to_end_and_name_what_is_open() -> None:
    axes = plot_intervals(uncertainty())

    reach = sorted(x for line in axes.lines for x in np.asarray(line.get_xdata()) if x)
    assert reach[0] == pytest.approx(-25)
    assert any(x == pytest.approx(30) for x in reach)
    assert "one-sided" in axes.get_yticklabels()[1].get_text()


def test_profiles_show_the_error_beside_its_parabola() -> None:
    (axes,) = plot_profiles(uncertainty())

    wald, profile = axes.lines[0], axes.lines[1]
    np.testing.assert_allclose(profile.get_xdata(), [1, 2, 3])
    np.testing.assert_allclose(profile.get_ydata(), [9, 0, 4])
    np.testing.assert_allclose(wald.get_ydata(), [4, 0, 4])


def test_correlations_are_drawn_over_milliseconds() -> None:
    axes = plot_residual_correlation(uncertainty())

    np.testing.assert_allclose(axes.lines[0].get_xdata(), [0, 1, 2])
    np.testing.assert_allclose(axes.lines[0].get_ydata(), [1, 0.5, 0.2])


def test_every_sweep_has_a_point() -> None:
    (axes,) = plot_parameters_by_sweep(uncertainty())

    np.testing.assert_allclose(axes.lines[0].get_ydata(), [1, 2, 3])


def test_intervals_that_are_withheld_are_not_drawn() -> None:
    withheld = replace(uncertainty(), reason="the fit is not good.")

    with pytest.raises(InvalidValueError, match="not good"):
        plot_intervals(withheld)


def test_what_was_not_asked_for_is_named() -> None:
    with pytest.raises(InvalidValueError, match="profile"):
        plot_profiles(replace(uncertainty(), profiles={}))
