"""Simulate a model with the recorded spikes, and collect the features of its drive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import sympy

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Bool, Float, Int
from brianfit._foundation.units import DIMENSIONLESS, SECOND, Dimension, scalar_si
from brianfit.engines import AbstractEngine
from brianfit.fitting.escape_rates.design import Design
from brianfit.fitting.escape_rates.given_spikes import GivenSpikes, simulate, with_given_spikes
from brianfit.fitting.escape_rates.linear_parameters import moving_with
from brianfit.fitting.escape_rates.links import EscapeRate
from brianfit.model import Model
from brianfit.model.derivatives import derivative
from brianfit.model.model_expressions import symbol

_FEATURE, _OFFSET = "brianfit_feature_", "brianfit_offset"
MOST_ROWS = 2_000_000
"""Of longer recordings every n-th step without a spike stands for n of them."""


@final
@dataclass(frozen=True, kw_only=True)
class DriveFeatures:
    """How the drive of a model depends on the parameters that it is linear in.

    Attributes
    ----------
    weights
        Their names.
    direct
        Derivatives of the drive by those that nothing else depends on, as expressions.
    offset
        The drive without these.
    """

    model: Model
    rate: EscapeRate
    weights: tuple[str, ...]
    direct: Mapping[str, Any]
    offset: Any

    @property
    def through_variables(self) -> tuple[str, ...]:
        """The weights that move variables of the model, such as a jump at a spike."""
        return tuple(name for name in self.weights if name not in self.direct)


def drive_features(model: Model, rate: EscapeRate, weights: Sequence[str]) -> DriveFeatures:
    """Return the features of the drive by the given weights."""
    direct = {
        name: derivative(rate.drive, symbol(name))
        for name in weights
        if moving_with((name,), rate.changes) == {name}
    }
    offset = rate.drive.xreplace({symbol(name): sympy.Integer(0) for name in direct})
    return DriveFeatures(
        model=model, rate=rate, weights=tuple(weights), direct=direct, offset=offset
    )


def design_of(
    features: DriveFeatures,
    given: GivenSpikes,
    values: Mapping[str, float],
    engine: AbstractEngine,
    *,
    t_start: float,
    most_rows: int = MOST_ROWS,
) -> Design:
    """Return the features at every step in which there could be a spike.

    Brian looks at the threshold after the state was updated, so a step has the state at the start
    of the next one. Where the neuron fired, that is the reset one already; the state before it
    continues the last step in a straight line.

    Parameters
    ----------
    values
        Of all parameters [SI]; those of the weights do not matter.
    t_start
        The start of every sweep that is left out [s].
    most_rows
        See `MOST_ROWS`.
    """
    counted = _counted(features.model, given, values, t_start)
    rows = _Rows(given, counted, most_rows)
    table = np.zeros((rows.n_rows, len(features.weights)), dtype=np.float32)
    offsets = np.zeros(rows.n_rows)
    varying = {name: slope for name, slope in features.direct.items() if not slope.is_number}
    for name in set(features.direct) - set(varying):
        table[:, features.weights.index(name)] = float(features.direct[name])
    wanted = {
        _FEATURE + name: (_text(features, slope), _inverse_dimension(features.model, name))
        for name, slope in varying.items()
    }
    if features.offset != 0:
        wanted[_OFFSET] = (_text(features, features.offset), DIMENSIONLESS)
    at_zero = {**values, **dict.fromkeys(features.weights, 0.0)}
    if wanted:
        model = with_given_spikes(features.model, wanted)
        for name, trace in simulate(model, given, tuple(wanted), at_zero, engine):
            if name == _OFFSET:
                offsets = rows.of(trace)
            else:
                table[:, features.weights.index(name.removeprefix(_FEATURE))] = rows.of(trace)
    if features.through_variables:
        alone = with_given_spikes(features.model, {_OFFSET: wanted[_OFFSET]})
        for name in features.through_variables:
            step = abs(values[name]) or 1e-3  # of any size, for the drive is linear in it
            ((_, trace),) = simulate(alone, given, (_OFFSET,), {**at_zero, name: step}, engine)
            table[:, features.weights.index(name)] = (rows.of(trace) - offsets) / step
    return Design(
        names=features.weights,
        features=table,
        offsets=offsets,
        is_spike=rows.is_spike,
        counts=rows.counts,
        blocks=rows.of_steps(given.blocks),
        link=features.rate.link,
        scale=features.rate.scale,
        dt=given.dt,
    )


def _text(features: DriveFeatures, expression: Any) -> str:
    return features.rate.expressions.language.write(expression)


def _inverse_dimension(model: Model, name: str) -> Dimension:
    return DIMENSIONLESS / model.dimensions(name)


@final
class _Rows:
    """The steps that count, of all sweeps one after the other, spikes included.

    Parameters
    ----------
    counted
        Which steps count.
    most
        About so many rows, and those with a spike.
    """

    def __init__(
        self, given: GivenSpikes, counted: Bool[np.ndarray, "n_sweeps n_steps"], most: int
    ) -> None:
        fired = np.zeros_like(counted)
        for row, steps in zip(fired, given.spike_steps, strict=True):
            row[steps] = True
        every = max(1, int(np.ceil(np.count_nonzero(counted) / most)))
        quiet = counted & ~fired
        numbers = np.cumsum(quiet.ravel()).reshape(quiet.shape)
        kept = (counted & fired) | (quiet & (numbers % every == 0))
        self._places = np.nonzero(kept)
        self.is_spike = fired[self._places]
        share = int(quiet.sum()) / max(1, int((~self.is_spike).sum()))
        self.counts = np.where(self.is_spike, 1.0, share)
        self.n_rows = self.is_spike.size

    def of_steps(self, values: Int[np.ndarray, "n_sweeps n_steps"]) -> Int[np.ndarray, " n_rows"]:
        """Return what belongs to the step of every row."""
        return np.asarray(values[self._places])

    def of(self, trace: Float[np.ndarray, "n_sweeps n_steps"]) -> Float[np.ndarray, " n_rows"]:
        """Return what the threshold saw in every row: the state after the update of the step."""
        sweeps, steps = self._places
        seen = trace[sweeps, np.minimum(steps + 1, trace.shape[1] - 1)]
        at = self.is_spike
        before = np.maximum(steps[at] - 1, 0)
        seen[at] = 2.0 * trace[sweeps[at], steps[at]] - trace[sweeps[at], before]
        return np.asarray(seen)


def _counted(
    model: Model, given: GivenSpikes, values: Mapping[str, float], t_start: float
) -> Bool[np.ndarray, "n_sweeps n_steps"]:
    """Return the steps in which a spike was possible, and would have been seen."""
    n_refractory = round(refractory_time(model, values) / given.dt)
    counted = given.is_known.copy()
    counted[:, : int(np.ceil(t_start / given.dt - 1e-6))] = False
    counted[:, -1:] = False  # the state after the last step is not known
    for row, steps in zip(counted, given.spike_steps, strict=True):
        for lag in range(1, n_refractory):
            later = steps + lag
            row[later[later < row.size]] = False
    return counted


def refractory_time(model: Model, values: Mapping[str, float]) -> float:
    """Return how long a model cannot spike after a spike [s].

    Raises
    ------
    InvalidValueError
        If that depends on its variables.
    """
    refractory = model.refractory
    if refractory is False:
        return 0.0
    if isinstance(refractory, str):
        if refractory not in values:
            raise InvalidValueError(
                "A model is given spikes only if its refractory time is a time or the name of a "
                f"parameter, but it is {refractory!r}."
            )
        return float(values[refractory])
    return scalar_si("refractory", refractory, SECOND)
