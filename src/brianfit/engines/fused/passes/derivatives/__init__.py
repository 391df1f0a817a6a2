"""Derivatives by parameters, appended to a program."""

from brianfit.engines.fused.passes.derivatives.tangents import add_tangents

__all__ = ["add_tangents"]
