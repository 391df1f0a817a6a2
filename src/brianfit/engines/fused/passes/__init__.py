"""Stage 2: a program to a faster program with the same meaning; one pass per file."""

from __future__ import annotations

from brianfit.engines.fused.ir import LoopProgram
from brianfit.engines.fused.passes.constants import fold_constants
from brianfit.engines.fused.passes.liveness import remove_dead
from brianfit.engines.fused.passes.scheduling import schedule


def optimise(program: LoopProgram) -> LoopProgram:
    """Return `program` after all passes."""
    return remove_dead(fold_constants(program))


__all__ = ["optimise", "schedule"]
