"""Whether chains of a posterior agree: their course, and their ranks."""

from __future__ import annotations

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import rankdata

from brianfit._foundation.arguments import check_instance
from brianfit._foundation.errors import InvalidValueError
from brianfit.fitting.posteriors.posterior import Posterior
from brianfit.plots._style import INPUT, Scale, scale_for, tidy

_ROW = 1.6  # inch
_N_BINS = 20


def plot_chains(posterior: Posterior, *, figure: Figure | None = None) -> np.ndarray:
    """Draw the course of every chain, and how its ranks among all draws are spread.

    Chains that agree look alike on the left; on the right every rank is then as frequent in each of
    them, and the picture has one colour with noise.

    Parameters
    ----------
    figure
        Where to draw; a new figure unless told.

    Returns
    -------
    array of Axes, shape (n_parameters, 2)

    Raises
    ------
    InvalidValueError
        If the draws are no chains, but have importance weights.
    """
    check_instance("posterior", posterior, Posterior, "what fitter.sample returns")
    if posterior.is_weighted:
        raise InvalidValueError(
            "These draws are no chains: they are independent and have importance weights, of which "
            "`k_hat` tells. Sample with method='hmc' for chains."
        )
    n = len(posterior.names)
    if figure is None:
        figure = plt.figure(figsize=(8.5, _ROW * n + 0.8), layout="constrained")
    axes = figure.subplots(n, 2, squeeze=False, sharex="col", width_ratios=(2, 1))
    r_hats = posterior.summary()["r_hat"].to_numpy()
    for k, (course, ranks) in enumerate(axes):
        name, chains = posterior.names[k], posterior.chains[:, :, k]
        _draw_course(course, chains, scale_for([chains], posterior.dimensions[name]), name)
        _draw_ranks(ranks, chains)
        course.set_title(f"R-hat {r_hats[k]:.3f}", fontsize="small", loc="right", pad=2)
    axes[-1, 0].set_xlabel("draw of the chain", fontsize="small")
    axes[-1, 1].set_xlabel("rank among all draws [%]", fontsize="small")
    image = axes[0, 1].images[0]
    bar = figure.colorbar(image, ax=list(axes[:, 1]), shrink=0.9, aspect=30)
    bar.set_label("how often, over the mean", fontsize="small")
    return np.asarray(axes)


def _draw_course(panel: Axes, chains: np.ndarray, scale: Scale, name: str) -> None:
    # Each chain in a shade of one colour: which one it is does not matter.
    shades = np.linspace(0.25, 0.9, len(chains))
    for shade, chain in zip(shades, chains, strict=True):
        panel.plot(chain * scale.factor, color=INPUT, alpha=shade, linewidth=0.4)
    panel.set_ylabel(scale.label(name), fontsize="small")
    panel.margins(x=0)
    tidy(panel)


def _draw_ranks(panel: Axes, chains: np.ndarray) -> None:
    n_chains, n_draws = chains.shape
    n_bins = int(np.clip(n_draws // 10, 2, _N_BINS))
    ranks = rankdata(chains.ravel(), method="ordinal").reshape(n_chains, n_draws) - 1
    bins = ranks * n_bins // (n_chains * n_draws)
    counts = np.stack([np.bincount(row, minlength=n_bins) for row in bins])
    panel.imshow(
        counts * n_bins / n_draws,
        aspect="auto",
        cmap="PuOr_r",
        vmin=0,
        vmax=2,
        interpolation="nearest",
        extent=(0, 100, n_chains - 0.5, -0.5),
    )
    panel.set_ylabel("chain", fontsize="small")
    panel.tick_params(labelsize="small")
    panel.spines[:].set_visible(False)
