"""A model of the library that is told the recorded spikes in the place of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import final

from brian2 import Mohm, mV

from brianfit._foundation.errors import InvalidValueError
from brianfit.fitting.problem.parameters_near import THRESHOLDS
from brianfit.library import NeuronModel, with_escape_noise
from brianfit.model import Parameter

HAZARD, VOLTAGE = "hazard", "v_rec"

HIGHEST = -0.03
"""Voltages of models that run away at a spike are compared up to this value [V]."""

_ONSET = re.compile(r"exp\(\(v - (?P<level>[^()]+)\)/DeltaT\)")
_UPSTROKE = 2.0
"""So many DeltaT above its threshold a model that runs away cannot be held back any more."""

_HELD = "dv/dt = int(v < {peak})*"
_SATURATING = """
        hazard = 2*kHz/(1 + exp(clip(({theta} - v)/DeltaV, -40, 60))) : Hz
        DeltaV : volt (constant)
"""
"""A rate that grows without limit would forbid a model to be near its peak before a spike."""


@final
@dataclass(frozen=True, kw_only=True)
class GivenSpikes:
    """A model that fires where the cell did.

    Attributes
    ----------
    model
        Its spikes are the recorded ones; it has `HAZARD`, how likely they are, and `VOLTAGE`.
    threshold
        The parameter that places its own threshold.
    runs_away
        Whether its voltage runs away at a spike, so that it is held there until it is told one.
    """

    model: NeuronModel
    threshold: str
    runs_away: bool


def given_spikes(model: NeuronModel) -> GivenSpikes:
    """Return a model that is told the recorded spikes; reset and refractoriness are its own.

    The threshold becomes soft; in its place the model is reset at the recorded spikes. An
    exponential or quadratic upstroke is held at its peak until the next recorded spike.

    Raises
    ------
    InvalidValueError
        If no parameter moves the threshold of the model.
    """
    compared = re.fullmatch(r"\s*v\s*>=?\s*(.+)", model.threshold)
    if compared is not None:
        words = re.findall(r"\w+", compared[1])
        sharp = next((name for name in THRESHOLDS if name in words), None)
        onset = _ONSET.search(model.equations)
        if sharp is not None:
            soft = with_escape_noise(model, threshold=compared[1])
            return GivenSpikes(model=_told(soft, "v"), threshold=sharp, runs_away=False)
        if onset is not None and "VT" in onset["level"]:
            theta = f"{onset['level']} + {_UPSTROKE}*DeltaT"
            return _held_at_peak(model, compared[1], theta=theta, threshold="VT")
        if "v_t" in model.parameters:
            return _held_at_peak(model, compared[1], theta="v_t", threshold="v_t")
    raise InvalidValueError(
        "Only a model that is reset and whose threshold a parameter moves can be given the "
        f"recorded spikes, such as 'lif', 'mat', 'adex' or 'gif'; '{model.name}' spikes where "
        f"'{model.threshold}'."
    )


def _held_at_peak(model: NeuronModel, peak: str, *, theta: str, threshold: str) -> GivenSpikes:
    equations = _ONSET.sub(r"exp(clip((v - (\g<level>))/DeltaT, -60, 30))", model.equations)
    equations = equations.replace("dv/dt = ", _HELD.format(peak=peak))
    soft = replace(
        model,
        name=f"{model.name}_given",
        equations=equations + _SATURATING.format(theta=theta),
        parameters={**model.parameters, "DeltaV": Parameter(0.2 * mV, 10 * mV, scale="log")},
        published={},
        published_in={},
    )
    told = _told(soft, f"clip(v, -0.3*volt, {HIGHEST}*volt)")
    return GivenSpikes(
        model=replace(told, method=model.method), threshold=threshold, runs_away=True
    )


def _told(soft: NeuronModel, voltage: str) -> NeuronModel:
    """Return the model that spikes where it is told to, seen through an electrode."""
    return replace(
        soft,
        equations=f"{soft.equations}\nR_e : ohm (constant)\n{VOLTAGE} = {voltage} + R_e*I : volt",
        threshold=f"{HAZARD}_target*dt > 0.5",
        method="exponential_euler",
        parameters={**soft.parameters, "R_e": Parameter(0 * Mohm, 150 * Mohm)},
    )


__all__ = ["HAZARD", "HIGHEST", "VOLTAGE", "GivenSpikes", "given_spikes"]
