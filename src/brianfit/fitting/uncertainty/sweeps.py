"""The parameters of every sweep alone: whether one set of values holds for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.fitting.uncertainty.simulated_outputs import SimulatedOutputs
from brianfit.model import ParameterSpace
from brianfit.results.intervals.uncertainty import SweepSpread

MAX_STEPS = 8
"""Gauss-Newton steps that each sweep takes from the common optimum."""

PRIOR = 1e-3
"""Weight of the common optimum, relative to what a sweep contributes to it on average: what a sweep
does not determine stays there."""

DETERMINED = 10.0
"""A sweep whose standard error is so many times that of an average sweep does not determine a
parameter."""


@final
@dataclass(frozen=True, kw_only=True)
class _Sums:
    errors: Float[np.ndarray, " n_sweeps"]
    gradients: Float[np.ndarray, "n_sweeps n_parameters"]
    matrices: Float[np.ndarray, "n_sweeps n_parameters n_parameters"]


@final
@dataclass(frozen=True, kw_only=True)
class SweepFits:
    """Every sweep fitted alone, in coordinates.

    Attributes
    ----------
    x
        nan where a sweep does not determine a coordinate.
    deviations
        Standard errors, as if residuals were independent.
    """

    x: Float[np.ndarray, "n_sweeps n_parameters"]
    deviations: Float[np.ndarray, "n_sweeps n_parameters"]


def fitted_sweeps(
    simulated: SimulatedOutputs,
    weights: Mapping[str, Float[np.ndarray, "n_traces n_steps"]],
    space: ParameterSpace,
    best: Float[np.ndarray, " n_parameters"],
) -> SweepFits:
    """Fit every sweep alone, from the common optimum.

    Parameters
    ----------
    best
        In coordinates.
    """
    n_sweeps = next(iter(weights.values())).shape[0]
    x = np.tile(best, (n_sweeps, 1))
    sums = _sums_of(simulated, weights, space, x)
    prior = PRIOR * sums.matrices.mean(axis=0)
    common = np.linalg.pinv(sums.matrices.mean(axis=0), rcond=1e-10, hermitian=True)
    lengths = np.ones(n_sweeps)
    for _ in range(MAX_STEPS):
        steps = np.array(
            [
                -np.linalg.lstsq(matrix + prior, gradient + prior @ (own - best), rcond=1e-10)[0]
                for matrix, gradient, own in zip(sums.matrices, sums.gradients, x, strict=True)
            ]
        )
        steps *= (
            lengths[:, np.newaxis]
            * np.minimum(1.0, 0.3 / np.maximum(np.abs(steps).max(axis=1), 1e-300))[:, np.newaxis]
        )
        moved = np.clip(x + steps, 0.0, 1.0)
        tried = _sums_of(simulated, weights, space, moved)
        is_better = tried.errors < sums.errors
        lengths = np.where(is_better, 1.0, 0.25 * lengths)
        x = np.where(is_better[:, np.newaxis], moved, x)
        sums = _chosen(is_better, tried, sums)
    n_compared = sum((weight > 0).sum(axis=1) for weight in weights.values())
    variances = sums.errors / np.maximum(n_compared - best.size, 1)
    inverses = np.linalg.pinv(sums.matrices + prior, rcond=1e-10, hermitian=True)
    sizes = np.sqrt(np.maximum(np.diagonal(inverses, axis1=1, axis2=2), 0.0))
    is_told = sizes < DETERMINED * np.sqrt(np.maximum(np.diag(common), 0.0))
    is_told &= (n_compared > best.size)[:, np.newaxis]
    return SweepFits(
        x=np.where(is_told, x, np.nan),
        deviations=np.where(is_told, sizes * np.sqrt(variances)[:, np.newaxis], np.nan),
    )


def spreads(
    fits: SweepFits, space: ParameterSpace, inflation: Float[np.ndarray, " n_parameters"]
) -> dict[str, SweepSpread]:
    """Return how far each parameter spreads over the sweeps.

    Parameters
    ----------
    inflation
        How many times larger standard errors are, since residuals follow each other.
    """
    values = space.to_values(np.nan_to_num(fits.x))
    slopes = space.derivative(values)
    found = {}
    for k, name in enumerate(space.names):
        known = np.isfinite(fits.x[:, k])
        errors = np.where(known, fits.deviations[:, k] * inflation[k] * slopes[:, k], np.nan)
        own = np.where(known, values[:, k], np.nan)
        expected = float(np.sqrt(np.mean(errors[known] ** 2))) if known.sum() >= 2 else 0.0
        ratio = float(np.std(own[known], ddof=1)) / expected if expected > 0 else float("nan")
        found[name] = SweepSpread(values=own, standard_errors=errors, ratio=ratio)
    return found


def _sums_of(
    simulated: SimulatedOutputs,
    weights: Mapping[str, Float[np.ndarray, "n_traces n_steps"]],
    space: ParameterSpace,
    x: Float[np.ndarray, "n_sweeps n_parameters"],
) -> _Sums:
    """Return the sums of sweep j at row j."""
    n_sweeps, n = x.shape
    values = space.to_values(x)
    slopes = space.derivative(values)
    errors, gradients = np.zeros(n_sweeps), np.zeros((n_sweeps, n))
    matrices = np.zeros((n_sweeps, n, n))
    first = 0
    for part in simulated.parts(values, with_slopes=True):
        traces = simulated.traces(part, with_slopes=True)
        for row in range(len(part)):
            sweep = first + row
            for name, weight in weights.items():
                compared = simulated.compared[name]
                factors = weight[sweep]
                rest = (traces[name].values[row, sweep] - compared.data[sweep]) * factors
                own = traces[name].slopes[:, row, sweep] * factors * slopes[sweep, :, np.newaxis]
                errors[sweep] += rest @ rest
                gradients[sweep] += own @ rest
                matrices[sweep] += own @ own.T
        first += len(part)
    usable = np.isfinite(errors + gradients.sum(axis=1) + matrices.sum(axis=(1, 2)))
    return _Sums(
        errors=np.where(usable, errors, np.inf),
        gradients=np.where(usable[:, np.newaxis], gradients, 0.0),
        matrices=np.where(usable[:, np.newaxis, np.newaxis], matrices, 0.0),
    )


def _chosen(is_new: np.ndarray, new: _Sums, old: _Sums) -> _Sums:
    rows = is_new[:, np.newaxis]
    return _Sums(
        errors=np.where(is_new, new.errors, old.errors),
        gradients=np.where(rows, new.gradients, old.gradients),
        matrices=np.where(rows[:, np.newaxis], new.matrices, old.matrices),
    )
