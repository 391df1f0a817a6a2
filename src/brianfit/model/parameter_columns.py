"""From free parameters to everything that the simulation is given: fixed and tied ones as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from brianfit._foundation.shapes import Float

TIED_STEP = 6e-6
"""Relative step of central differences: the cube root of the rounding error."""


@final
@dataclass(frozen=True, kw_only=True)
class ParameterColumns:
    """The columns of the samples that are simulated.

    Attributes
    ----------
    free
        Names of the free parameters, the first columns.
    fixed
        Parameters that keep one value [SI].
    tied
        Parameters that are computed: functions of a mapping from names to columns. Each may use
        the free and fixed ones and the tied ones before it.
    """

    free: tuple[str, ...]
    fixed: Mapping[str, float]
    tied: Mapping[str, Callable[[Mapping[str, Any]], Any]]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns."""
        return (*self.free, *self.fixed, *self.tied)

    def expand(
        self, values: Float[np.ndarray, "n_samples n_parameters"]
    ) -> Float[np.ndarray, "n_samples n_columns"]:
        """Return all columns for samples of the free parameters."""
        n_samples = values.shape[0]
        columns: dict[str, Any] = {name: values[:, number] for number, name in enumerate(self.free)}
        for name, value in self.fixed.items():
            columns[name] = np.full(n_samples, value)
        for name, compute in self.tied.items():
            columns[name] = np.broadcast_to(np.asarray(compute(columns), dtype=float), (n_samples,))
        if not columns:
            return np.empty((n_samples, 0))
        return np.stack([columns[name] for name in self.names], axis=1)

    def derivative(
        self, values: Float[np.ndarray, "n_samples n_parameters"]
    ) -> Float[np.ndarray, "n_samples n_parameters n_columns"]:
        """Return d column / d free parameter; ties by central differences of their expression."""
        n_samples, n = values.shape
        result = np.zeros((n_samples, n, len(self.names)))
        result[:, np.arange(n), np.arange(n)] = 1.0
        first_tied = n + len(self.fixed)
        for number in range(n if self.tied else 0):
            step = TIED_STEP * np.where(values[:, number] == 0, 1.0, np.abs(values[:, number]))
            up, down = values.copy(), values.copy()
            up[:, number] += step
            down[:, number] -= step
            width = (up - down)[:, number, np.newaxis]
            slopes = (self.expand(up) - self.expand(down)) / width
            result[:, number, first_tied:] = slopes[:, first_tied:]
        return result
