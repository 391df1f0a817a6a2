"""Rank stimuli by what they are expected to tell about the parameters of a fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np

from brianfit._foundation.arguments import (
    check_choice,
    check_instance,
    check_positive_integer,
    check_texts,
    checked,
)
from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit._foundation.random import generator_for, integer_for
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import SECOND, Dimension, readable, scalar_si, unit_name
from brianfit.data import AbstractStimulus, RecordingSet
from brianfit.experiment.outcome import Design, RankedStimulus
from brianfit.experiment.settings import Protocol, Setting, changed, free_settings
from brianfit.experiment.worth import Worth
from brianfit.fitting.fitters._base import AbstractFitter
from brianfit.fitting.posteriors.posterior import Posterior
from brianfit.fitting.uncertainty.foreseen import (
    Foreseen,
    Foresight,
    Known,
    known_of,
    known_of_likelihood,
)

if TYPE_CHECKING:
    from brianfit._foundation.types import QuantityLike, TimeLike
    from brianfit.fitting.uncertainty.likelihood_of_fit import NoiseLike

_MOST_SWEEPS = 3
"""So many different sweeps of a stimulus are simulated; further ones are taken to tell as much."""

_LONGEST_SWEEP = 1.0  # [s]
_NARROWED = (0.3, 0.15, 0.05)
"""After a first look everywhere, settings are searched within these parts of their ranges."""

_DRAWS = 1000
"""So many draws of a posterior, each as often as it weighs, stand for it."""

_DEEPEST = -0.12
"""No membrane stands a voltage below this [V]."""


@checked
def design(  # noqa: PLR0913 - the arguments that users know
    fitter: AbstractFitter | Posterior,
    stimuli: Sequence[AbstractStimulus],
    *,
    budget: TimeLike,
    duration: TimeLike | None = None,
    parameters: Sequence[str] | Mapping[str, float] | None = None,
    limits: Mapping[str, Sequence[QuantityLike]] | None = None,
    noise: NoiseLike = None,
    criterion: str = "deviation",
    samples: Any = None,
    n_points: int = 10,
    n_tries: int = 32,
    seed: int = 0,
) -> Design:
    """Return stimuli ranked by how much they are expected to shrink the errors of parameters.

    The expected information of a protocol (Fisher's) is computed from exact derivatives under the
    noise of the recordings, slow parts included, at several points that the fit leaves possible.
    What the recordings of the fit say already, and the bounds, are added. The free settings of
    each stimulus - amplitude, duration, mean, time constant, frequency - are searched within what
    amplifier and cell stand.

    Parameters
    ----------
    fitter
        After a fit of traces; or after ``fit(n_rounds=0, ...)``, which says what the box is: then
        points are spread over the box, and `noise` must be given. Or the posterior that
        ``fitter.sample`` returns, over whose draws is averaged.
    stimuli
        Such as `Steps`, `Ramp`, `Sine` and `OrnsteinUhlenbeck`; their settings are where the search
        begins. Sums of stimuli are taken as they are.
    budget
        The time that may be recorded in all [s].
    duration
        Of a sweep [s]; one second, or the budget if it is shorter, unless told.
    parameters
        Names of those that count, all unless told; or ``{name: weight}``.
    limits
        ``{variable: [low, high]}``: of the injected current, beyond which the waveform is cut off,
        and of recorded voltages, beyond which a stimulus is not used. Unless told, the current
        stays within that of the recordings, and the voltage above -120 mV.
    noise
        As for `fitter.likelihood`; learnt from the fit unless told.
    criterion
        'deviation': the (weighted) mean of the logarithms of the relative standard deviations; or
        'volume': the determinant of their covariance.
    samples
        Points to average over instead, such as draws from a posterior: SI numbers, one row a
        sample, in the order of the free parameters.
    n_points
        So many points are averaged over.
    n_tries
        Settings of each stimulus that are tried at first; 1: the settings as they are.
    seed
        Of points and settings.

    Raises
    ------
    BrianfitError
        If anything does not fit together.
    """
    check_choice("criterion", criterion, ("deviation", "volume"))
    if limits is not None:
        check_instance("limits", limits, Mapping, "a dictionary {variable: [low, high]}")
    start = check_positive_integer("seed", seed, minimum=0)
    known, samples = _known(fitter, noise, samples, start)
    problem = known.simulated.task.problem
    recordings = problem.recordings
    wanted, weights = _wanted(parameters, known.space.names)
    count = check_positive_integer("n_points", n_points)
    worth = Worth(
        space=known.space,
        information=known.information,
        points=_points(known, samples, count, start),
        wanted=wanted,
        weights=weights,
        by_volume=criterion == "volume",
    )
    search = _Search(
        worth=worth,
        foresight=Foresight(known=known),
        protocol=_protocol(recordings, limits, budget, duration, dt=problem.dt),
        voltages=_voltages(recordings, limits),
        recordings=recordings,
        n_tries=check_positive_integer("n_tries", n_tries),
        seed=start,
    )
    ranked = [search.best_of(k, one) for k, one in enumerate(_checked_stimuli(stimuli, search))]
    return Design(
        ranked=tuple(sorted(ranked, key=lambda one: one.loss)),
        before=dict(zip(known.space.names, worth.before.tolist(), strict=True)),
        wanted=tuple(known.space.names[k] for k in wanted),
        protocol=search.protocol,
        like=recordings,
    )


@final
@dataclass(frozen=True, kw_only=True)
class _Search:
    """Looks for the best settings of stimuli.

    Attributes
    ----------
    voltages
        Limits of recorded variables [SI].
    """

    worth: Worth
    foresight: Foresight
    protocol: Protocol
    voltages: Mapping[str, tuple[float, float]]
    recordings: RecordingSet
    n_tries: int
    seed: int

    def best_of(self, number: int, stimulus: AbstractStimulus) -> RankedStimulus:
        """Return a stimulus with its best settings."""
        settings = free_settings(stimulus, self.protocol)
        tried = self._ranked([stimulus])
        if not settings or self.n_tries == 1:
            return tried[0]
        first = self._first_places(number, len(settings))
        tried += self._ranked([changed(stimulus, settings, places) for places in first])
        generator = generator_for(self.seed, f"settings {number}")
        for width in _NARROWED:
            centre = self._places(_best(tried).stimulus, settings)
            near = generator.uniform(-width, width, (max(1, self.n_tries // 2), len(settings)))
            places = np.clip(centre + near, 0.0, 1.0)
            tried += self._ranked([changed(stimulus, settings, each) for each in places])
        return _best(tried)

    def _ranked(self, stimuli: Sequence[AbstractStimulus]) -> list[RankedStimulus]:
        """Return stimuli with what is expected of each; all are simulated together."""
        waveforms = [self.protocol.sweeps(stimulus, _MOST_SWEEPS) for stimulus in stimuli]
        found = self.foresight.of(
            self.protocol.recordings([row for rows in waveforms for row in rows], self.recordings),
            self.worth.points,
        )
        ends = np.cumsum([len(rows) for rows in waveforms])
        return [
            self._expected(stimulus, found.of_sweeps(slice(end - len(rows), end)))
            for stimulus, rows, end in zip(stimuli, waveforms, ends, strict=True)
        ]

    def _expected(self, stimulus: AbstractStimulus, found: Foreseen) -> RankedStimulus:
        matrices = self.protocol.n_sweeps * found.matrices.mean(axis=0)
        reason = self._reason(found, matrices)
        deviations = np.full(matrices.shape[1], np.nan)
        if not reason:
            deviations = self.worth.deviations(matrices)
        return RankedStimulus(
            stimulus=stimulus,
            deviations=dict(zip(self.worth.space.names, deviations.tolist(), strict=True)),
            loss=float("inf") if reason else self.worth.loss(matrices),
            reason=reason,
        )

    def _reason(self, found: Foreseen, matrices: np.ndarray) -> str:
        """Return why a stimulus cannot be used; empty if it can."""
        if not np.isfinite(matrices).all():
            return "since the model diverges under it"
        for name, (low, high) in self.voltages.items():
            reached = float(found.lowest[name].min()), float(found.highest[name].max())
            unit = self.recordings.dimensions[name]
            if reached[0] < low:
                return f"since '{name}' would fall to {readable(reached[0], unit)}"
            if reached[1] > high:
                return f"since '{name}' would rise to {readable(reached[1], unit)}"
        return ""

    def _first_places(self, number: int, n: int) -> Float[np.ndarray, "n_tries n_settings"]:
        from scipy.stats import qmc

        drawn = qmc.Sobol(n, rng=integer_for(self.seed, f"places {number}"))
        return np.asarray(drawn.random_base2(int(np.ceil(np.log2(self.n_tries))))[: self.n_tries])

    def _places(
        self, stimulus: AbstractStimulus, settings: Sequence[Setting]
    ) -> Float[np.ndarray, " n_settings"]:
        now = stimulus.settings
        return np.array([setting.place_of(now[setting.name]) for setting in settings])


def _known(
    fitter: AbstractFitter | Posterior, noise: NoiseLike, samples: Any, seed: int
) -> tuple[Known, Any]:
    """Return what is known, and the samples over which to average, if any are given."""
    if isinstance(fitter, AbstractFitter):
        return known_of(fitter._session, noise), samples  # noqa: SLF001 - as studies do
    if noise is not None:
        raise InvalidTypeError("A posterior has its noise already: leave `noise` out.")
    best = fitter.draws[int(np.argmax(fitter.log_likelihood))]
    if samples is None:
        generator = generator_for(seed, "draws of a posterior")
        samples = fitter.draws[generator.choice(len(fitter.draws), _DRAWS, p=fitter.weights)]
    return known_of_likelihood(fitter.likelihood, best), samples


def _best(tried: Sequence[RankedStimulus]) -> RankedStimulus:
    return min(tried, key=lambda one: one.loss)


def _checked_stimuli(stimuli: Any, search: _Search) -> list[AbstractStimulus]:
    unit = search.recordings.dimensions[search.protocol.input]
    for one in stimuli:
        check_instance("stimuli", one, AbstractStimulus, "a list of stimuli, such as Steps(...)")
        if unit_name(one.dimensions) != unit_name(unit):
            raise InvalidValueError(
                f"The input '{search.protocol.input}' is in {unit_name(unit)}, but {one} is in "
                f"{unit_name(one.dimensions)}."
            )
    if not len(stimuli):
        raise InvalidValueError("`stimuli` is empty: there is nothing to rank.")
    return list(stimuli)


def _wanted(parameters: Any, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of the parameters that count, and how much each of them does."""
    given = dict.fromkeys(names, 1.0)
    if isinstance(parameters, Mapping):
        given = {str(name): float(weight) for name, weight in parameters.items()}
    elif parameters is not None:
        given = dict.fromkeys(check_texts("parameters", parameters), 1.0)
    for name in given:
        check_choice("parameters", name, names)
    weights = np.array(list(given.values()))
    if not weights.size or not np.isfinite(weights).all() or (weights <= 0).any():
        raise InvalidValueError("`parameters` must name at least one, with weights above zero.")
    return np.array([names.index(name) for name in given]), weights / weights.sum()


def _points(known: Known, samples: Any, count: int, seed: int) -> np.ndarray:
    """Return the points over which information is averaged [SI]."""
    space, n = known.space, len(known.space)
    generator = generator_for(seed, "points of a design")
    if samples is not None:
        given = _numbers(samples)
        if given.ndim != 2 or given.shape[1] != n or not np.isfinite(given).all():
            raise InvalidTypeError(
                f"`samples` must have a row a sample and a column for each of "
                f"{', '.join(space.names)}, finite SI numbers, but has the shape {given.shape}."
            )
        chosen = generator.choice(len(given), size=min(count, len(given)), replace=False)
        return np.asarray(given[np.sort(chosen)])
    if known.best is None:
        from scipy.stats import qmc

        drawn = qmc.Sobol(n, rng=integer_for(seed, "points of a design"))
        return space.to_values(drawn.random_base2(int(np.ceil(np.log2(count))))[:count])
    worth = Worth(
        space=known.space,
        information=known.information,
        points=known.best[np.newaxis],
        wanted=np.arange(n),
        weights=np.full(n, 1 / n),
        by_volume=False,
    )
    spread = worth.covariance_now()
    changes = generator.multivariate_normal(np.zeros(n), spread, size=count)
    changes[0] = 0.0
    scales = np.where(known.best == 0, 1.0, np.abs(known.best))
    return np.clip(known.best + scales * changes, space.low, space.high)


def _numbers(samples: Any) -> np.ndarray:
    try:
        return np.asarray(samples, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidTypeError(f"`samples` must be an array of numbers: {error}.") from error


def _protocol(
    recordings: RecordingSet, limits: Any, budget: Any, duration: Any, *, dt: float
) -> Protocol:
    total = _positive("budget", budget)
    length = min(_LONGEST_SWEEP, total) if duration is None else _positive("duration", duration)
    if length > total:
        raise InvalidValueError(f"A sweep of {duration} is longer than the budget of {budget}.")
    names = recordings.input_names
    if not names:
        raise InvalidValueError("The model has no input, so that no stimulus can tell anything.")
    unknown = sorted(set(limits or {}) - {*names, *recordings.trace_names})
    if unknown:
        raise InvalidValueError(
            f"`limits` names {', '.join(map(repr, unknown))}; there are "
            f"{', '.join((*names, *recordings.trace_names))}."
        )
    name = next((one for one in names if one in (limits or {})), names[0])
    values = np.concatenate([sweep.inputs[name] for sweep in recordings])
    low, high = float(values.min()), float(values.max())
    if limits and name in limits:
        low, high = _interval(name, limits[name], recordings.dimensions[name])
    if not low < high:
        raise InvalidValueError(
            f"The current of the recordings never changes: give limits={{'{name}': [low, high]}}."
        )
    return Protocol(
        input=name,
        low=low,
        high=high,
        dt=dt,
        duration=length,
        n_sweeps=max(1, int(total / length + 1e-9)),
    )


def _voltages(recordings: RecordingSet, limits: Any) -> dict[str, tuple[float, float]]:
    found = {}
    for name in recordings.trace_names:
        unit = recordings.dimensions[name]
        if limits and name in limits:
            found[name] = _interval(name, limits[name], unit)
        elif unit_name(unit) == "V":
            found[name] = (_DEEPEST, float("inf"))
    return found


def _interval(name: str, given: Any, dimensions: Dimension) -> tuple[float, float]:
    if not hasattr(given, "__len__") or len(given) != 2:
        raise InvalidTypeError(f"limits['{name}'] must be [low, high], but is {given!r}.")
    low, high = (scalar_si(f"limits['{name}']", one, dimensions) for one in given)
    if not low < high:
        raise InvalidValueError(f"limits['{name}'] must rise, but is {given!r}.")
    return low, high


def _positive(name: str, given: Any) -> float:
    seconds = scalar_si(name, given, SECOND, plain_is_si=False)
    if not (np.isfinite(seconds) and seconds > 0):
        raise InvalidValueError(f"`{name}` must be a time above zero, but is {given}.")
    return seconds


__all__ = ["design"]
