"""Stage 1: Brian's abstract code to the loop language."""

from brianfit.engines.fused.analysis.program import analyse

__all__ = ["analyse"]
