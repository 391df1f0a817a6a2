"""The fused engine: equations to one compiled loop over all steps."""

from brianfit.engines.fused.engine import FusedEngine

__all__ = ["FusedEngine"]
