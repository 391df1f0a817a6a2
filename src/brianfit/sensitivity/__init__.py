"""How much of the variation of a function over a box each of its arguments causes."""

from brianfit.sensitivity.morris import MorrisEffects, morris_effects
from brianfit.sensitivity.over_time import GlobalSensitivity, TraceIndices
from brianfit.sensitivity.sobol import SobolIndices, sobol_design, sobol_indices

__all__ = [
    "GlobalSensitivity",
    "MorrisEffects",
    "SobolIndices",
    "TraceIndices",
    "morris_effects",
    "sobol_design",
    "sobol_indices",
]
