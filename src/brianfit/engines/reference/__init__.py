"""The reference engine: Brian 2 itself, runtime or C++ standalone; it defines the right answer."""

from brianfit.engines.reference.engine import ReferenceEngine

__all__ = ["ReferenceEngine"]
