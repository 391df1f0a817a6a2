"""What is known about a parameter before its recordings are seen: priors of posteriors.

Priors count where posteriors are sampled; a fit looks for the lowest error and knows none.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, TypeAlias, TypeVar, final

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.parts.call_text import call_of
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.units import Dimension, readable

Convert = Callable[[str, Any], Any]
"""Takes what a value is called in messages, and the value."""


PriorT = TypeVar("PriorT", bound="AbstractPrior")


class AbstractPrior(ABC):
    """A distribution of one parameter, cut off at its bounds."""

    with_unit: ClassVar[tuple[str, ...]] = ()
    """The arguments that have the unit of the parameter; all others are plain numbers."""

    positive: ClassVar[tuple[str, ...]] = ()
    """The arguments that must be above zero."""

    @abstractmethod
    def words(self, dimensions: Dimension) -> str:
        """Return a prior whose values are SI numbers in words, for reports."""

    def converted(self: PriorT, with_unit: Convert, plain: Convert | None = None) -> PriorT:
        """Return the prior with other values: those with the unit of the parameter, and others."""
        changed = {}
        for field in fields(self):  # type: ignore[arg-type]
            convert = with_unit if field.name in self.with_unit else plain
            value = getattr(self, field.name)
            changed[field.name] = value if convert is None else convert(field.name, value)
        return replace(self, **changed)  # type: ignore[type-var]

    def check(self, name: str) -> None:
        """Check a prior whose values are SI numbers; `name` is that of the parameter.

        Raises
        ------
        InvalidValueError
            If a value that must be positive is not.
        """
        wrong = [word for word in self.positive if not getattr(self, word) > 0]
        if wrong:
            raise InvalidValueError(
                f"`{wrong[0]}` of the prior of parameter '{name}' must be above zero, but is "
                f"{getattr(self, wrong[0])}."
            )


@final
@compared_by_value
@dataclass(frozen=True)
class Normal(AbstractPrior):
    """Normal around a mean.

    Parameters
    ----------
    mean, sd
        Mean and standard deviation, in the unit of the parameter, before it is cut off.
    """

    mean: Any
    sd: Any

    with_unit = ("mean", "sd")
    positive = ("sd",)

    def __repr__(self) -> str:
        return call_of(self)

    def words(self, dimensions: Dimension) -> str:
        return f"normal, {readable(self.mean, dimensions)} ± {readable(self.sd, dimensions)}"


@final
@compared_by_value
@dataclass(frozen=True)
class LogNormal(AbstractPrior):
    """Normal in the logarithm: known up to a factor.

    Parameters
    ----------
    median
        In the unit of the parameter.
    sigma
        Standard deviation of the natural logarithm; 0.7 is a factor of 2.
    """

    median: Any
    sigma: Any

    with_unit = ("median",)
    positive = ("median", "sigma")

    def __repr__(self) -> str:
        return call_of(self)

    def words(self, dimensions: Dimension) -> str:
        return f"log-normal, {readable(self.median, dimensions)}, sigma {self.sigma:.3g}"


@final
@compared_by_value
@dataclass(frozen=True)
class Beta(AbstractPrior):
    """A beta distribution that is stretched over the bounds.

    Parameters
    ----------
    a, b
        Its shape: the mean is ``a / (a + b)`` of the way from the lower bound to the upper one.
    """

    a: Any
    b: Any

    positive = ("a", "b")

    def __repr__(self) -> str:
        return call_of(self)

    def words(self, dimensions: Dimension) -> str:
        return f"beta({self.a:.3g}, {self.b:.3g}) over the bounds"


Prior: TypeAlias = Normal | LogNormal | Beta

__all__ = ["AbstractPrior", "Beta", "LogNormal", "Normal", "Prior"]
