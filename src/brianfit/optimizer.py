"""The names of the older toolbox's module `optimizer`; new scripts take them from `brianfit`."""

from brianfit.optimizers import AbstractOptimizer as Optimizer
from brianfit.optimizers import NevergradOptimizer, SkoptOptimizer, calc_bounds

__all__ = ["NevergradOptimizer", "Optimizer", "SkoptOptimizer", "calc_bounds"]
