"""Loops over lanes to LLVM, without the front end of Numba."""

from brianfit.engines.fused.lowering.straight import straight

__all__ = ["straight"]
