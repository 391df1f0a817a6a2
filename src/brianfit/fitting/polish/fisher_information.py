"""What recordings say about parameters: Fisher's information, direction by direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.fitting.polish.parameter_directions import (
    combination_name,
    directions_of,
    product_name,
)

UNDETERMINED = 1.0
"""A direction whose relative standard deviation is larger than this is not determined."""

NAIVE = (
    "  if all steps were independent: where residuals follow each other, percentages are several "
    "times too small; fitter.uncertainty() accounts for that"
)
"""What must be known of the numbers that are printed."""


@final
@dataclass(frozen=True, kw_only=True)
class FisherInformation:
    """The information that recordings of a model hold about its parameters.

    Attributes
    ----------
    matrix
        One over the products of the units of the parameters [SI].
    values
        The parameters where it was computed [SI].
    noise
        Standard deviation of the noise that was assumed, by output [SI].
    """

    names: tuple[str, ...]
    values: Float[np.ndarray, " n_parameters"]
    matrix: Float[np.ndarray, "n_parameters n_parameters"]
    noise: dict[str, float]

    @property
    def relative_matrix(self) -> Float[np.ndarray, "n_parameters n_parameters"]:
        """The information about the logarithms of the parameters."""
        scale = np.where(self.values == 0, 1.0, np.abs(self.values))
        return np.asarray(self.matrix * np.outer(scale, scale))

    @property
    def eigenvalues(self) -> Float[np.ndarray, " n_parameters"]:
        """Of the relative matrix, the smallest first."""
        return directions_of(self.relative_matrix).sizes

    @property
    def eigenvectors(self) -> Float[np.ndarray, "n_parameters n_parameters"]:
        """Of the relative matrix, one per row."""
        return directions_of(self.relative_matrix).directions

    @property
    def deviations(self) -> Float[np.ndarray, " n_parameters"]:
        """The relative standard deviation along every eigenvector; inf where nothing is seen."""
        with np.errstate(divide="ignore"):
            return np.asarray(1.0 / np.sqrt(self.eigenvalues))

    @property
    def directions(self) -> tuple[str, ...]:
        """The eigenvectors in words, the least determined first, as "C and gL only as a ratio"."""
        found = []
        for deviation, vector in zip(self.deviations, self.eigenvectors, strict=True):
            if deviation > UNDETERMINED:
                found.append(combination_name(self.names, vector))
            else:
                found.append(f"{product_name(self.names, vector)} to {100 * deviation:.2g} %")
        return tuple(found)

    def __str__(self) -> str:
        noise = ", ".join(f"{name}: {value:.3g}" for name, value in self.noise.items())
        lines = [f"Information about {', '.join(self.names)} (noise, SI: {noise})"]
        lines += [f"  {direction}" for direction in self.directions]
        return "\n".join([*lines, NAIVE])
