"""Ready neuron models with units, bounds, sources and published parameters."""

from __future__ import annotations

from brianfit._foundation.arguments import check_choice
from brianfit.library._base import NeuronModel
from brianfit.library.adaptive_threshold import MAT
from brianfit.library.exponential import ADEX
from brianfit.library.generalised import GIF
from brianfit.library.leaky import LIF

_MODELS = {model.name: model for model in (LIF, MAT, ADEX, GIF)}


def names() -> tuple[str, ...]:
    """Return the names of all models, simple ones first."""
    return tuple(_MODELS)


def get(name: str) -> NeuronModel:
    """Return the model called `name`.

    Raises
    ------
    InvalidValueError
        If there is none.
    """
    check_choice("name", name, names())
    return _MODELS[name]


__all__ = ["NeuronModel", "get", "names"]
