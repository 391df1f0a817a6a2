"""Bounds of a ready neuron model around what a recorded voltage says about its membrane."""

from __future__ import annotations

from typing import Any

import numpy as np
from brian2 import ohm, second, volt

from brianfit._foundation.arguments import check_instance
from brianfit._foundation.errors import InvalidValueError
from brianfit.data import MembraneEstimate
from brianfit.library import NeuronModel
from brianfit.model import Parameter

THRESHOLDS = ("VT", "omega")
_MARGIN = 0.015
"""Thresholds are searched so far [V] around the onset of recorded spikes."""


def parameters_near(
    model: NeuronModel, membrane: MembraneEstimate, *, factor: int | float = 3.0
) -> dict[str, Any]:
    """Return bounds for `fit`: those of the model, narrowed around a recorded membrane.

    A voltage that was recorded along with the spikes says more about the membrane than the spikes
    do. Bounds around it leave less to search, and less to be fitted to chance.

    Parameters
    ----------
    model
        A model of the library with the parameters `tau_m`, `R` and `EL`.
    membrane
        From `estimate_membrane`.
    factor
        Time constant and resistance are searched between a `factor`-th and the `factor`-fold of
        the estimate; 1: they, and the resting voltage, are fixed there.

    Returns
    -------
    dict
        For ``fit(params=...)``; parameters that are not narrowed are left out.

    Raises
    ------
    InvalidValueError
        If the model has no such parameters, there were no spikes, or `factor` is below 1.
    """
    check_instance("model", model, NeuronModel, "a model of the library")
    missing = [name for name in ("tau_m", "R", "EL") if name not in model.parameters]
    if missing:
        raise InvalidValueError(f"The model '{model.name}' has no parameters {missing}.")
    if not np.isfinite(membrane.onset):
        raise InvalidValueError("The membrane was estimated without a spike, so without an onset.")
    if not factor >= 1:
        raise InvalidValueError(f"`factor` must be 1 or more, but is {factor}.")
    onset, rest = membrane.onset, membrane.EL
    bounds = {
        "tau_m": _around(membrane.tau_m * second, factor),
        "R": _around(membrane.R * ohm, factor),
        "EL": Parameter(fixed=rest * volt)
        if factor == 1
        else Parameter((rest - 0.01) * volt, (rest + 0.01) * volt),
        "V_r": Parameter((min(rest, onset) - 0.03) * volt, max(rest, onset) * volt),
        **{
            name: Parameter((onset - _MARGIN) * volt, (onset + _MARGIN) * volt)
            for name in THRESHOLDS
        },
    }
    return {name: bound for name, bound in bounds.items() if name in model.parameters}


def _around(value: Any, factor: int | float) -> Parameter:
    if factor == 1:
        return Parameter(fixed=value)
    return Parameter(value / factor, value * factor, scale="log")


__all__ = ["parameters_near"]
