"""Trials of a model beside recorded ones: what a set of spike trains says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.arguments import check_positive_integer
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Float
from brianfit._foundation.spike_trains import SpikeTrains, spike_trains_from_nested
from brianfit._foundation.types import TimeLike
from brianfit._foundation.units import SECOND, scalar_si
from brianfit.metrics import MDStar, PSTHVariance
from brianfit.results.common_train import common_train

Trains = tuple[Float[np.ndarray, " _"], ...]


@final
@dataclass(frozen=True, kw_only=True)
class SetScore:
    """A similarity of the trials of a model and the recorded ones, and its standard error.

    Attributes
    ----------
    standard_error
        By leaving out one recorded repeat after the other; nan with fewer than three.
    """

    value: float
    standard_error: float

    def __str__(self) -> str:
        return f"{self.value:.3f} +- {self.standard_error:.3f}"


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class Trials:
    """Spikes of every sweep: the recorded repeats, and as many trials of the model as wanted.

    Attributes
    ----------
    recorded
        By sweep, the spike times of every repeat [s].
    simulated
        By sweep, those of every trial of the model [s].
    durations
        Of the sweeps [s].
    dt
        Simulation step [s].
    """

    recorded: tuple[Trains, ...]
    simulated: tuple[Trains, ...]
    durations: Float[np.ndarray, " n_traces"]
    dt: float

    @property
    def n_trials(self) -> int:
        """Of the model, on every sweep."""
        return len(self.simulated[0])

    def md_star(self, delta: TimeLike = 0.004, *, t_start: TimeLike = 0.0) -> SetScore:
        """Return MD*, the unbiased similarity of the two sets; see `MDStar`.

        Parameters
        ----------
        delta
            Spikes so far apart coincide [s].
        t_start
            Earlier spikes are left out [s].
        """
        metric = MDStar(delta, t_start=t_start)
        return self._score(metric.features_of_trains)

    def explained_variance(self, width: TimeLike = 0.01, *, t_start: TimeLike = 0.0) -> SetScore:
        """Return the part of the variance of the recorded rate over time that the model explains.

        Parameters
        ----------
        width
            Of the bins of the rate [s].
        t_start
            Earlier spikes are left out [s].
        """
        metric = PSTHVariance(width, time=self.durations.tolist(), t_start=t_start)
        return self._score(metric.features_of_trains)

    def rates(
        self, sweep: int = 0, width: TimeLike = 0.01
    ) -> tuple[Float[np.ndarray, " n_bins"], ...]:
        """Return the left edges of bins [s], and the recorded and the simulated rate in each [Hz].

        Raises
        ------
        InvalidValueError
            If `width` is not positive or longer than the sweep.
        """
        bin_width = scalar_si("width", width, SECOND)
        self._check_sweep(sweep)
        if not 0.0 < bin_width <= self.durations[sweep]:
            raise InvalidValueError(
                f"`width` must be positive and no longer than the sweep, but is {width}."
            )
        edges = np.arange(0.0, self.durations[sweep] + 0.5 * bin_width, bin_width)
        found = [
            np.histogram(np.concatenate([[], *trains]), edges)[0] / (len(trains) * bin_width)
            if trains
            else np.full(edges.size - 1, np.nan)
            for trains in (self.recorded[sweep], self.simulated[sweep])
        ]
        return edges[:-1], *found

    def common_train(
        self, sweep: int = 0, delta: TimeLike = 0.004
    ) -> Float[np.ndarray, " n_spikes"]:
        """Return the single train that agrees best with the trials of the model [s].

        It is the train with the highest expected Gamma: chosen from the model alone.
        """
        self._check_sweep(sweep)
        return common_train(
            self.simulated[sweep],
            duration=float(self.durations[sweep]),
            delta=scalar_si("delta", delta, SECOND),
            dt=self.dt,
        )

    def _check_sweep(self, sweep: int) -> None:
        check_positive_integer("sweep", sweep, minimum=0)
        if sweep >= len(self.simulated):
            raise InvalidValueError(
                f"`sweep` must be below the number of sweeps ({len(self.simulated)}), but is "
                f"{sweep}."
            )

    def _score(
        self, errors: Callable[[SpikeTrains, Sequence[Sequence[np.ndarray]], float], np.ndarray]
    ) -> SetScore:
        if not all(self.recorded):
            raise InvalidValueError(
                "Trials can be scored only where spikes were recorded, which is not so in every "
                "sweep."
            )
        every = [train for trains in self.simulated for train in trains]
        simulated = spike_trains_from_nested([every], n_traces=len(every))

        def similarity(recorded: Sequence[Sequence[np.ndarray]]) -> float:
            return 1.0 - float(errors(simulated, recorded, self.dt).mean())

        n_repeats = min(len(trains) for trains in self.recorded)
        without = [
            similarity([[*trains[:k], *trains[k + 1 :]] for trains in self.recorded])
            for k in range(n_repeats if n_repeats > 2 else 0)
        ]
        spread = np.var(without) * (n_repeats - 1) if without else np.nan
        return SetScore(
            value=similarity([list(trains) for trains in self.recorded]),
            standard_error=float(np.sqrt(spread)),
        )


__all__ = ["SetScore", "Trials"]
