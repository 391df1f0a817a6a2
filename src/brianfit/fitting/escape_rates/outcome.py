"""What a fit of an escape rate leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import from_si
from brianfit.data import RecordingSet
from brianfit.engines import DefaultEngine
from brianfit.fitting.escape_rates.as_result import Found, as_result
from brianfit.fitting.escape_rates.design import Design
from brianfit.fitting.escape_rates.features import design_of, drive_features, refractory_time
from brianfit.fitting.escape_rates.given_spikes import GivenSpikes, give_spikes
from brianfit.fitting.escape_rates.links import read_escape_rate
from brianfit.fitting.escape_rates.voltage import (
    ELECTRODE,
    ComparedVoltage,
    FittedVoltage,
    explained_variance,
)
from brianfit.fitting.escape_rates.weights import BlockedScore, FittedWeights
from brianfit.fitting.polish.standard_errors import Uncertainty
from brianfit.library import NeuronModel
from brianfit.model import Parameter
from brianfit.results import FitResult

_N_STRETCHES = 10


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class How:
    """How an escape rate was fitted: the arguments, and what it took [s of the processor]."""

    trace: str | None
    electrode: str | None
    t_start: float
    dt: float
    seconds: float


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class SpikePrediction:
    """How well spikes are told by a model that knows those before.

    Attributes
    ----------
    score
        Log likelihood over that of a constant rate, by stretches of time.
    rescaled
        One minus exp of minus the expected number of spikes between two recorded ones, sorted. If
        the model is right, they are spread evenly between 0 and 1 [1]_.

    References
    ----------
    .. [1] Brown, Barbieri, Ventura, Kass & Frank (2002), Neural Computation 14:325-346.
    .. [2] Haslinger, Pipa & Brown (2010), Neural Computation 22:2477-2506.
    """

    score: BlockedScore
    rescaled: Float[np.ndarray, " n_intervals"]

    @property
    def bits_per_spike(self) -> float:
        """What the model knows of a spike beyond the mean rate."""
        return self.score.bits_per_spike

    @property
    def standard_error(self) -> float:
        """Of the bits per spike."""
        return self.score.standard_error

    @property
    def distance(self) -> float:
        """Largest distance of the distribution of `rescaled` from the even one."""
        n = self.rescaled.size
        if n == 0:
            return float("nan")
        levels = np.arange(n) / n
        return float(np.max(np.maximum(self.rescaled - levels, levels + 1 / n - self.rescaled)))

    @property
    def band(self) -> float:
        """The distance that a right model exceeds in 5 % of cases."""
        return float(1.358 / np.sqrt(max(self.rescaled.size, 1)))

    def __str__(self) -> str:
        verdict = "within" if self.distance <= self.band else "beyond"
        return (
            f"{self.bits_per_spike:.2f} +- {self.standard_error:.2f} bits per spike; time "
            f"rescaling: distance {self.distance:.3f}, {verdict} {self.band:.3f}"
        )


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class EscapeRateFit:
    """A model whose rate of spikes was fitted to recorded spikes.

    Attributes
    ----------
    model
        With its equations.
    values
        Of all its parameters [SI].
    weights
        Those that the rate was fitted by, with their covariance, given the voltage.
    voltage
        The fit of the voltage, if there was one.
    held_out
        Likelihood of stretches of the recording that were not fitted.
    n_spikes
        How many spikes were fitted.
    gain
        Log likelihood over that of a constant rate [nats].
    """

    model: NeuronModel
    recordings: RecordingSet
    parameters: Mapping[str, Parameter]
    values: Mapping[str, float]
    weights: FittedWeights
    voltage: FittedVoltage | None
    held_out: BlockedScore
    n_spikes: int
    gain: float
    how: How

    @property
    def params(self) -> dict[str, Any]:
        """All parameters of the model, with units."""
        return {
            name: from_si(self.values[name], self.model.model.dimensions(name))
            for name in self.model.parameters
        }

    @property
    def R_e(self) -> Any:  # noqa: N802 - as the resistance is written
        """The resistance in series that was fitted along with the voltage; None without one."""
        return self.values.get(ELECTRODE)

    @property
    def bits_per_spike(self) -> float:
        """Of the spikes that were fitted."""
        return float(self.gain / self.n_spikes / np.log(2))

    def uncertainty(self) -> Uncertainty:
        """Return standard errors and covariance of the weights, given the voltage."""
        return Uncertainty(names=self.weights.names, covariance=self.weights.covariance)

    @property
    def standard_errors(self) -> dict[str, float]:
        """Of the parameters that were fitted, the voltage's and the rate's [SI]."""
        of_voltage = (
            {} if self.voltage is None else self.voltage.uncertainty.standard_errors() or {}
        )
        return {**of_voltage, **(self.uncertainty().standard_errors() or {})}

    def result(self, *, store: str | Path | None = None) -> FitResult:
        """Return the fit as a `FitResult`: for `predict`, a report, a Brian script, a store.

        Its error is one minus MD* (4 ms) of 50 free simulations of every stimulus.

        Parameters
        ----------
        store
            A file to keep it in.
        """
        return as_result(
            Found(
                model=self.model,
                recordings=self.recordings,
                dt=self.how.dt,
                values=self.values,
                parameters=self.parameters,
                standard_errors=self.standard_errors,
                sentence=self.sentence,
            ),
            store=store,
        )

    @property
    def sentence(self) -> str:
        """How the parameters were found, in words."""
        voltage = "no voltage"
        if self.voltage is not None:
            share = f"{self.voltage.explained:.0%} explained"
            voltage = f"the voltage between recorded spikes by least squares ({share})"
        return (
            f"the likelihood of the recorded spikes, without a seed: {voltage}, then "
            f"{len(self.weights.names)} parameters of the rate by Newton's method with a ridge of "
            f"{self.weights.ridge:g}"
        )

    def __str__(self) -> str:
        held = self.held_out
        return "\n".join(
            [
                (
                    f"Escape rate of '{self.model.name}' fitted to {self.n_spikes} spikes in "
                    f"{self.how.seconds:.1f} s of the processor"
                ),
                f"  by {self.sentence}",
                (
                    f"  {self.bits_per_spike:.2f} bits per spike; {held.bits_per_spike:.2f} +- "
                    f"{held.standard_error:.2f} in stretches that were not fitted"
                ),
            ]
        )

    def explained(self, recordings: RecordingSet) -> float:
        """Return the part of the variance of a voltage that the model follows, given the spikes."""
        how = self.how
        if how.trace is None:
            raise InvalidValueError("No voltage was fitted, so none can be explained.")
        given = self._given(recordings, how.trace)
        return explained_variance(
            self.model.model,
            given,
            ComparedVoltage(
                trace=how.trace,
                electrode=how.electrode,
                t_start=how.t_start,
                after=refractory_time(self.model.model, self.values),
            ),
            self.values,
            engine=DefaultEngine(),
        )

    def tell_spikes(self, recordings: RecordingSet) -> SpikePrediction:
        """Return how well recorded spikes are told, each by the model that knows those before."""
        model, how = self.model.model, self.how
        trace = how.trace if how.trace in recordings.trace_names else None
        given = self._given(recordings, trace)
        rate = read_escape_rate(model, self.values)
        design = design_of(
            drive_features(model, rate, ()),
            given,
            self.values,
            DefaultEngine(),
            t_start=how.t_start,
        )
        own_rate = self.n_spikes and design.n_spikes / design.duration
        gains, counts = [], []
        for block in np.unique(design.blocks):
            part = design.only_block(int(block))
            total, *_ = part.sums(np.zeros(0), with_matrix=False)
            gains.append(total - part.constant_rate_likelihood(own_rate))
            counts.append(float(part.n_spikes))
        return SpikePrediction(
            score=BlockedScore(gains=np.array(gains), n_spikes=np.array(counts)),
            rescaled=_rescaled(design),
        )

    def _given(self, recordings: RecordingSet, trace: str | None) -> GivenSpikes:
        given = give_spikes(recordings, self.how.dt, trace=trace, n_blocks=_N_STRETCHES)
        return given.without_closer(refractory_time(self.model.model, self.values))


def _rescaled(design: Design) -> Float[np.ndarray, " n_intervals"]:
    """Return the share of every interval between spikes that shorter ones would have.

    A spike came at some moment within its step, drawn from the distribution that the rate gives it;
    with the end of the step in its place even the right model would not pass.
    """
    expected = design.scale * design.dt * design.counts * design.link.of(design.offsets)
    passed = np.cumsum(expected)
    own = expected[design.is_spike]
    drawn = np.random.default_rng(0).uniform(size=own.size)
    within = -np.log1p(drawn * np.expm1(-own))
    intervals = (passed[design.is_spike] - own + within)[1:] - passed[design.is_spike][:-1]
    return np.sort(-np.expm1(-intervals))


__all__ = ["EscapeRateFit", "How", "SpikePrediction"]
