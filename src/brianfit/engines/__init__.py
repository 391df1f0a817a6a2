"""Who simulates: the reference engine is Brian 2 itself; all others must agree with it."""

from brianfit.engines._base import (
    AbstractEngine,
    AbstractSimulation,
    SimulationResult,
    SimulationTask,
    SpikeSlopes,
    SquareSums,
    SumLimits,
    SupportsDerivatives,
    SupportsSumLimits,
)
from brianfit.engines.choice import DefaultEngine, derivative_simulation
from brianfit.engines.reference import ReferenceEngine

__all__ = [
    "AbstractEngine",
    "AbstractSimulation",
    "DefaultEngine",
    "ReferenceEngine",
    "SimulationResult",
    "SimulationTask",
    "SpikeSlopes",
    "SquareSums",
    "SumLimits",
    "SupportsDerivatives",
    "SupportsSumLimits",
    "derivative_simulation",
]
