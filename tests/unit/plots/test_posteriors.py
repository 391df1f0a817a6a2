"""Figures of draws, of chains, and of bands."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import Mohm, ms, mV, volt

from brianfit._foundation.errors import InvalidValueError
from brianfit.data import RecordingSet
from brianfit.fitting.posteriors.posterior import Posterior
from brianfit.fitting.posteriors.predicted_draws import PredictedDraws
from brianfit.plots import plot_bands, plot_chains, plot_corner
from brianfit.sampling import NormalMarginal, UnboundedSpace


class NoLikelihood:
    """Figures ask for none."""


def posterior(*, is_weighted: bool = False) -> Posterior:
    generator = np.random.default_rng(1)
    draws = generator.normal(size=(800, 2)) * [1e-3, 2e6] + [-65e-3, 100e6]
    weights = generator.uniform(size=800) if is_weighted else np.ones(800)
    found = object.__new__(Posterior)  # without the likelihood, which would need a fit
    fields = {
        "names": ("E", "R"),
        "dimensions": {"E": (1 * mV).dim, "R": (1 * Mohm).dim},
        "draws": draws,
        "weights": weights / weights.sum(),
        "log_likelihood": np.zeros(800),
        "n_chains": 1 if is_weighted else 4,
        "method": "laplace" if is_weighted else "hmc",
        "k_hat": None,
        "log_evidence": None,
        "priors": {},
        "notes": {},
        "seed": 1,
        "space": UnboundedSpace(
            [NormalMarginal(-64e-3, 2e-3, -90e-3, -40e-3), NormalMarginal(9e7, 9e6, 1e7, 9e8)]
        ),
        "likelihood": NoLikelihood(),
    }
    found.__dict__.update(fields)
    return found


def predicted() -> PredictedDraws:
    rows = np.linspace(-70e-3, -60e-3, 11)[:, np.newaxis, np.newaxis] * np.ones((11, 2, 50))
    rows[:, 1, 40:] = np.nan
    return PredictedDraws(
        recordings=RecordingSet.from_arrays(
            dt=1 * ms,
            inputs={"I": np.zeros((2, 50)) * volt},
            traces={"v": np.full((2, 50), -65) * mV},
        ),
        samples=np.zeros((11, 1)),
        traces={"v": rows},
        spikes=None,
        dt=1e-3,
        dimensions={"v": volt.dim},
    )


@pytest.mark.parametrize("is_weighted", [False, True])
def test_a_corner_shows_draws_and_priors_in_units_that_can_be_read(is_weighted: bool) -> None:
    axes = plot_corner(posterior(is_weighted=is_weighted))

    centre = axes[0, 0].patches[-1].get_data()  # of the staircase
    assert axes.shape == (2, 2)
    assert [panel.get_xlabel() for panel in axes[1]] == ["E [mV]", "R [Mohm]"]
    assert axes[1, 0].get_ylabel() == "R [Mohm]"
    assert not axes[0, 1].get_visible()
    assert centre.edges[np.argmax(centre.values)] == pytest.approx(-65, abs=1)
    # The area of the draws is 1 in SI numbers, as that of the prior is.
    widths = np.diff(centre.edges) * 1e-3
    assert np.sum(centre.values * widths) == pytest.approx(1, abs=0.01)


def test_contours_hold_the_parts_they_name() -> None:
    axes = plot_corner(posterior())

    filled = axes[1, 0].collections[0]
    assert len(filled.get_paths()) == 2


def test_chains_show_their_course_and_ranks() -> None:
    axes = plot_chains(posterior())

    lines = axes[0, 0].lines
    ranks = axes[0, 1].images[0].get_array()
    assert len(lines) == 4
    assert lines[0].get_ydata() == pytest.approx(posterior().chains[0, :, 0] * 1e3)
    assert np.asarray(ranks).shape == (4, 20)
    assert np.mean(ranks) == pytest.approx(1)


def test_weighted_draws_are_no_chains() -> None:
    with pytest.raises(InvalidValueError, match="no chains.*method='hmc'"):
        plot_chains(posterior(is_weighted=True))


def test_bands_hold_their_part_of_the_draws_as_long_as_a_sweep_lasts() -> None:
    axes = plot_bands(predicted())

    wide = axes[0].collections[0].get_paths()[0].get_extents()
    short = axes[1].collections[0].get_paths()[0].get_extents()
    assert [wide.ymin, wide.ymax] == pytest.approx([-69.75, -60.25])
    assert short.xmax == pytest.approx(39)
    assert axes[0].get_ylabel() == "v [mV]"
