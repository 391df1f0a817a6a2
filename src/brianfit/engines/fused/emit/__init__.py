"""Stage 3: a scheduled program to source."""

from brianfit.engines.fused.emit.numba_cpu import emit

__all__ = ["emit"]
