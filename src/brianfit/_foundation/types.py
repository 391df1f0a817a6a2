"""Names for the kinds of values that users give, for readers and type checkers.

Whether a value really is of its kind is checked where it is read, with a message of its own; so at
run time the names stand for any object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from os import PathLike

    import numpy as np

    from brianfit._foundation.units import Quantity

    QuantityLike: TypeAlias = Quantity | float | np.ndarray | Sequence[float]
    """A value, or several, with a unit; or plain numbers where these are allowed."""

    TimeLike: TypeAlias = QuantityLike
    """A time, or several; plain numbers are seconds."""

    Traces: TypeAlias = QuantityLike | Sequence[QuantityLike] | Sequence[Sequence[QuantityLike]]
    """Values of shape (n_traces, n_steps), or one array a trace."""

    SpikeTimes: TypeAlias = Sequence[QuantityLike | Sequence[QuantityLike]]
    """For every sweep spike times, or a list of these where the stimulus was repeated."""

    SampleTrains: TypeAlias = Sequence[SpikeTimes]
    """The same for every sample."""

    Samples: TypeAlias = np.ndarray | Sequence[Mapping[str, float]] | Sequence[Sequence[float]]
    """Coordinates of samples: an array (n_samples, n_parameters), or a list of samples."""

    Interval: TypeAlias = Sequence[float]
    """The lowest and the highest value of a coordinate."""

    Errors: TypeAlias = Sequence[float] | np.ndarray
    """One error per sample."""

    Number: TypeAlias = float
    """A number without a unit."""

    WholeNumber: TypeAlias = int
    """A whole number."""

    NumbersByName: TypeAlias = Mapping[str, float]
    """Such as weights of features."""

    FeatureLike: TypeAlias = str | Callable[..., float | None] | Mapping[str, Callable[..., float]]
    Features: TypeAlias = Sequence[FeatureLike]
    """What is read off a trace: names of eFEL, functions, or functions by name."""

    Combination: TypeAlias = Callable[[float, float], float]
    """A function of the features of the model and of the recording."""

    PathName: TypeAlias = str | PathLike[str]
    """The path of a file."""
else:
    QuantityLike = TimeLike = Traces = SampleTrains = object
    Samples = Interval = Errors = Number = WholeNumber = NumbersByName = object
    SpikeTimes = Features = Combination = PathName = object

__all__ = [
    "Combination",
    "Errors",
    "Features",
    "Interval",
    "Number",
    "NumbersByName",
    "PathName",
    "QuantityLike",
    "SampleTrains",
    "Samples",
    "SpikeTimes",
    "TimeLike",
    "Traces",
    "WholeNumber",
]
