"""Draw from densities: samplers that are given a density, and know neither model nor recordings."""

from brianfit.sampling.convergence import ess_bulk, ess_tail, r_hat
from brianfit.sampling.demcz import DifferentialEvolutionChains
from brianfit.sampling.density import Curved, Density, SupportsCurvature
from brianfit.sampling.hmc import HamiltonianChains
from brianfit.sampling.laplace import LaplaceApproximation
from brianfit.sampling.marginals import (
    AbstractMarginal,
    BetaMarginal,
    LogNormalMarginal,
    NormalMarginal,
    UniformMarginal,
)
from brianfit.sampling.pareto_smoothing import k_hat_limit, smoothed_log_weights
from brianfit.sampling.sampler import AbstractSampler, Batch, Draws, Progress, draw
from brianfit.sampling.tempering import TemperedParticles
from brianfit.sampling.unbounded import UnboundedSpace
from brianfit.sampling.weighted import weighted_ess, weighted_quantiles

__all__ = [
    "AbstractMarginal",
    "AbstractSampler",
    "Batch",
    "BetaMarginal",
    "Curved",
    "Density",
    "DifferentialEvolutionChains",
    "Draws",
    "HamiltonianChains",
    "LaplaceApproximation",
    "LogNormalMarginal",
    "NormalMarginal",
    "Progress",
    "SupportsCurvature",
    "TemperedParticles",
    "UnboundedSpace",
    "UniformMarginal",
    "draw",
    "ess_bulk",
    "ess_tail",
    "k_hat_limit",
    "r_hat",
    "smoothed_log_weights",
    "weighted_ess",
    "weighted_quantiles",
]
