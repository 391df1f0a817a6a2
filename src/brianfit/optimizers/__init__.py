"""Ready optimizers, and the base class of one's own; one file per optimizer."""

from brianfit.optimizers._base import (
    AbstractOptimizer,
    SupportsStart,
    SupportsStarts,
)
from brianfit.optimizers._search_box import calc_bounds
from brianfit.optimizers.batches import Batch, BatchAnswer, Offer, Want
from brianfit.optimizers.cma_es import CMAESOptimizer
from brianfit.optimizers.differential_evolution import DifferentialEvolution
from brianfit.optimizers.from_nevergrad import NevergradOptimizer
from brianfit.optimizers.from_pymoo import ParetoOptimizer
from brianfit.optimizers.from_scipy import ScipyOptimizer
from brianfit.optimizers.from_skopt import SkoptOptimizer
from brianfit.optimizers.guided_cma_es import GuidedCMAESOptimizer
from brianfit.optimizers.led_cma_es import LedCMAESOptimizer
from brianfit.optimizers.multi_start_least_squares import MultiStartLeastSquares
from brianfit.optimizers.particle_swarm import ParticleSwarm
from brianfit.optimizers.random_search import RandomSearch

__all__ = [
    "AbstractOptimizer",
    "Batch",
    "BatchAnswer",
    "CMAESOptimizer",
    "DifferentialEvolution",
    "GuidedCMAESOptimizer",
    "LedCMAESOptimizer",
    "MultiStartLeastSquares",
    "NevergradOptimizer",
    "Offer",
    "ParetoOptimizer",
    "ParticleSwarm",
    "RandomSearch",
    "ScipyOptimizer",
    "SkoptOptimizer",
    "SupportsStart",
    "SupportsStarts",
    "Want",
    "calc_bounds",
]
