"""Parameters that the drive is not linear in, by the gradient of the likelihood.

At every point the weights are the best ones there, so the gradient is that at fixed weights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.fitting.escape_rates.design import Design
from brianfit.fitting.escape_rates.weights import FittedWeights, fit_weights
from brianfit.model import ParameterSpace

_DIFFERENCE = 1e-4
"""Step of finite differences, of coordinates between 0 and 1."""

_MOST_ITERATIONS = 60
_FALL = 1e-7

MakeDesign = Callable[[Mapping[str, float]], Design]
Penalty = Callable[[Mapping[str, float]], float]


@final
@dataclass(frozen=True, kw_only=True)
class ProfileFit:
    """Where the likelihood is largest.

    Attributes
    ----------
    values
        Of the parameters that the drive is not linear in [SI].
    n_simulations
        How many it took.
    """

    values: Mapping[str, float]
    n_simulations: int


def fit_profile(
    space: ParameterSpace,
    start: Float[np.ndarray, " n_parameters"],
    make_design: MakeDesign,
    *,
    ridge: float,
    penalty: Penalty | None = None,
) -> ProfileFit:
    """Climb to the largest likelihood within the bounds.

    Parameters
    ----------
    start
        Coordinates between 0 and 1.
    make_design
        Simulates the model with some values.
    penalty
        What is subtracted from the logarithm of the likelihood, such as the misfit of a voltage.
    """
    from scipy.optimize import minimize

    state: dict[str, Any] = {"weights": None, "n": 0}

    def values_at(x: np.ndarray) -> dict[str, float]:
        row = space.to_values(np.clip(x, 0.0, 1.0)[np.newaxis])[0]
        return dict(zip(space.names, row.tolist(), strict=True))

    def loss(x: np.ndarray, weights: FittedWeights) -> float:
        values = values_at(x)
        design = make_design(values)
        state["n"] += 1
        total, *_ = design.sums(weights.values, with_matrix=False)
        return -total + (0.0 if penalty is None else penalty(values))

    def loss_and_gradient(x: np.ndarray) -> tuple[float, np.ndarray]:
        values = values_at(x)
        design = make_design(values)
        state["n"] += 1
        weights = fit_weights(design, ridge=ridge, start=state["weights"])
        state["weights"] = weights.values
        own = -weights.log_likelihood + (0.0 if penalty is None else penalty(values))
        slopes = np.zeros_like(x)
        for k in range(x.size):
            step = _DIFFERENCE if x[k] + _DIFFERENCE <= 1.0 else -_DIFFERENCE
            moved = x.copy()
            moved[k] += step
            slopes[k] = (loss(moved, weights) - own) / step
        held = 0.5 * ridge * float(np.sum(design.variances() * weights.values**2))
        return own + held, slopes

    found = minimize(
        loss_and_gradient,
        np.clip(start, 1e-3, 1.0 - 1e-3),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, 1.0)] * start.size,
        options={"maxiter": _MOST_ITERATIONS, "ftol": _FALL},
    )
    return ProfileFit(values=values_at(found.x), n_simulations=state["n"])
