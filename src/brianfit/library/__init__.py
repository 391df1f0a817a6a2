"""Ready neuron models with units, bounds, sources and published parameters.

Each is made when it is first asked for: reading and checking the equations of all takes a while.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from brianfit._foundation.arguments import check_choice
from brianfit.library._base import NeuronModel

if TYPE_CHECKING:
    from brianfit.library._soft_threshold import with_escape_noise
    from brianfit.library.adaptive_threshold import MAT
    from brianfit.library.escape_noise import GIF_ESCAPE, LIF_ESCAPE
    from brianfit.library.exponential import ADEX, EIF
    from brianfit.library.generalised import EGIF, GIF, IGIF
    from brianfit.library.hodgkin_huxley import TRAUB_MILES, WANG_BUZSAKI
    from brianfit.library.izhikevich import IZHIKEVICH, IZHIKEVICH_2003
    from brianfit.library.leaky import LIF
    from brianfit.library.moving_reset import ADEX_G, ADEX_GM, ADEX_M
    from brianfit.library.pospischil import BURSTING, FAST_SPIKING, LOW_THRESHOLD, REGULAR_SPIKING
    from brianfit.library.serotonin import GIF_A
    from brianfit.library.voltage_threshold import (
        GIF_VT,
        GIF_VT_A,
        ThresholdKernel,
        threshold_kernels,
        voltage_threshold_gif,
    )

_MODELS = {
    "lif": ("leaky", "LIF"),
    "mat": ("adaptive_threshold", "MAT"),
    "eif": ("exponential", "EIF"),
    "adex": ("exponential", "ADEX"),
    "adex_g": ("moving_reset", "ADEX_G"),
    "adex_m": ("moving_reset", "ADEX_M"),
    "adex_gm": ("moving_reset", "ADEX_GM"),
    "izhikevich_2003": ("izhikevich", "IZHIKEVICH_2003"),
    "izhikevich": ("izhikevich", "IZHIKEVICH"),
    "gif": ("generalised", "GIF"),
    "egif": ("generalised", "EGIF"),
    "igif": ("generalised", "IGIF"),
    "gif_a": ("serotonin", "GIF_A"),
    "hh_traub_miles": ("hodgkin_huxley", "TRAUB_MILES"),
    "hh_wang_buzsaki": ("hodgkin_huxley", "WANG_BUZSAKI"),
    "pospischil_rs": ("pospischil", "REGULAR_SPIKING"),
    "pospischil_fs": ("pospischil", "FAST_SPIKING"),
    "pospischil_ib": ("pospischil", "BURSTING"),
    "pospischil_lts": ("pospischil", "LOW_THRESHOLD"),
    "lif_escape": ("escape_noise", "LIF_ESCAPE"),
    "gif_escape": ("escape_noise", "GIF_ESCAPE"),
    "gif_vt": ("voltage_threshold", "GIF_VT"),
    "gif_vt_a": ("voltage_threshold", "GIF_VT_A"),
}
"""By the name of each model, simple ones first: the file that it is in, and its name there."""

_FUNCTIONS = {
    "with_escape_noise": "_soft_threshold",
    "ThresholdKernel": "voltage_threshold",
    "threshold_kernels": "voltage_threshold",
    "voltage_threshold_gif": "voltage_threshold",
}
"""By the name of what makes or reads variants of models: the file that it is in."""

_FILES = {constant: file for file, constant in _MODELS.values()} | _FUNCTIONS


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
    file, constant = _MODELS[name]
    model: NeuronModel = getattr(import_module(f"{__name__}.{file}"), constant)
    return model


def __getattr__(name: str) -> object:
    """Make a model when it is first used."""
    if name not in _FILES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_FILES[name]}"), name)
    globals()[name] = value
    return value


__all__ = [
    "ADEX",
    "ADEX_G",
    "ADEX_GM",
    "ADEX_M",
    "BURSTING",
    "EGIF",
    "EIF",
    "FAST_SPIKING",
    "GIF",
    "GIF_A",
    "GIF_ESCAPE",
    "GIF_VT",
    "GIF_VT_A",
    "IGIF",
    "IZHIKEVICH",
    "IZHIKEVICH_2003",
    "LIF",
    "LIF_ESCAPE",
    "LOW_THRESHOLD",
    "MAT",
    "REGULAR_SPIKING",
    "TRAUB_MILES",
    "WANG_BUZSAKI",
    "NeuronModel",
    "ThresholdKernel",
    "get",
    "names",
    "threshold_kernels",
    "voltage_threshold_gif",
    "with_escape_noise",
]
