"""How sure the parameters of a hazard are, fitted to spikes by their likelihood."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from brianfit._foundation.errors import InvalidTypeError
from brianfit._foundation.shapes import Float
from brianfit.fitting.search.session import FitSession
from brianfit.fitting.uncertainty.compared import is_hazard
from brianfit.fitting.uncertainty.likelihood_of_fit import best_of
from brianfit.fitting.uncertainty.simulated_outputs import SimulatedOutputs
from brianfit.fitting.uncertainty.verdicts import combinations_of, verdict_of
from brianfit.likelihoods import Compared, EscapeNoise, OutputTraces
from brianfit.results.intervals.uncertainty import LEVELS, Interval, Uncertainty


def uncertainty_of_spikes(session: FitSession, simulated: SimulatedOutputs) -> Uncertainty:
    """Return intervals from the curvature of the likelihood.

    The error of a fit counts every trace by its number of spikes, the likelihood does not; so the
    covariance is that of an estimate which weighs traces so.

    Raises
    ------
    InvalidTypeError
        If other outputs than hazards are fitted beside.
    """
    task = simulated.task
    if not all(is_hazard(task, name) for name in simulated.compared):
        raise InvalidTypeError(
            "Traces and spikes by chance are fitted by errors that have no common noise; ask "
            "`fitter.likelihood()` for their likelihoods."
        )
    space, values = task.parameters.space, best_of(session).values
    slopes = space.derivative(values)
    traces = simulated.traces(values[np.newaxis], with_slopes=True)
    n = values.size
    information, spread = np.zeros((n, n)), np.zeros((n, n))
    for name, compared in simulated.compared.items():
        for trace in range(compared.data.shape[0]):
            own = _information(traces[name], compared, trace) * np.outer(slopes, slopes)
            weight = 1.0 / max(float(compared.data[trace].sum() * compared.dt), 1.0)
            information += weight * own
            spread += weight**2 * own
    inverse = np.linalg.pinv(information, rcond=1e-12, hermitian=True)
    covariance = inverse @ spread @ inverse
    matrix = np.linalg.pinv(covariance, rcond=1e-12, hermitian=True) / np.outer(slopes, slopes)
    limits = _limits(session, values, np.sqrt(np.diag(covariance)))
    is_open = np.isnan(limits[:, 1]).any(axis=1)
    combined = combinations_of(space.names, values, matrix, is_open)
    dimensions = dict(zip(space.names, space.dimensions, strict=True))
    n_spikes = sum(float(each.data.sum() * each.dt) for each in simulated.compared.values())
    return Uncertainty(
        method="likelihood",
        intervals={
            name: Interval(
                value=float(values[k]),
                limits=limits[k],
                verdict=verdict_of(limits[k], combined.get(name, ""), dimensions[name]),
            )
            for k, name in enumerate(space.names)
        },
        dimensions=dimensions,
        notes=(f"Intervals follow from the likelihood of {n_spikes:.0f} spikes.",),
        covariance=covariance * np.outer(slopes, slopes),
        n_gradients=1,
    )


def _information(
    traces: OutputTraces, compared: Compared, trace: int
) -> Float[np.ndarray, "n_parameters n_parameters"]:
    """Return what one trace says about the parameters [1 / SI^2]."""
    where = np.zeros_like(compared.is_compared)
    where[trace] = compared.is_compared[trace]
    density = EscapeNoise().density(replace(compared, is_compared=where), lambda: traces)
    return np.asarray(density.terms(traces).matrices[0])


def _limits(
    session: FitSession,
    values: Float[np.ndarray, " n_parameters"],
    deviations: Float[np.ndarray, " n_parameters"],
) -> Float[np.ndarray, "n_parameters 2 2"]:
    from scipy.stats import norm

    space = session.require_search().task.parameters.space
    centre = space.to_coordinates(values[np.newaxis])[0]
    found = np.full((values.size, 2, 2), np.nan)
    for level, factor in enumerate(norm.ppf(0.5 + 0.5 * np.array(LEVELS))):
        for side, sign in enumerate((-1.0, 1.0)):
            ends = centre + sign * factor * deviations
            inside = (ends > 0) & (ends < 1)
            found[:, level, side] = np.where(inside, space.to_values(ends[np.newaxis])[0], np.nan)
    return found
