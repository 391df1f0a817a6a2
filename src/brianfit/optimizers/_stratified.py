"""Samples that fill the unit box evenly."""

from __future__ import annotations

import numpy as np

from brianfit._foundation.shapes import Float


def stratified(
    n_samples: int, n_parameters: int, generator: np.random.Generator
) -> Float[np.ndarray, "n_samples n_parameters"]:
    """Return a Latin hypercube: in every coordinate, each of `n_samples` equal slices has one.

    References
    ----------
    McKay, Beckman & Conover (1979), Technometrics 21:239, doi 10.2307/1268522.
    """
    slices = generator.permuted(np.tile(np.arange(n_samples), (n_parameters, 1)), axis=1).T
    return (slices + generator.random((n_samples, n_parameters))) / n_samples
