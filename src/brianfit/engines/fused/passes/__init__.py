"""Stage 2: a program to a faster program with the same meaning; one pass per file."""

from __future__ import annotations

from brianfit.engines.fused.loop_program import LoopProgram
from brianfit.engines.fused.passes.algebra import normalise
from brianfit.engines.fused.passes.choices import take_functions_into_choices
from brianfit.engines.fused.passes.constants import fold_constants
from brianfit.engines.fused.passes.derivatives import add_tangents
from brianfit.engines.fused.passes.divisions import merge_divisions
from brianfit.engines.fused.passes.exponentials import share_exponentials
from brianfit.engines.fused.passes.liveness import remove_dead
from brianfit.engines.fused.passes.number_range import OF_PRECISION
from brianfit.engines.fused.passes.scheduling import schedule


def optimise(program: LoopProgram, precision: str) -> LoopProgram:
    """Return `program` after all passes, for a kernel that computes in `precision`."""
    number_range = OF_PRECISION[precision]
    program = remove_dead(take_functions_into_choices(fold_constants(program)))
    program, algebra = normalise(program)
    program, algebra = share_exponentials(program, algebra, number_range)
    program = remove_dead(merge_divisions(program, algebra, number_range))
    return add_tangents(program, number_range)


__all__ = ["optimise", "schedule"]
