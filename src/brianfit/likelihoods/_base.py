"""What a noise model is: it turns differences from a recording into the likelihood of samples."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, final, runtime_checkable

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.parts import AbstractPart
from brianfit._foundation.shapes import Bool, Float
from brianfit._foundation.types import QuantityLike
from brianfit._foundation.units import Dimension, scalar_si


@final
@dataclass(frozen=True, kw_only=True)
class Compared:
    """The recording of one output, and what of it is compared.

    Attributes
    ----------
    name
        Of the output.
    data
        At the steps of the simulation [SI]; 0 where nothing is compared.
    is_compared
        Steps that were measured, and that the metric of the fit does not leave out.
    dt
        Step [s].
    """

    name: str
    dimensions: Dimension
    data: Float[np.ndarray, "n_traces n_steps"]
    is_compared: Bool[np.ndarray, "n_traces n_steps"]
    dt: float

    @property
    def counts(self) -> Float[np.ndarray, " n_traces"]:
        """How many steps of every trace are compared."""
        return np.asarray(self.is_compared.sum(axis=1), dtype=np.float64)


@final
@dataclass(frozen=True, kw_only=True)
class OutputTraces:
    """One output of simulated samples.

    Attributes
    ----------
    slopes
        Its derivatives by the columns of the samples that change [SI].
    """

    values: Float[np.ndarray, "n_samples n_traces n_steps"]
    slopes: Float[np.ndarray, "n_columns n_samples n_traces n_steps"]

    def residuals(self, compared: Compared) -> Float[np.ndarray, "n_samples n_traces n_steps"]:
        """Return how far the model is from the recording; a number everywhere."""
        return np.asarray(self.values - compared.data)


@final
@dataclass(frozen=True, kw_only=True)
class Terms:
    """The logarithm of a likelihood and its derivatives.

    Attributes
    ----------
    by_trace
        Their sum is the log-likelihood; nan or -inf for a sample that diverged.
    matrices
        The Gauss-Newton matrix: the information that is expected, by and large minus the second
        derivatives.
    """

    by_trace: Float[np.ndarray, "n_samples n_traces"]
    gradients: Float[np.ndarray, "n_samples n_columns"]
    matrices: Float[np.ndarray, "n_samples n_columns n_columns"]


@runtime_checkable
class Density(Protocol):
    """The density of the recording of one output around what a model yields."""

    def terms(self, simulated: OutputTraces) -> Terms:
        """Return the log-likelihood of every sample, with its derivatives."""


class AbstractNoise(AbstractPart):
    """How a recording scatters around the output of a model."""

    @abstractmethod
    def density(self, compared: Compared, best: Callable[[], OutputTraces]) -> Density:
        """Return the density of a recording.

        Parameters
        ----------
        best
            Returns the best sample of the fit, from which is learnt what of the noise is not given.

        Raises
        ------
        BrianfitError
            If the noise does not suit the recording.
        """


def positive_size(name: str, given: QuantityLike | None, dimensions: Dimension) -> float | None:
    """Return a size of noise [SI]; None if it is not given.

    Raises
    ------
    InvalidValueError, UnitMismatchError
        If it is not positive, or in another unit.
    """
    if given is None:
        return None
    size = scalar_si(name, given, dimensions)
    if not (np.isfinite(size) and size > 0):
        raise InvalidValueError(f"`{name}` must be positive and finite, but is {given}.")
    return size
