"""What recordings that were not made yet would say about the parameters of a fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import InvalidTypeError
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import from_si
from brianfit.data import RecordingSet
from brianfit.fitting.problem.task import FitTask
from brianfit.fitting.search.session import FitSession
from brianfit.fitting.uncertainty.likelihood import Likelihood
from brianfit.fitting.uncertainty.likelihood_of_fit import (
    NoiseLike,
    likelihood_of,
    simulated_outputs,
)
from brianfit.fitting.uncertainty.simulated_outputs import SimulatedOutputs
from brianfit.likelihoods import (
    AbstractNoise,
    AutocorrelatedGaussian,
    Compared,
    Density,
    Gaussian,
)
from brianfit.model import ParameterSpace
from brianfit.objective import SPIKES


@final
@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known before a recording is made.

    Attributes
    ----------
    space
        The free parameters and their box.
    best
        The best sample of the fit; None if there is none.
    information
        What the recordings of the fit say, at the best sample [1 / SI]; zero if there is none.
    noises
        By output, how recordings scatter around the model.
    simulated
        Simulates samples for the recordings of the fit.
    """

    space: ParameterSpace
    best: Float[np.ndarray, " n_parameters"] | None
    information: Float[np.ndarray, "n_parameters n_parameters"]
    noises: Mapping[str, AbstractNoise]
    simulated: SimulatedOutputs


@final
@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """What a protocol would yield, at several points of the box.

    Attributes
    ----------
    matrices
        The information about the parameters [1 / SI], by sweep.
    lowest, highest
        The lowest and highest value of every output, over all steps and sweeps [SI].
    """

    matrices: Float[np.ndarray, "n_sweeps n_points n_parameters n_parameters"]
    lowest: Mapping[str, Float[np.ndarray, "n_sweeps n_points"]]
    highest: Mapping[str, Float[np.ndarray, "n_sweeps n_points"]]

    def of_sweeps(self, sweeps: slice) -> Foreseen:
        """Return what some of the sweeps would yield."""
        return Foreseen(
            matrices=self.matrices[sweeps],
            lowest={name: rows[sweeps] for name, rows in self.lowest.items()},
            highest={name: rows[sweeps] for name, rows in self.highest.items()},
        )


def known_of(session: FitSession, noise: NoiseLike) -> Known:
    """Return what a fit knows: its box, its best sample, its information and its noise.

    Raises
    ------
    BrianfitError
        If there was no fit, or neither a fit nor `noise` says how large the noise is.
    """
    search = session.require_search()
    _check_traces(search.task)
    if search.best is not None:
        return known_of_likelihood(likelihood_of(session, noise), search.best.values)
    n = len(search.task.parameters.space)
    return Known(
        space=search.task.parameters.space,
        best=None,
        information=np.zeros((n, n)),
        noises={name: _given(noise, name) for name in search.task.problem.trace_names},
        simulated=simulated_outputs(session),
    )


def known_of_likelihood(likelihood: Likelihood, best: Float[np.ndarray, " n"]) -> Known:
    """Return what a likelihood knows at its best sample [SI]."""
    simulated = likelihood.simulated
    _check_traces(simulated.task)
    row = np.asarray(best, dtype=np.float64)[np.newaxis]
    traces = simulated.traces(row, with_slopes=False)
    noises = {}
    for name, compared in simulated.compared.items():
        residuals = traces[name].residuals(compared)[0][compared.is_compared]
        noises[name] = _learnt(
            likelihood.noises[name],
            likelihood.densities[name],
            sigma=from_si(float(np.sqrt(np.mean(residuals**2))), compared.dimensions),
        )
    return Known(
        space=simulated.task.parameters.space,
        best=row[0],
        information=likelihood.gauss_newton(row)[0],
        noises=noises,
        simulated=simulated,
    )


@final
@dataclass(frozen=True, kw_only=True)
class Foresight:
    """Foresees what protocols would yield, with the model and the noise of a fit."""

    known: Known

    def of(
        self, protocol: RecordingSet, points: Float[np.ndarray, "n_points n_parameters"]
    ) -> Foreseen:
        """Return what every sweep of a protocol would yield.

        Parameters
        ----------
        protocol
            With the inputs of the model; its traces are not looked at.
        """
        simulated = self._simulated(protocol)
        densities = {
            name: self._density(name, compared) for name, compared in simulated.compared.items()
        }
        n_sweeps, n_points, n = len(protocol), len(points), points.shape[1]
        matrices = np.zeros((n_sweeps, n_points, n, n))
        lowest = {name: np.empty((n_sweeps, n_points)) for name in densities}
        highest = {name: np.empty((n_sweeps, n_points)) for name in densities}
        first = 0
        for part in simulated.parts(points, with_slopes=True):
            here = slice(first, first + len(part))
            first += len(part)
            with np.errstate(over="ignore", invalid="ignore"):
                found = simulated.traces(part, with_slopes=True)
                for name, density in densities.items():
                    values = found[name].values
                    lowest[name][:, here] = values.min(axis=2).T
                    highest[name][:, here] = values.max(axis=2).T
                    for sweep in range(n_sweeps):
                        matrices[sweep, here] += density(sweep, found[name])
        return Foreseen(matrices=matrices, lowest=lowest, highest=highest)

    def _density(self, name: str, compared: Compared) -> Any:
        """Return a function from a sweep and simulated traces to the information in that sweep."""
        one = replace(
            compared,
            data=compared.data[:1],
            is_compared=compared.is_compared[:1],
        )
        density = self.known.noises[name].density(one, _nothing)

        def information(sweep: int, traces: Any) -> np.ndarray:
            alone = replace(
                traces,
                values=np.zeros_like(traces.values[:, :1]),
                slopes=np.ascontiguousarray(traces.slopes[:, :, sweep : sweep + 1]),
            )
            return np.asarray(density.terms(alone).matrices)

        return information

    def _simulated(self, protocol: RecordingSet) -> SimulatedOutputs:
        fitted = self.known.simulated
        problem = replace(fitted.task.problem, recordings=protocol)
        shape = (len(protocol), problem.n_steps)
        compared = {
            name: Compared(
                name=name,
                dimensions=problem.output_dimensions(name),
                data=np.zeros(shape),
                is_compared=np.ones(shape, dtype=bool),
                dt=problem.dt,
            )
            for name in problem.trace_names
        }
        return replace(fitted, task=replace(fitted.task, problem=problem), compared=compared)


def _check_traces(task: FitTask) -> None:
    if not task.problem.trace_names or SPIKES in task.problem.output_names:
        raise InvalidTypeError(
            "Only fits of traces foresee what a stimulus would tell: spike times have no noise "
            f"that is known. This fit compares {', '.join(task.problem.output_names)}."
        )


def _given(noise: NoiseLike, name: str) -> AbstractNoise:
    own = noise.get(name) if isinstance(noise, Mapping) else noise
    if not isinstance(own, AbstractNoise) or getattr(own, "sigma", None) is None:
        raise InvalidTypeError(
            f"The noise of '{name}' is not known without a fit: give `noise`, such as "
            "AutocorrelatedGaussian(sigma=0.5*mV, time_constant=10*ms, slow_share=0.5)."
        )
    return own


def _learnt(noise: AbstractNoise, density: Density, *, sigma: Any) -> AbstractNoise:
    """Return the noise with what was learnt of it in the place of what was not given."""
    if isinstance(noise, AutocorrelatedGaussian):
        slow: Any = getattr(density, "noise")  # noqa: B009 - of this noise alone
        return AutocorrelatedGaussian(
            sigma=sigma if noise.sigma is None else noise.sigma,
            time_constant=float(np.exp(_centre(slow, np.log(slow.time_constants)))),
            slow_share=float(np.clip(_centre(slow, slow.slow_shares), 1e-3, 1 - 1e-3)),
        )
    if isinstance(noise, Gaussian):
        return Gaussian(sigma if noise.sigma is None else noise.sigma)
    return noise


def _centre(slow: Any, values: np.ndarray) -> float:
    return float(np.average(values, weights=slow.weights))


def _nothing() -> Any:
    raise InvalidTypeError(
        "The noise must be known completely: give sigma, time_constant and slow_share."
    )
