"""How long residuals follow each other."""

from __future__ import annotations

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from brianfit.plots._style import INPUT, MODEL, RECORDED, tidy
from brianfit.plots.certainty.panels import check_drawable
from brianfit.results import Uncertainty


def plot_residual_correlation(
    uncertainty: Uncertainty, output: str | None = None, *, axes: Axes | None = None
) -> Axes:
    """Draw the correlation of residuals over their distance in time, and that of the noise learnt.

    In the grey band are 95 % of the correlations of white noise.

    Parameters
    ----------
    output
        Whose residuals; the first output unless told.
    axes
        Where to draw; a new figure unless told.

    Raises
    ------
    InvalidValueError
        If there are no residuals, as in a fit of spikes.
    """
    check_drawable(uncertainty, uncertainty.residuals, "residuals", "")
    name = next(iter(uncertainty.residuals)) if output is None else output
    check_drawable(uncertainty, name in uncertainty.residuals, f"residuals of '{name}'", "")
    found = uncertainty.residuals[name]
    if axes is None:
        _, axes = plt.subplots(figsize=(6, 3.2), layout="constrained")
    lags = 1e3 * found.lags
    axes.axhspan(-found.band, found.band, color=RECORDED, alpha=0.15, label="white noise")
    axes.plot(lags, found.correlations, color=MODEL, label="residuals")
    words = f"noise: {1e3 * found.time_constant:.3g} ms, {100 * found.slow_share:.0f} % slow"
    axes.plot(lags, found.model, "--", color=INPUT, label=words)
    axes.set_xlabel("distance [ms]")
    axes.set_ylabel(f"correlation of residuals of {name}")
    axes.legend(fontsize="small", frameon=False)
    tidy(axes)
    return axes
