"""Who simulates: the reference engine is Brian 2 itself; all others must agree with it."""

from brianfit.engines._base import (
    AbstractEngine,
    AbstractSimulation,
    SimulationResult,
    SimulationTask,
)
from brianfit.engines.choice import DefaultEngine
from brianfit.engines.reference import ReferenceEngine

__all__ = [
    "AbstractEngine",
    "AbstractSimulation",
    "DefaultEngine",
    "ReferenceEngine",
    "SimulationResult",
    "SimulationTask",
]
