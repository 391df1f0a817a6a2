"""Free, fixed and tied parameters: bounds, scales, and the coordinates of the search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_choice, check_instance
from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit._foundation.parts.call_text import call_of
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Bool, Float
from brianfit._foundation.units import Dimension
from brianfit.model.priors import AbstractPrior, Prior

SCALES = ("auto", "linear", "log")

DECADES_FOR_LOG = 2.0
"""With ``scale='auto'``, positive bounds that span this many decades are searched in logs."""


@final
@compared_by_value
@dataclass(frozen=True)
class Parameter:
    """How one parameter of the model is treated in a fit.

    ``g=Parameter(1*nS, 100*nS)`` says the same as ``g=[1*nS, 100*nS]``.

    Parameters
    ----------
    low, high
        Bounds, in the unit of the parameter.
    scale
        How values between the bounds are spread: 'linear', 'log', or 'auto': logarithmic when both
        bounds are positive and span at least two decades.
    value
        A value to start from: it is among the samples of the first round. Several values make as
        many samples, together with those of the other parameters, which have equally many or one.
    fixed
        The parameter is not fitted and has this value.
    tied
        The parameter is not fitted but computed from others by this expression, in the language of
        the equations, such as ``'2*g_leak'``.
    prior
        What is known before the recordings are seen: `Normal`, `LogNormal` or `Beta`, cut off at
        the bounds. It counts where a posterior is sampled, not in a fit. Unless told all values
        between the bounds are equally likely, on the scale of the parameter.
    """

    low: Any = None
    high: Any = None
    scale: str = "auto"
    value: Any = None
    fixed: Any = None
    tied: str | None = None
    prior: Prior | None = None

    def __post_init__(self) -> None:
        check_choice("scale", self.scale, SCALES)
        has_bounds = self.low is not None or self.high is not None
        ways = [has_bounds, self.fixed is not None, self.tied is not None]
        if sum(ways) != 1:
            raise InvalidValueError(
                "A Parameter needs exactly one of: bounds (`low` and `high`), a `fixed` value, or "
                f"an expression to which it is `tied`; found {self!r}."
            )
        if has_bounds and (self.low is None or self.high is None):
            raise InvalidValueError(f"A Parameter needs both `low` and `high`; found {self!r}.")
        if self.tied is not None and not isinstance(self.tied, str):
            raise InvalidTypeError("`tied` must be an expression given as a string.")
        if self.prior is not None:
            check_instance("prior", self.prior, AbstractPrior, "a Normal, a LogNormal or a Beta")
            if not has_bounds:
                raise InvalidValueError(
                    "A Parameter that is fixed or tied has no prior; give it bounds, or leave "
                    "`prior` out."
                )

    def __repr__(self) -> str:
        return call_of(self)

    @property
    def is_free(self) -> bool:
        """Whether the parameter is searched between bounds."""
        return self.low is not None


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class ParameterSpace:
    """The box that is searched, and its map to unit-free coordinates in [0, 1].

    Optimizers see coordinates only. All values are in SI units.

    Attributes
    ----------
    names
        The free parameters, in the order of the columns of all samples.
    low, high
        Bounds, ``low < high``.
    is_log
        Which parameters are spread logarithmically.
    is_integer
        Which parameters take whole numbers only.
    starts
        Values to start from; nan for parameters for which none is given.
    """

    names: tuple[str, ...]
    dimensions: tuple[Dimension, ...]
    low: Float[np.ndarray, " n_parameters"]
    high: Float[np.ndarray, " n_parameters"]
    is_log: Bool[np.ndarray, " n_parameters"]
    is_integer: Bool[np.ndarray, " n_parameters"]
    starts: Float[np.ndarray, "n_starts n_parameters"]

    def __len__(self) -> int:
        return len(self.names)

    def to_values(
        self, coordinates: Float[np.ndarray, "n_samples n_parameters"]
    ) -> Float[np.ndarray, "n_samples n_parameters"]:
        """Map coordinates in [0, 1] to values; what lies outside is clipped to the bounds."""
        low, high = self._spread_bounds()
        values = self._from_spread(low + np.clip(coordinates, 0.0, 1.0) * (high - low))
        values = np.where(self.is_integer, np.round(values), values)
        return np.asarray(np.clip(values, self.low, self.high))

    def to_coordinates(
        self, values: Float[np.ndarray, "n_samples n_parameters"]
    ) -> Float[np.ndarray, "n_samples n_parameters"]:
        """Map values to coordinates in [0, 1]; what lies outside is clipped to the bounds."""
        low, high = self._spread_bounds()
        spread = self._to_spread(np.clip(values, self.low, self.high))
        return np.asarray(np.clip((spread - low) / (high - low), 0.0, 1.0))

    def derivative(
        self, values: Float[np.ndarray, "*batch n_parameters"]
    ) -> Float[np.ndarray, "*batch n_parameters"]:
        """Return d value / d coordinate at `values`."""
        low, high = self._spread_bounds()
        return np.asarray((high - low) * np.where(self.is_log, values, 1.0))

    def start_coordinates(self) -> Float[np.ndarray, "n_starts n_parameters"]:
        """Return the points to start from; the middle of parameters without a value."""
        known = ~np.isnan(self.starts)
        values = np.where(known, self.starts, self.low)
        return np.where(known, self.to_coordinates(values), 0.5)

    def at_bound(
        self, values: Float[np.ndarray, " n_parameters"], tolerance: float = 1e-3
    ) -> dict[str, str]:
        """Return ``{name: 'lower' | 'upper'}`` of values within `tolerance` of the box's edge."""
        coordinates = self.to_coordinates(values[np.newaxis])[0]
        found = {}
        for name, coordinate in zip(self.names, coordinates, strict=True):
            if coordinate <= tolerance:
                found[name] = "lower"
            elif coordinate >= 1 - tolerance:
                found[name] = "upper"
        return found

    def _spread_bounds(self) -> tuple[np.ndarray, np.ndarray]:
        return self._to_spread(self.low), self._to_spread(self.high)

    def _to_spread(self, values: np.ndarray) -> np.ndarray:
        return np.where(self.is_log, np.log(np.where(self.is_log, values, 1.0)), values)

    def _from_spread(self, spread: np.ndarray) -> np.ndarray:
        return np.where(self.is_log, np.exp(np.where(self.is_log, spread, 0.0)), spread)


def uses_log_scale(scale: str, low: float, high: float) -> bool:
    """Return whether a parameter is spread logarithmically between its bounds."""
    if scale == "auto":
        return low > 0 and bool(np.log10(high / low) >= DECADES_FOR_LOG - 1e-9)
    return scale == "log"


def parameter_from(name: str, given: object) -> Parameter:
    """Read what a user gave for a parameter: a `Parameter`, or a pair of bounds.

    Raises
    ------
    InvalidTypeError
        If it is neither.
    """
    if isinstance(given, Parameter):
        return given
    is_array = isinstance(given, np.ndarray) and given.ndim > 0
    is_list = isinstance(given, Sequence) and not isinstance(given, str)
    if not is_array and not is_list:
        raise InvalidTypeError(
            f"The bounds of parameter '{name}' must be a pair [low, high] or a Parameter, "
            f"but are {given!r}."
        )
    bounds: Any = given
    if len(bounds) != 2:
        raise InvalidTypeError(
            f"The bounds of parameter '{name}' must be a pair [low, high], but "
            f"{len(bounds)} values were given."
        )
    if bounds[0] is None or bounds[1] is None:
        raise InvalidValueError(
            f"Parameter '{name}' needs both `low` and `high`, but its bounds are [{bounds[0]}, "
            f"{bounds[1]}]."
        )
    return Parameter(bounds[0], bounds[1])


__all__ = [
    "DECADES_FOR_LOG",
    "SCALES",
    "Parameter",
    "ParameterSpace",
    "parameter_from",
    "uses_log_scale",
]
