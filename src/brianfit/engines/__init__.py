"""Who simulates: the reference engine is Brian 2 itself; all others must agree with it."""

from brianfit.engines._base import (
    AbstractEngine,
    AbstractSimulation,
    SimulationResult,
    SimulationTask,
)

__all__ = ["AbstractEngine", "AbstractSimulation", "SimulationResult", "SimulationTask"]
