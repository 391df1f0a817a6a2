"""Comparisons made by hand, without a fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from brianfit.comparison import Comparison, Explained, ModelScores

NAN = float("nan")


def row(name: str, n_parameters: int, errors: Sequence[float]) -> ModelScores:
    """Return what one model reached; two seeds that agree in every fold but the first."""
    fitted = np.array([[1.0, 1.2], *([1.0, 1.01] for _ in errors[1:])])
    return ModelScores(
        name=name,
        n_parameters=n_parameters,
        errors=np.array(errors),
        fitted_errors=fitted,
        explained=Explained(rate=0.6, voltage=NAN, of_repeats_rate=0.8, of_repeats_voltage=NAN),
        seconds=3.0,
        warnings=("It is slow.",),
    )


def comparison(errors: Mapping[str, tuple[int, Sequence[float]]]) -> Comparison:
    """Return a comparison of models, each with its number of parameters and its errors."""
    return Comparison(
        rows=tuple(row(name, n_parameters, own) for name, (n_parameters, own) in errors.items()),
        part="sweep",
        metrics={"spikes": "GammaFactor"},
        title="cell 1",
        problems={"broken": "It has no threshold."},
    )
