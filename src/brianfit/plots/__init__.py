"""Figures from results; one figure per file, each a function that returns axes."""

from brianfit.plots.certainty.intervals import plot_intervals
from brianfit.plots.certainty.profiles import plot_profiles
from brianfit.plots.certainty.residual_correlation import plot_residual_correlation
from brianfit.plots.certainty.sweeps import plot_parameters_by_sweep
from brianfit.plots.comparison import plot_comparison, plot_ranks
from brianfit.plots.convergence import plot_convergence
from brianfit.plots.correlation import plot_correlation
from brianfit.plots.global_sensitivity import plot_global_sensitivity
from brianfit.plots.overlay import plot_overlay
from brianfit.plots.pareto import plot_pareto_front
from brianfit.plots.posteriors import plot_bands, plot_chains, plot_corner
from brianfit.plots.raster import plot_spike_raster
from brianfit.plots.rates import plot_rates
from brianfit.plots.report import write_report
from brianfit.plots.residuals import plot_residuals
from brianfit.plots.sensitivity import plot_sensitivities
from brianfit.plots.spike_detection import plot_spike_detection
from brianfit.plots.spread import plot_parameter_spread
from brianfit.plots.time_rescaling import plot_time_rescaling
from brianfit.plots.trial_raster import plot_trials
from brianfit.plots.waterfall import plot_waterfall

__all__ = [
    "plot_bands",
    "plot_chains",
    "plot_comparison",
    "plot_convergence",
    "plot_corner",
    "plot_correlation",
    "plot_global_sensitivity",
    "plot_intervals",
    "plot_overlay",
    "plot_parameter_spread",
    "plot_parameters_by_sweep",
    "plot_pareto_front",
    "plot_profiles",
    "plot_ranks",
    "plot_rates",
    "plot_residual_correlation",
    "plot_residuals",
    "plot_sensitivities",
    "plot_spike_detection",
    "plot_spike_raster",
    "plot_time_rescaling",
    "plot_trials",
    "plot_waterfall",
    "write_report",
]
