"""The parts of an error that a Pareto search weighs against each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from brianfit._foundation.real_numbers import real_numbers
from brianfit._foundation.shapes import Float
from brianfit.metrics import SupportsParts
from brianfit.objective.failures import without_nan
from brianfit.objective.outputs import Calculated, Output


def part_names(outputs: Sequence[Output]) -> tuple[str, ...]:
    """Return the name of every part: of the outputs, or of what their metrics add up."""
    names: list[str] = []
    for output in outputs:
        if isinstance(output.metric, SupportsParts):
            own = output.metric.part_names
            names += [name if len(outputs) == 1 else f"{output.name}: {name}" for name in own]
        else:
            names.append(output.name)
    return tuple(names)


def part_errors(
    output: Output, features: Any, errors: Float[np.ndarray, " n_samples"]
) -> Float[np.ndarray, "n_samples n_parts"]:
    """Return the parts of the error of one output, before weighting; inf where it failed."""
    if not isinstance(output.metric, SupportsParts):
        return errors[:, np.newaxis]
    features = features.features if isinstance(features, Calculated) else features
    whose = f"The parts of the error of the metric {type(output.metric).__name__}"
    parts = real_numbers(output.metric.get_part_errors(features), whose)
    parts = without_nan(parts.reshape(len(errors), -1))
    return np.where(np.isfinite(errors)[:, np.newaxis], parts, np.inf)
