"""Ready neuron models with units, bounds, sources and published parameters."""

from __future__ import annotations

from brianfit._foundation.arguments import check_choice
from brianfit.library._base import NeuronModel
from brianfit.library.adaptive_threshold import MAT
from brianfit.library.escape_noise import GIF_ESCAPE, LIF_ESCAPE, with_escape_noise
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
    model.name: model
    for model in (
        LIF,
        MAT,
        EIF,
        ADEX,
        ADEX_G,
        ADEX_M,
        ADEX_GM,
        IZHIKEVICH_2003,
        IZHIKEVICH,
        GIF,
        EGIF,
        IGIF,
        GIF_A,
        TRAUB_MILES,
        WANG_BUZSAKI,
        REGULAR_SPIKING,
        FAST_SPIKING,
        BURSTING,
        LOW_THRESHOLD,
        LIF_ESCAPE,
        GIF_ESCAPE,
        GIF_VT,
        GIF_VT_A,
    )
}


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
