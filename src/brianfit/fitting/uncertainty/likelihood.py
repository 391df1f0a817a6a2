"""The likelihood of samples: many at once, with gradients and Gauss-Newton matrices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias, final

import numpy as np

from brianfit._foundation.arguments import check_flag
from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import QuantityLike, Samples
from brianfit._foundation.units import DIMENSIONLESS, si_array
from brianfit.fitting.uncertainty.simulated_outputs import SimulatedOutputs
from brianfit.likelihoods import AbstractNoise, Density, SupportsSums, Terms

SampleValues: TypeAlias = Samples | Mapping[str, QuantityLike]
"""Values of the free parameters: SI numbers, one row a sample; or by name, with units."""


@final
class LikelihoodValues(NamedTuple):
    """The log-likelihood of samples, from one simulation.

    Attributes
    ----------
    log_likelihood
        Shape (n_samples,); -inf for a sample that diverged.
    gradient
        Shape (n_samples, n_parameters), one over SI units; None if not asked for.
    gauss_newton
        Shape (n_samples, n_parameters, n_parameters): the information that is expected, by and
        large minus the second derivatives; None if not asked for.
    """

    log_likelihood: Float[np.ndarray, " n_samples"]
    gradient: Float[np.ndarray, "n_samples n_parameters"] | None
    gauss_newton: Float[np.ndarray, "n_samples n_parameters n_parameters"] | None


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Likelihood:
    """How likely the recordings of a fit are, as a function of its free parameters.

    `fitter.likelihood` makes one. Samples are an array of SI numbers with a row a sample and a
    column a free parameter, in the order of `names`; or a dictionary from names to quantities. All
    samples of a call are simulated together, which is much faster than one by one.

    Attributes
    ----------
    noises
        How the recording scatters around the model, by output.
    """

    simulated: SimulatedOutputs
    densities: Mapping[str, Density]
    noises: Mapping[str, AbstractNoise]

    @property
    def names(self) -> tuple[str, ...]:
        """The free parameters: the columns of samples and gradients."""
        return self.simulated.names

    def log_likelihood(self, samples: SampleValues) -> Float[np.ndarray, " n_samples"]:
        """Return the logarithm of the likelihood; -inf for a sample that diverged."""
        return self.evaluate(samples, with_derivatives=False).log_likelihood

    def gradient(self, samples: SampleValues) -> Float[np.ndarray, "n_samples n_parameters"]:
        """Return the derivatives of the log-likelihood by the parameters [1 / SI unit]."""
        gradient = self.evaluate(samples).gradient
        return np.asarray(gradient)

    def gauss_newton(
        self, samples: SampleValues
    ) -> Float[np.ndarray, "n_samples n_parameters n_parameters"]:
        """Return the Gauss-Newton matrix: the expected information, never negative."""
        return np.asarray(self.evaluate(samples).gauss_newton)

    def by_sweep(self, samples: SampleValues) -> Float[np.ndarray, "n_samples n_sweeps"]:
        """Return the log-likelihood of every sweep; that of a sample is their sum."""
        found = self._terms(self._checked(samples), with_derivatives=False)
        return np.where(np.isfinite(found.by_trace), found.by_trace, -np.inf)

    def evaluate(self, samples: SampleValues, with_derivatives: bool = True) -> LikelihoodValues:
        """Return log-likelihood, gradient and Gauss-Newton matrix from one simulation.

        Parameters
        ----------
        with_derivatives
            Whether gradient and matrix are wanted; without them it is faster.
        """
        with_derivatives = check_flag("with_derivatives", with_derivatives)
        found = self._terms(self._checked(samples), with_derivatives=with_derivatives)
        log_likelihood = found.by_trace.sum(axis=1)
        usable = np.isfinite(log_likelihood)
        logs = np.where(usable, log_likelihood, -np.inf)
        if not with_derivatives:
            return LikelihoodValues(logs, None, None)
        usable &= np.isfinite(found.gradients.sum(axis=1) + found.matrices.sum(axis=(1, 2)))
        return LikelihoodValues(
            log_likelihood=logs,
            gradient=np.where(usable[:, np.newaxis], found.gradients, 0.0),
            gauss_newton=np.where(usable[:, np.newaxis, np.newaxis], found.matrices, 0.0),
        )

    def _terms(self, samples: np.ndarray, *, with_derivatives: bool) -> Terms:
        by_sums = all(isinstance(density, SupportsSums) for density in self.densities.values())
        with np.errstate(invalid="ignore", over="ignore"):
            if by_sums and (self.simulated.has_sums or not with_derivatives):
                return self._terms_of_sums(samples, with_derivatives=with_derivatives)
            parts = self.simulated.parts(samples, with_slopes=with_derivatives)
            return _joined(
                [self._terms_of_traces(part, with_derivatives=with_derivatives) for part in parts]
            )

    def _terms_of_sums(self, samples: np.ndarray, *, with_derivatives: bool) -> Terms:
        sums = self.simulated.sums(samples, with_slopes=with_derivatives)
        return _added(
            [
                density.terms_of_sums(sums[name])
                for name, density in self.densities.items()
                if isinstance(density, SupportsSums)
            ]
        )

    def _terms_of_traces(self, samples: np.ndarray, *, with_derivatives: bool) -> Terms:
        traces = self.simulated.traces(samples, with_slopes=with_derivatives)
        return _added([density.terms(traces[name]) for name, density in self.densities.items()])

    def _checked(self, samples: SampleValues) -> Float[np.ndarray, "n_samples n_parameters"]:
        """Return samples as SI numbers.

        Raises
        ------
        BrianfitError
            If a parameter is missing, or a unit or shape is wrong.
        """
        n = len(self.names)
        if isinstance(samples, Mapping):
            values = self._columns(samples)
        else:
            values = np.asarray(si_array("samples", samples, DIMENSIONLESS))
        if values.ndim != 2 or values.shape[1] != n:
            raise InvalidValueError(
                f"`samples` must have the shape (n_samples, {n}), with a column for each of "
                f"{', '.join(self.names)}, but has the shape {values.shape}."
            )
        return np.ascontiguousarray(values)

    def _columns(self, samples: Mapping[str, QuantityLike]) -> np.ndarray:
        missing = [name for name in self.names if name not in samples]
        surplus = [str(name) for name in samples if name not in self.names]
        if missing or surplus:
            raise InvalidTypeError(
                f"`samples` must give a value to each of {', '.join(self.names)} and nothing else; "
                f"missing: {', '.join(missing) or 'none'}, surplus: {', '.join(surplus) or 'none'}."
            )
        model = self.simulated.task.problem.model
        columns = [
            np.atleast_1d(si_array(name, samples[name], model.dimensions(name)))
            for name in self.names
        ]
        return np.stack(np.broadcast_arrays(*columns), axis=1)


def _added(parts: list[Terms]) -> Terms:
    """Return the terms of several outputs together."""
    return Terms(
        by_trace=sum((part.by_trace for part in parts[1:]), parts[0].by_trace),
        gradients=sum((part.gradients for part in parts[1:]), parts[0].gradients),
        matrices=sum((part.matrices for part in parts[1:]), parts[0].matrices),
    )


def _joined(parts: list[Terms]) -> Terms:
    """Return the terms of consecutive samples."""
    return Terms(
        by_trace=np.concatenate([part.by_trace for part in parts]),
        gradients=np.concatenate([part.gradients for part in parts]),
        matrices=np.concatenate([part.matrices for part in parts]),
    )
