"""How sure parameters are: an interval for each, and in words what it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, final

import numpy as np

from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import Dimension, readable

if TYPE_CHECKING:
    import pandas as pd

LEVELS = (0.68, 0.95)
"""Probabilities of the two intervals of every parameter."""

COLUMNS = ("value", "low_68", "high_68", "low_95", "high_95", "verdict")

IDENTIFIABLE = "identifiable"

FEW_RESIDUALS = 20.0
"""With fewer independent residuals a parameter, intervals are often too narrow."""


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class Interval:
    """What is known of one parameter [SI].

    Attributes
    ----------
    limits
        Low and high end at either of `LEVELS`; nan where there is none, as where the bounds of the
        fit come first.
    verdict
        In words: 'identifiable', or what else.
    """

    value: float
    limits: Float[np.ndarray, "2 2"]
    verdict: str


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class Profile:
    """The error along one parameter, all others being fitted anew at every point.

    Attributes
    ----------
    values
        Of the parameter [SI], ascending.
    others
        All free parameters at every point [SI].
    deviances
        How far the error rises, such that a step of one standard deviation makes 1.
    wald
        The same of the parabola that Laplace's approximation takes the error for.
    thresholds
        The deviance at the ends of the intervals, by level.
    """

    values: Float[np.ndarray, " n_points"]
    others: Float[np.ndarray, "n_points n_parameters"]
    deviances: Float[np.ndarray, " n_points"]
    wald: Float[np.ndarray, " n_points"]
    thresholds: tuple[float, float]


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class SweepSpread:
    """One parameter fitted to every sweep alone.

    Attributes
    ----------
    values
        By sweep [SI]; nan where the sweep alone does not determine the parameter.
    standard_errors
        Of each, from the noise of the sweep [SI].
    ratio
        Standard deviation between sweeps over what the noise explains of it; nan if unknown.
    """

    values: Float[np.ndarray, " n_sweeps"]
    standard_errors: Float[np.ndarray, " n_sweeps"]
    ratio: float


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class ResidualCorrelation:
    """How long the residuals of an output follow each other.

    Attributes
    ----------
    lags
        [s].
    correlations
        Between residuals so far apart.
    band
        95 % of the correlations of white noise are within plus or minus this.
    model
        The same of the noise that was learnt.
    time_constant, slow_share
        Of that noise: of its slow part [s], and the part of the variance that is slow.
    """

    lags: Float[np.ndarray, " n_lags"]
    correlations: Float[np.ndarray, " n_lags"]
    band: float
    model: Float[np.ndarray, " n_lags"]
    time_constant: float
    slow_share: float


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class Uncertainty:
    """How sure the free parameters of a fit are; print it for a summary.

    Attributes
    ----------
    method
        How the intervals were found: 'laplace', 'profile', 'sweeps', 'bootstrap', 'likelihood'.
    intervals
        By parameter. Where they are withheld, their limits are nan.
    reason
        Why there are no intervals; empty if there are.
    notes
        What should be known besides, in sentences.
    covariance
        Of the free parameters [SI]; None where it cannot be had.
    profiles
        By parameter, for the method 'profile'.
    sweeps
        By parameter, where there are several sweeps.
    residuals
        By output.
    n_compared, n_independent
        The number of residuals, and to how many independent ones they amount.
    naive_ratio
        By parameter, how many times too small the standard error is that takes all residuals for
        independent.
    n_gradients
        How many samples were simulated with their derivatives.
    """

    method: str
    intervals: Mapping[str, Interval]
    dimensions: Mapping[str, Dimension]
    reason: str = ""
    notes: tuple[str, ...] = ()
    covariance: Float[np.ndarray, "n_parameters n_parameters"] | None = None
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    sweeps: Mapping[str, SweepSpread] = field(default_factory=dict)
    sweep_labels: tuple[str, ...] = ()
    residuals: Mapping[str, ResidualCorrelation] = field(default_factory=dict)
    n_compared: float = float("nan")
    n_independent: float = float("nan")
    naive_ratio: Mapping[str, float] = field(default_factory=dict)
    n_gradients: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The free parameters."""
        return tuple(self.intervals)

    @property
    def is_withheld(self) -> bool:
        """Whether there are no intervals, for the reason given."""
        return bool(self.reason)

    @property
    def table(self) -> pd.DataFrame:
        """A row a parameter: value, ends of the 68 and 95 % intervals [SI], and verdict."""
        import pandas as pd

        rows = [
            [one.value, *one.limits.ravel().tolist(), one.verdict]
            for one in self.intervals.values()
        ]
        return pd.DataFrame(
            rows, index=pd.Index(self.names, name="parameter"), columns=list(COLUMNS)
        )

    @property
    def standard_errors(self) -> dict[str, float]:
        """The standard error of every parameter [SI]; empty where they cannot be had."""
        if self.covariance is None:
            return {}
        return dict(zip(self.names, np.sqrt(np.diag(self.covariance)).tolist(), strict=True))

    def __str__(self) -> str:
        if self.is_withheld:
            head = [f"No intervals: {self.reason}"]
        else:
            head = [f"Intervals of {len(self.names)} parameters, by {self.method}"]
            head += [f"  {line}" for line in self._lines()]
        return "\n".join([*head, *(f"- {note}" for note in self.notes)])

    def _lines(self) -> list[str]:
        width = max((len(name) for name in self.names), default=0)
        found = []
        for name, one in self.intervals.items():
            unit = self.dimensions[name]
            low, high = one.limits[1]
            ends = " to ".join(readable(x, unit) if np.isfinite(x) else "?" for x in (low, high))
            text = f"{name:<{width}}  {readable(one.value, unit)}   95 %: {ends}"
            found.append(text if one.verdict == IDENTIFIABLE else f"{text}   ({one.verdict})")
        return found


__all__ = [
    "COLUMNS",
    "FEW_RESIDUALS",
    "IDENTIFIABLE",
    "LEVELS",
    "Interval",
    "Profile",
    "ResidualCorrelation",
    "SweepSpread",
    "Uncertainty",
]
