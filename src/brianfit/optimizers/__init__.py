"""Ready optimizers, and the base class of one's own; one file per optimizer."""

from brianfit.optimizers._base import AbstractOptimizer

__all__ = ["AbstractOptimizer"]
