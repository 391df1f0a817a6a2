"""Variants of models that spike by chance, the more likely the nearer to the threshold."""

from __future__ import annotations

from dataclasses import replace

from brian2 import kHz, mV

from brianfit.library._base import NeuronModel
from brianfit.model import Parameter

_ESCAPE = """
        hazard = lambda_0*exp(clip((v - ({threshold}))/DeltaV, -60, 20)) : Hz
        DeltaV : volt (constant)
        lambda_0 : Hz (constant)
"""
_NOTES = (
    "`hazard` is the rate of spikes at every moment. At the threshold it is lambda_0, which is "
    "held at 1/ms, since it can be traded for the threshold. The clip keeps numbers finite."
)
_PAPER = "Gerstner & van Hemmen (1992), Network 3:139-164; Jolivet et al. (2006), Journal of "
_PAPER += "Computational Neuroscience 21:35-49."


def with_escape_noise(model: NeuronModel, *, threshold: str) -> NeuronModel:
    """Return a variant of a model whose threshold is soft.

    Parameters
    ----------
    model
        A model without chance; its parameters stay, and `DeltaV` and `lambda_0` are added.
    threshold
        The expression that its voltage is compared with.
    """
    return replace(
        model,
        name=f"{model.name}_escape",
        title=f"{model.title}, with escape noise",
        family="escape noise",
        equations=model.equations + _ESCAPE.format(threshold=threshold),
        threshold="rand() < 1 - exp(-hazard*dt)",
        parameters={
            **model.parameters,
            "DeltaV": Parameter(0.2 * mV, 10 * mV, scale="log"),
            "lambda_0": Parameter(fixed=1 * kHz),
        },
        source=f"{_PAPER} {model.source}",
        notes=f"{_NOTES} {model.notes}".strip(),
        published={},
        published_in={},
    )


__all__ = ["with_escape_noise"]
