"""The equations as a simulator needs them: with inputs, targets and the number of the round."""

from __future__ import annotations

from collections.abc import Mapping

from brian2.equations.equations import Equations

from brianfit._foundation.units import equation_unit
from brianfit.model.model import ITERATION, Model, copied
from brianfit.model.timed_values import TimedValues

TIMED_PREFIX = "brianfit_timed_"
"""Functions of (t, trace index) that hold given values are called this plus the variable's name."""


def complete_equations(
    model: Model, timed: Mapping[str, TimedValues], *, trace_index: str
) -> Equations:
    """Return the equations with every given variable defined.

    Parameters
    ----------
    timed
        The variables that are given over time; those the equations never use are left out.
    trace_index
        Expression for the number of the trace of a neuron, such as ``i % 5``.
    """
    added = [
        f"{name} = {TIMED_PREFIX}{name}(t, {trace_index}) : {equation_unit(values.dimensions)}"
        for name, values in timed.items()
        if name not in model.equations.names
    ]
    if ITERATION not in model.equations.names:
        added.append(f"{ITERATION} : integer (constant, shared)")
    own = Equations([copied(equation) for equation in model.equations.values()])
    return own + Equations("\n".join(added))
