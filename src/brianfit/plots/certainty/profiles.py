"""How the error rises along each parameter."""

from __future__ import annotations

from matplotlib.axes import Axes

from brianfit.plots._style import INPUT, MODEL, RECORDED
from brianfit.plots.certainty.panels import check_drawable, panels, scale_of
from brianfit.results import Profile, Uncertainty
from brianfit.results.intervals.uncertainty import LEVELS


def plot_profiles(uncertainty: Uncertainty) -> list[Axes]:
    """Draw the profile of every parameter, with thresholds and the parabola of Laplace.

    Where the profile leaves the parabola, an interval is crooked; where it stays below the
    threshold to the end, the interval is open.

    Parameters
    ----------
    uncertainty
        By the method 'profile'.

    Raises
    ------
    InvalidValueError
        If there are no profiles.
    """
    check_drawable(uncertainty, uncertainty.profiles, "profiles", "'profile'")
    found = panels(len(uncertainty.profiles))
    for axes, (name, profile) in zip(found, uncertainty.profiles.items(), strict=True):
        _draw(axes, uncertainty, name, profile)
    found[0].set_ylabel("rise of the error\n[1: one standard deviation]")
    found[0].legend(fontsize="small", frameon=False)
    return found


def _draw(axes: Axes, uncertainty: Uncertainty, name: str, profile: Profile) -> None:
    scale = scale_of(profile.values, uncertainty.dimensions[name])
    x = profile.values * scale.factor
    axes.plot(x, profile.wald, "--", color=INPUT, linewidth=1, label="parabola")
    axes.plot(x, profile.deviances, "o-", color=MODEL, markersize=3, label="profile")
    for level, threshold in zip(LEVELS, profile.thresholds, strict=True):
        axes.axhline(threshold, color=RECORDED, linewidth=0.6, alpha=0.6)
        axes.text(x[0], threshold, f"{100 * level:.0f} %", va="bottom", fontsize="small")
    for end in uncertainty.intervals[name].limits[1] * scale.factor:
        axes.axvline(end, color=RECORDED, linewidth=0.6, linestyle=":")
    axes.set_ylim(0, 2.0 * profile.thresholds[1])
    axes.set_xlabel(scale.label(name))
