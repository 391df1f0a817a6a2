"""Bounds of a ready neuron model around what a recording says about its cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from brian2 import ms, ohm, second, volt

from brianfit._foundation.arguments import check_instance, checked
from brianfit._foundation.errors import InvalidValueError
from brianfit.data import CellEstimate, MembraneEstimate
from brianfit.library import NeuronModel
from brianfit.model import Parameter

THRESHOLDS = ("VT", "omega")
_MARGIN = 0.015
"""Thresholds are searched so far [V] around the onset of recorded spikes."""

_TROUGH_MARGIN = 0.005
"""Resets are searched so far [V] around the recorded troughs and onsets."""

_SHORTEST_SPIKE = 0.001
"""A refractory time of this length [s] is searched even where spikes are shorter."""


@checked
def parameters_near(
    model: NeuronModel, known: CellEstimate | MembraneEstimate, *, factor: int | float = 3.0
) -> dict[str, Parameter]:
    """Return bounds for `fit`: those of the model, narrowed around what was recorded.

    A recording says much about its cell before anything is simulated: rest and resistance, where
    spikes begin, how deep the voltage falls after them and how long they last. Bounds around that
    leave less to search, and less to be fitted to chance.

    Parameters
    ----------
    model
        A model of the library.
    known
        From `estimate_cell`; or from `estimate_membrane`, for models with `tau_m`, `R` and `EL`.
    factor
        Time constant, resistance and the like are searched between a `factor`-th and the
        `factor`-fold of the estimate; 1: they, and the resting voltage, are fixed there.

    Returns
    -------
    dict
        For ``fit(params=...)``; parameters that are not narrowed are left out.

    Raises
    ------
    InvalidValueError
        If the recording says nothing about the model, or `factor` is below 1.
    """
    check_instance("model", model, NeuronModel, "a model of the library")
    if not factor >= 1:
        raise InvalidValueError(f"`factor` must be 1 or more, but is {factor}.")
    if isinstance(known, MembraneEstimate):
        bounds = _near_membrane(model, known, factor)
    else:
        check_instance("known", known, CellEstimate, "a CellEstimate or a MembraneEstimate")
        bounds = _near_cell(model, known, factor)
    return {name: bound for name, bound in bounds.items() if name in model.parameters}


def _near_membrane(
    model: NeuronModel, membrane: MembraneEstimate, factor: int | float
) -> dict[str, Any]:
    missing = [name for name in ("tau_m", "R", "EL") if name not in model.parameters]
    if missing:
        raise InvalidValueError(f"The model '{model.name}' has no parameters {missing}.")
    if not np.isfinite(membrane.onset):
        raise InvalidValueError("The membrane was estimated without a spike, so without an onset.")
    onset, rest = membrane.onset, membrane.EL
    return {
        "tau_m": _around(membrane.tau_m * second, factor),
        "R": _around(membrane.R * ohm, factor),
        "EL": _at_rest(rest, factor),
        "V_r": Parameter((min(rest, onset) - 0.03) * volt, max(rest, onset) * volt),
        **{
            name: Parameter((onset - _MARGIN) * volt, (onset + _MARGIN) * volt)
            for name in THRESHOLDS
        },
    }


def _near_cell(model: NeuronModel, cell: CellEstimate, factor: int | float) -> dict[str, Any]:
    makers: dict[str, Callable[[], Parameter | None]] = {
        "tau_m": lambda: _known(cell.tau_m, lambda: _around(cell.tau_m * second, factor)),
        "R": lambda: _known(cell.R, lambda: _around(cell.R * ohm, factor)),
        "gL": lambda: _known(cell.R, lambda: _around(1 / (cell.R * ohm), factor)),
        "C": lambda: _known(
            cell.R * cell.tau_m, lambda: _around(cell.tau_m * second / (cell.R * ohm), factor)
        ),
        "EL": lambda: _known(cell.EL, lambda: _at_rest(cell.EL, factor)),
        "v_r": lambda: _known(cell.EL, lambda: _at_rest(cell.EL, factor)),
        **dict.fromkeys((*THRESHOLDS, "v_t"), lambda: _thresholds(cell)),
        **dict.fromkeys(("V_r", "c"), lambda: _resets(cell)),
        "t_ref": lambda: _known(cell.width, lambda: _refractory(model, cell.width)),
    }
    if model.family == "Hodgkin-Huxley":
        # There VT moves the rates of the gates, and spikes are not reset.
        makers = {name: makers[name] for name in ("gL", "C", "EL")}
    free = [name for name, how in model.parameters.items() if how.is_free]
    found = {name: make() for name, make in makers.items() if name in free}
    bounds = {name: bound for name, bound in found.items() if bound is not None}
    if not bounds:
        raise InvalidValueError(
            f"The recording says nothing about the parameters of the model '{model.name}', which "
            f"are {', '.join(model.parameters)}."
        )
    return bounds


def _known(value: float, bound: Callable[[], Parameter]) -> Parameter | None:
    return bound() if np.isfinite(value) and value != 0 else None


def _thresholds(cell: CellEstimate) -> Parameter | None:
    low, _, high = cell.onset
    # Where a spike is seen to begin, the threshold of a model has been passed.
    return _known(low, lambda: Parameter((low - _MARGIN) * volt, (high + _MARGIN / 3) * volt))


def _resets(cell: CellEstimate) -> Parameter | None:
    lowest, _, _ = cell.trough
    highest = max(cell.trough[2], cell.onset[2])
    return _known(
        lowest,
        lambda: Parameter((lowest - 2 * _TROUGH_MARGIN) * volt, (highest + _TROUGH_MARGIN) * volt),
    )


def _refractory(model: NeuronModel, width: float) -> Parameter:
    """Return bounds of the refractory time: a spike, but no pause between spikes."""
    shortest = model.parameters["t_ref"].low
    longest = max(width, _SHORTEST_SPIKE, 2 * float(shortest / second))
    return Parameter(shortest, longest * 1000 * ms, scale="log")


def _at_rest(rest: float, factor: int | float) -> Parameter:
    if factor == 1:
        return Parameter(fixed=rest * volt)
    return Parameter((rest - 0.01) * volt, (rest + 0.01) * volt)


def _around(value: Any, factor: int | float) -> Parameter:
    if factor == 1:
        return Parameter(fixed=value)
    return Parameter(value / factor, value * factor, scale="log")


__all__ = ["parameters_near"]
