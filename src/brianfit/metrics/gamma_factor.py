"""The coincidence factor Gamma of spike trains."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import final

import numpy as np

from brianfit._foundation.arguments import check_flag, check_shape
from brianfit._foundation.errors import BrianfitError, InvalidValueError, Problems
from brianfit._foundation.parts import note_changes
from brianfit._foundation.shapes import Float, Int
from brianfit._foundation.spike_trains import SpikeTrains
from brianfit._foundation.types import QuantityLike, TimeLike
from brianfit._foundation.units import SECOND, Quantity, from_si, scalar_si, si_array
from brianfit.metrics._base import AbstractSpikeMetric
from brianfit.metrics._train_kinds import ROUNDING, AbstractPairMetric, Columns


@final
class GammaFactor(AbstractPairMetric):
    r"""How badly spikes coincide with recorded ones: 0 for the same train, about 1 for chance.

    For a trace of duration :math:`T` (from `t_start` on) with :math:`N_d` recorded spikes and
    :math:`N_m` spikes of the model, of which :math:`N_c` pairs are at most :math:`\Delta` apart,

    .. math:: \Gamma = \frac{N_c - 2 r \Delta N_d}{\frac12 (N_d + N_m)} \frac{1}{1 - 2 r \Delta},
        \qquad r = N_d / T

    [1]_, eq. 2 in [2]_, and the error is :math:`1 - \Gamma`; with `rate_correction` [3]_

    .. math:: 1 + 2 \frac{|N_m - N_d|}{N_d} - \Gamma .

    Every spike belongs to one pair at most, and :math:`N_c` is the largest number of pairs. The
    chance level uses the rate :math:`r` of the recording, so it does not change with the model.
    The error of a sample is the mean over the traces.

    Defined for all trains: both empty, 0; recording empty, :math:`\Gamma = 0` and :math:`N_d` in
    the denominator of the rate term counts as 1; model silent, the formula holds.

    Parameters
    ----------
    delta
        Largest distance :math:`\Delta` of coincident spikes [s].
    time
        How long the traces are [s], counted from their start (`t_start` is subtracted here): one
        value, or one per trace. None: a fitter fills in the durations of its traces.
    t_start, normalization
        As in `AbstractSpikeMetric`.
    rate_correction
        Whether the difference of the rates adds to the error.

    Raises
    ------
    UnitMismatchError
        If `delta`, `time` or `t_start` is no time.
    InvalidValueError
        If `delta` or `time` is not positive, or `time` ends before `t_start`; when trains are
        seen, if one is not sorted, or if `delta` is so large that :math:`2 r \Delta \ge 1`:
        chance alone would match every spike.

    References
    ----------
    .. [1] Kistler, Gerstner & van Hemmen (1997), Neural Computation 9:1015-1045.
    .. [2] Jolivet et al. (2008), Journal of Neuroscience Methods 169:417-424.
    .. [3] Clopath et al. (2007), Neurocomputing 70:1668-1673.
    """

    lowest_error = 0.0

    def __init__(
        self,
        delta: TimeLike,
        time: TimeLike | None = None,
        t_start: TimeLike = 0.0,
        normalization: QuantityLike = 1.0,
        rate_correction: bool = True,
    ) -> None:
        AbstractSpikeMetric.__init__(self, t_start=t_start, normalization=normalization)
        self.delta = scalar_si("delta", delta, SECOND)
        self.time = None if time is None else si_array("time", time, SECOND)
        self.rate_correction = check_flag("rate_correction", rate_correction)
        problems = Problems()
        for problem in self._problems():
            problems.add(problem)
        problems.raise_if_any()

    def pair_errors(
        self, model: SpikeTrains, columns: Columns, data: SpikeTrains, dt: float
    ) -> Float[np.ndarray, "n_samples n_pairs"]:
        """Return the error of every sample for every pair."""
        chance = self._chance_level(data.counts()[0])
        # Numba is loaded when spikes are first compared, not when metrics are imported.
        from brianfit.metrics._trains.coincidences import count_coincidences
        from brianfit.metrics._trains.pair_loops import compared_pairs

        window = self.delta + ROUNDING * dt
        found = compared_pairs(
            count_coincidences, model, columns, data, self.t_start_, window, n_results=2
        )
        return _gamma_errors(
            found[..., 0],
            found[..., 1],
            data.counts()[0],
            chance,
            rate_correction=self.rate_correction,
        )

    def check_data(
        self,
        data: Sequence[np.ndarray],
        dt: float,
    ) -> None:
        """Check that `delta` and `time` fit the recorded trains.

        Raises
        ------
        InvalidValueError
            If `time` is not known or has not one value per trace, or `delta` is too large.
        """
        self._chance_level(
            np.array([np.count_nonzero(train >= self.t_start_) for train in data], dtype=np.int64)
        )

    def with_durations(self, durations: Float[np.ndarray, " n_traces"]) -> GammaFactor:
        """Return the metric for traces that end at `durations` [s]; a given `time` stands."""
        return self if self.time is not None else self._with_time(durations)

    def similarity(self) -> GammaFactor:
        """Return the metric without rate correction and normalization: its error is 1 - Gamma."""
        changed = copy(self)
        changed.rate_correction, changed.normalization = False, 1.0
        note_changes(changed, rate_correction=False, normalization=1.0)
        return changed

    def select_traces(self, traces: Sequence[int]) -> GammaFactor:
        """Return the metric for `traces` only, in that order."""
        if self.time is None or self.time.size == 1:
            return self
        return self._with_time(self.time[list(traces)])

    def _with_time(self, time: Float[np.ndarray, " n_traces"]) -> GammaFactor:
        changed = copy(self)
        changed.time = np.array(time, dtype=np.float64)
        note_changes(changed, time=changed.time)
        problems = Problems()
        for problem in changed._problems():  # noqa: SLF001 - a copy of this very object
            problems.add(problem)
        problems.raise_if_any()
        return changed

    def _problems(self) -> list[BrianfitError]:
        found: list[BrianfitError] = []
        if not (np.isfinite(self.delta) and self.delta > 0):
            found.append(
                InvalidValueError(f"`delta` must be a positive time, but is {self.delta} s.")
            )
        if self.time is None:
            return found
        if self.time.ndim > 1 or self.time.size == 0 or not np.all(np.isfinite(self.time)):
            found.append(
                InvalidValueError(
                    f"`time` must be one finite duration, or one per trace, but is {self.time}."
                )
            )
        elif np.any(self.time <= self.t_start_):
            found.append(
                InvalidValueError(
                    f"`time` must be later than `t_start` = {self.t_start_} s, but is "
                    f"{self.time} s: nothing is left to compare."
                )
            )
        return found

    def _chance_level(self, counts: Int[np.ndarray, " n_traces"]) -> Float[np.ndarray, " n_traces"]:
        r"""Return :math:`2 r \Delta`, the chance that a spike is coincident, for every trace."""
        chance = 2.0 * self.delta * counts / self._compared_time(counts.size)
        if np.any(chance >= 1):
            worst = int(np.argmax(chance))
            limit = self.delta / chance[worst]
            raise InvalidValueError(
                f"`delta` = {self.delta:g} s is too large: trace {worst} has "
                f"{int(counts[worst])} recorded spikes, and with windows that wide chance alone "
                f"matches all of them. Give a `delta` far below {limit:g} s, such as a tenth of it."
            )
        return np.asarray(chance)

    def _compared_time(self, n_traces: int) -> Float[np.ndarray, " n_traces"]:
        if self.time is None:
            raise InvalidValueError(
                "`time`, the duration of the traces, is not known. A fitter fills it in; without "
                "one, give it: GammaFactor(delta=..., time=...)."
            )
        if self.time.size > 1:
            check_shape("time", self.time, (n_traces,), ("n_traces",))
        return np.broadcast_to(self.time - self.t_start_, (n_traces,))


def get_gamma_factor(  # noqa: PLR0917 - the signature that scripts use
    model: TimeLike,
    data: TimeLike,
    delta: TimeLike,
    time: TimeLike,
    dt: TimeLike,
    rate_correction: bool = True,
) -> float:
    """Return the error of one spike train, as defined in `GammaFactor`; 0 for the same train.

    Parameters
    ----------
    model, data
        Spike times of the model and of the recording [s].
    delta, time, rate_correction
        As in `GammaFactor`.
    dt
        Simulation step [s]; spikes a millionth of it farther apart than `delta` are coincident,
        for rounding.

    Raises
    ------
    UnitMismatchError, InvalidValueError
        As in `GammaFactor`.
    """
    metric = GammaFactor(delta=delta, time=time, rate_correction=rate_correction)
    return float(metric.calc([[model]], [data], dt)[0])


def firing_rate(spikes: TimeLike) -> Quantity | float:
    """Return the number of inter-spike intervals over the time that they take.

    Parameters
    ----------
    spikes
        Spike times, in seconds where they have no unit.

    Returns
    -------
    float or Quantity
        The rate [Hz], with its unit where the spike times have one; nan if there are fewer than
        two spikes, or all come at the same time.
    """
    times = si_array("spikes", spikes, SECOND)
    span = np.ptp(times) if times.size > 1 else 0.0
    rate = (times.size - 1) / span if span > 0 else np.nan
    return from_si(float(rate), SECOND**-1) if isinstance(spikes, Quantity) else float(rate)


def _gamma_errors(
    coincidences: Float[np.ndarray, "n_samples n_traces"],
    counts: Float[np.ndarray, "n_samples n_traces"],
    data_counts: Int[np.ndarray, " n_traces"],
    chance: Float[np.ndarray, " n_traces"],
    *,
    rate_correction: bool,
) -> Float[np.ndarray, "n_samples n_traces"]:
    both = counts + data_counts
    surplus = coincidences - chance * data_counts
    gamma = surplus / (0.5 * np.maximum(both, 1)) / (1.0 - chance)
    # Exactly 1 where every spike is matched, also where there is none: two silent neurons agree.
    gamma[(coincidences == counts) & (coincidences == data_counts)] = 1.0
    errors = 1.0 - gamma
    if rate_correction:
        errors += 2.0 * np.abs(counts - data_counts) / np.maximum(data_counts, 1)
    return np.asarray(np.maximum(errors, 0.0))
