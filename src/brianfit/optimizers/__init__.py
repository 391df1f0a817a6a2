"""Ready optimizers, and the base class of one's own; one file per optimizer."""

from brianfit.optimizers._base import AbstractOptimizer, SupportsStart
from brianfit.optimizers._search_box import calc_bounds
from brianfit.optimizers.cma_es import CMAESOptimizer

__all__ = ["AbstractOptimizer", "CMAESOptimizer", "SupportsStart", "calc_bounds"]
