"""Priors of single parameters, cut off at their bounds, as maps to and from the standard normal.

What is exact near one end of a distribution is rounded away near the other, so both tails are kept:
a value comes from the smaller one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import final

import numpy as np
from scipy.special import betainc, betaincinv, betaln, ndtr, ndtri

from brianfit._foundation.shapes import Float

Values = Float[np.ndarray, "*batch"]
Tails = tuple[np.ndarray, np.ndarray]

_LOG_ROOT_TWO_PI = 0.5 * float(np.log(2 * np.pi))


class AbstractMarginal(ABC):
    """A distribution of one number on ``[low, high]``."""

    def __init__(self, low: float, high: float) -> None:
        self.low = low
        self.high = high
        self._at_low = self._bound_tails(low)
        self._at_high = self._bound_tails(high)
        below = self._at_high[0] - self._at_low[0]
        above = self._at_low[1] - self._at_high[1]
        self.mass = float(below if self._at_low[0] < self._at_high[1] else above)
        """How much of the whole distribution lies between the bounds."""

    @abstractmethod
    def tails(self, values: Values) -> Tails:
        """Return the mass below and above values, of the distribution without bounds."""

    @abstractmethod
    def quantile(self, below: Values, above: Values) -> Values:
        """Return the values with such tails; either of the two is exact where it is the smaller."""

    @abstractmethod
    def whole_log_density(self, values: Values) -> Values:
        """Return the log density of the distribution without bounds."""

    def log_density(self, values: Values) -> Values:
        """Return the log density between the bounds; minus infinity outside."""
        is_inside = (values >= self.low) & (values <= self.high)
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = self.whole_log_density(values) - np.log(self.mass)
        return np.where(is_inside, inside, -np.inf)

    def from_normal(self, scores: Values) -> Values:
        """Return the values that stand where `scores` stand in the standard normal."""
        below = self._at_low[0] + self.mass * ndtr(scores)
        above = self._at_high[1] + self.mass * ndtr(-scores)
        return np.clip(self.quantile(below, above), self.low, self.high)

    def to_normal(self, values: Values) -> Values:
        """Return where values stand, as scores of the standard normal; finite at the bounds."""
        below, above = self.tails(np.clip(values, self.low, self.high))
        from_low = self._at_low[1] - above if self._at_low[0] > 0.5 else below - self._at_low[0]
        to_high = self._at_high[0] - below if self._at_high[1] > 0.5 else above - self._at_high[1]
        lower = np.clip(from_low / self.mass, _SMALLEST, 1.0)
        upper = np.clip(to_high / self.mass, _SMALLEST, 1.0)
        return np.where(lower < upper, ndtri(lower), -ndtri(upper))

    def slope(self, scores: Values, values: Values) -> Values:
        """Return d value / d score."""
        log_normal = -0.5 * scores**2 - _LOG_ROOT_TWO_PI
        with np.errstate(over="ignore"):
            found = np.exp(log_normal - self.log_density(values))
        return np.where(np.isfinite(found), found, 0.0)

    def _bound_tails(self, bound: float) -> tuple[float, float]:
        with np.errstate(all="ignore"):
            below, above = self.tails(np.array([bound]))
        return float(below[0]), float(above[0])


_SMALLEST = float(ndtr(-30.0))
"""The smallest part of a tail that is told from none; a value at a bound gets this much."""


@final
class UniformMarginal(AbstractMarginal):
    """Even between the bounds, or even in the logarithm."""

    def __init__(self, low: float, high: float, *, is_log: bool = False) -> None:
        self._is_log = is_log
        self._start = float(np.log(low)) if is_log else low
        self._end = float(np.log(high)) if is_log else high
        super().__init__(low, high)

    def tails(self, values: Values) -> Tails:
        spread = np.log(values) if self._is_log else values
        width = self._end - self._start
        return (spread - self._start) / width, (self._end - spread) / width

    def quantile(self, below: Values, above: Values) -> Values:
        width = self._end - self._start
        spread = np.where(below < above, self._start + width * below, self._end - width * above)
        return np.exp(spread) if self._is_log else spread

    def whole_log_density(self, values: Values) -> Values:
        even = np.full_like(values, -np.log(self._end - self._start))
        return even - np.log(values) if self._is_log else even


@final
class NormalMarginal(AbstractMarginal):
    """Normal, by mean and standard deviation before it is cut off."""

    def __init__(self, mean: float, sd: float, low: float, high: float) -> None:
        self._mean = mean
        self._sd = sd
        super().__init__(low, high)

    def tails(self, values: Values) -> Tails:
        scores = (values - self._mean) / self._sd
        return ndtr(scores), ndtr(-scores)

    def quantile(self, below: Values, above: Values) -> Values:
        return self._mean + self._sd * np.where(below < above, ndtri(below), -ndtri(above))

    def whole_log_density(self, values: Values) -> Values:
        scores = (values - self._mean) / self._sd
        return np.asarray(-0.5 * scores**2 - _LOG_ROOT_TWO_PI - np.log(self._sd))


@final
class LogNormalMarginal(AbstractMarginal):
    """Normal in the logarithm, by median and standard deviation of the logarithm."""

    def __init__(self, median: float, sigma: float, low: float, high: float) -> None:
        self._centre = float(np.log(median))
        self._sigma = sigma
        super().__init__(low, high)

    def tails(self, values: Values) -> Tails:
        scores = self._scores(values)
        return ndtr(scores), ndtr(-scores)

    def quantile(self, below: Values, above: Values) -> Values:
        scores = np.where(below < above, ndtri(below), -ndtri(above))
        return np.exp(self._centre + self._sigma * scores)

    def whole_log_density(self, values: Values) -> Values:
        scores = self._scores(values)
        normal = -0.5 * scores**2 - _LOG_ROOT_TWO_PI - np.log(self._sigma)
        return np.asarray(normal - np.log(values))

    def _scores(self, values: Values) -> Values:
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.where(values > 0, np.log(np.maximum(values, 0.0)), -np.inf)
        return (spread - self._centre) / self._sigma


@final
class BetaMarginal(AbstractMarginal):
    """A beta distribution stretched over the bounds."""

    def __init__(self, a: float, b: float, low: float, high: float) -> None:
        self._a = a
        self._b = b
        self._low = low
        self._width = high - low
        super().__init__(low, high)

    def tails(self, values: Values) -> Tails:
        left, right = self._parts(values)
        return betainc(self._a, self._b, left), betainc(self._b, self._a, right)

    def quantile(self, below: Values, above: Values) -> Values:
        left = self._low + self._width * betaincinv(self._a, self._b, below)
        right = self._low + self._width * (1.0 - betaincinv(self._b, self._a, above))
        return np.where(below < above, left, right)

    def whole_log_density(self, values: Values) -> Values:
        left, right = self._parts(values)
        powers = (self._a - 1) * np.log(left) + (self._b - 1) * np.log(right)
        return np.asarray(powers - betaln(self._a, self._b) - np.log(self._width))

    def _parts(self, values: Values) -> Tails:
        left = np.clip((values - self._low) / self._width, 0.0, 1.0)
        return left, 1.0 - left
