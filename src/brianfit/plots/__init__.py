"""Figures from results; one figure per file, each a function that returns axes."""

from brianfit.plots.convergence import plot_convergence
from brianfit.plots.overlay import plot_overlay

__all__ = ["plot_convergence", "plot_overlay"]
