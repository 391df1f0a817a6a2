"""Read the passive membrane off a voltage: time constant, resistance, rest, onset of spikes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import checked
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Bool, Float, Int
from brianfit._foundation.types import TimeLike
from brianfit._foundation.units import duration_si
from brianfit.data.between_spikes import between_spikes
from brianfit.data.recordings import RecordingSet

# Time constants [s] of what a spike leaves behind in the voltage: a basis, not a finding.
_AFTER_SPIKES = (0.005, 0.015, 0.045, 0.135, 0.4)
_SHORTEST, _LONGEST = 0.5e-3, 0.3
_AT_MOST = 200_000
"""So many values are enough to find a time constant; of longer recordings every n-th is used."""


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class MembraneEstimate:
    """What a passive membrane with an electrode needs to follow a recorded voltage.

    Attributes
    ----------
    tau_m
        Time constant of the membrane [s].
    R
        Resistance of the membrane [ohm].
    EL
        Voltage at rest [V].
    R_e
        Resistance in series, such as that of an electrode that was not compensated [ohm].
    onset
        Median voltage of the membrane just before a spike [V]; nan without spikes.
    explained
        Part of the variance of the voltage between spikes that is followed.
    """

    tau_m: float
    R: float
    EL: float
    R_e: float
    onset: float
    explained: float


@checked
def estimate_membrane(
    recordings: RecordingSet,
    input: str = "I",
    trace: str = "v",
    *,
    before: TimeLike = 0.003,
    after: TimeLike = 0.010,
) -> MembraneEstimate:
    """Fit a leaky membrane to what a voltage does between spikes, by linear regression.

    The voltage is taken for a sum of the resting voltage, the input filtered by the membrane, the
    input itself (an electrode in series) and what earlier spikes left behind. Only the time
    constant has to be searched. Nothing is simulated, so it takes a second; currents that depend
    on the voltage are left out, so take the numbers for a place to start from.

    Parameters
    ----------
    recordings
        With a current, a voltage and spikes.
    input, trace
        Names of current and voltage.
    before, after
        What lies so near to a spike [s] does not count; `before` is also where the onset is read.

    Raises
    ------
    InvalidValueError
        If a name is unknown, there are no spike trains, nothing is left between the spikes, or the
        voltage never changes there.
    """
    from scipy.optimize import minimize_scalar

    lead, tail = duration_si("before", before), duration_si("after", after)
    sweeps = [_Sweep.of(recording, input, trace, lead, tail) for recording in recordings]
    n_values = sum(int(sweep.counts.sum()) for sweep in sweeps)
    if n_values <= len(_AFTER_SPIKES) + 3:
        raise InvalidValueError(
            "Nothing is left between the spikes: give smaller `before` and `after`, or a recording "
            "with fewer spikes."
        )
    if np.ptp(np.concatenate([sweep.voltage[sweep.counts] for sweep in sweeps])) == 0:
        raise InvalidValueError("The voltage between the spikes never changes.")
    every = max(1, n_values // _AT_MOST)

    def misfit(log_tau: float) -> float:
        return _regression(sweeps, float(np.exp(log_tau)), every)[1]

    found = minimize_scalar(misfit, bounds=np.log([_SHORTEST, _LONGEST]), method="bounded")
    tau_m = float(np.exp(found.x))
    weights, unexplained = _regression(sweeps, tau_m, every)
    onsets = np.concatenate([sweep.onsets(weights, tau_m, lead) for sweep in sweeps])
    return MembraneEstimate(
        tau_m=tau_m,
        R=float(weights[1]) * 1e9,
        EL=float(weights[0]),
        R_e=float(weights[2]) * 1e9,
        onset=float(np.median(onsets)) if onsets.size else float("nan"),
        explained=1.0 - unexplained,
    )


@final
@dataclass(frozen=True, kw_only=True)
class _Sweep:
    """One sweep: current [nA], voltage [V], spikes, and which values count."""

    dt: float
    current: Float[np.ndarray, " n"]
    voltage: Float[np.ndarray, " n"]
    spikes: Float[np.ndarray, " n_spikes"]
    counts: Bool[np.ndarray, " n"]

    @staticmethod
    def of(recording: Any, input: str, trace: str, lead: float, tail: float) -> _Sweep:
        for name, there in ((input, recording.inputs), (trace, recording.traces)):
            if name not in there:
                raise InvalidValueError(
                    f"The recordings have no '{name}'; there are {', '.join(there) or 'none'}."
                )
        if len(recording.spike_trains) != 1:
            raise InvalidValueError(
                "Each sweep needs the spikes of its own voltage, but one has "
                f"{len(recording.spike_trains)} spike trains. Use `detect_spikes`."
            )
        voltage = recording.traces[trace]
        counts = np.isfinite(between_spikes(recording, trace, before=lead, after=tail))
        return _Sweep(
            dt=recording.dt,
            current=recording.inputs[input][: voltage.size] * 1e9,
            voltage=voltage,
            spikes=recording.spike_trains[0],
            counts=counts,
        )

    @cached_property
    def after_spikes(self) -> list[Float[np.ndarray, " n"]]:
        """What earlier spikes left behind, one array for each time constant."""
        impulses = np.zeros_like(self.current)
        steps = np.minimum((self.spikes / self.dt).astype(int), impulses.size - 1)
        np.add.at(impulses, steps, 1e-2)
        return [_low_passed(impulses, tau, self.dt) * tau / self.dt for tau in _AFTER_SPIKES]

    def columns(
        self, tau_m: float, steps: Int[np.ndarray, " n"]
    ) -> Float[np.ndarray, "n n_columns"]:
        """Return what the voltage is made of at some steps, each a volt or less in size."""
        charged = _low_passed(self.current, tau_m, self.dt)
        others = (charged, self.current, *self.after_spikes)
        return np.column_stack([np.ones(steps.size), *(column[steps] for column in others)])

    def onsets(
        self, weights: Float[np.ndarray, " n_columns"], tau_m: float, lead: float
    ) -> Float[np.ndarray, " _"]:
        """Return the voltage of the membrane, without electrode, before every spike."""
        steps = ((self.spikes - lead) / self.dt).astype(int)
        membrane = weights * np.array([1.0, 1.0, 0.0] + [1.0] * len(_AFTER_SPIKES))
        return np.asarray(self.columns(tau_m, steps[steps >= 0]) @ membrane)


def _low_passed(values: Float[np.ndarray, " n"], tau: float, dt: float) -> np.ndarray:
    from scipy.signal import lfilter

    keep = np.exp(-dt / tau)
    return np.asarray(lfilter([1.0 - keep], [1.0, -keep], values))


def _regression(
    sweeps: list[_Sweep], tau_m: float, every: int
) -> tuple[Float[np.ndarray, " n_columns"], float]:
    """Return the weights of the columns, and which part of the variance they leave."""
    counted = [np.flatnonzero(sweep.counts)[::every] for sweep in sweeps]
    rows = [sweep.columns(tau_m, steps) for sweep, steps in zip(sweeps, counted, strict=True)]
    voltages = [sweep.voltage[steps] for sweep, steps in zip(sweeps, counted, strict=True)]
    columns, voltage = np.concatenate(rows), np.concatenate(voltages)
    weights, *_ = np.linalg.lstsq(columns, voltage, rcond=None)
    return weights, float(np.var(voltage - columns @ weights) / np.var(voltage))


__all__ = ["MembraneEstimate", "estimate_membrane"]
