"""Figures of posteriors: what the draws look like, and what the model yields with them."""

from brianfit.plots.posteriors.bands import plot_bands
from brianfit.plots.posteriors.chains import plot_chains
from brianfit.plots.posteriors.corner import plot_corner

__all__ = ["plot_bands", "plot_chains", "plot_corner"]
