"""Spike count, first latency and the course of the inter-spike intervals."""

from __future__ import annotations

from typing import final

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.spike_trains import SpikeTrains
from brianfit._foundation.types import QuantityLike, TimeLike
from brianfit._foundation.units import DIMENSIONLESS, si_array
from brianfit.metrics._base import AbstractSpikeMetric
from brianfit.metrics._train_kinds import AbstractPairMetric, Columns

_TERMS = ("count", "latency", "course")


@final
class FiringPattern(AbstractPairMetric):
    r"""How far the pattern of firing is from the recorded one: 0 for the same train, at most 1.

    For stimuli under which the exact times of late spikes are not reproducible, such as long steps
    of current: there a cell determines how often, how soon and in which rhythm it fires. With the
    relative difference of two numbers that are not negative, :math:`\rho(x, y) = |x - y| /
    \max(x, y)` (0 if both are 0), the measure that the ISI-distance applies to intervals [1]_, the
    error of a trace is the weighted mean of

    * :math:`\rho` of the numbers of spikes,
    * :math:`\rho` of the latencies, the times from `t_start` to the first spike,
    * the mean over the recorded inter-spike intervals of :math:`\rho(x_k, y_k)`, where :math:`y_k`
      is the recorded interval and :math:`x_k` the interval that the model has at the middle of
      :math:`y_k`: intervals of the model stand at their middles and are joined by lines, before
      the first and after the last they stay as they are.

    Unlike in the ISI-distance, a shift by less than an interval costs little. The error of a sample
    is the mean over the traces.

    Defined for all trains: where the recording has no spike, the latency, and where it has fewer
    than two, the course does not differ (0); where the model lacks them, but not the recording, the
    difference is 1.

    Parameters
    ----------
    t_start
        Onset of the stimulus [s]; earlier spikes do not count.
    normalization
        As in `AbstractSpikeMetric`.
    weights
        Of count, latency and course; only ratios matter.

    Raises
    ------
    InvalidValueError
        If `weights` are not three finite numbers, none negative, not all zero; when trains are
        seen, if one is not sorted.

    References
    ----------
    .. [1] Kreuz, Haas, Morelli, Abarbanel & Politi (2007), Journal of Neuroscience Methods
       165:151-161.
    """

    lowest_error = 0.0

    def __init__(
        self,
        t_start: TimeLike = 0.0,
        normalization: QuantityLike = 1.0,
        weights: QuantityLike = (1.0, 1.0, 1.0),
    ) -> None:
        AbstractSpikeMetric.__init__(self, t_start=t_start, normalization=normalization)
        given = si_array("weights", weights, DIMENSIONLESS)
        if given.shape != (3,) or not np.all(np.isfinite(given) & (given >= 0)) or not given.any():
            raise InvalidValueError(
                f"`weights` must be three numbers, for {', '.join(_TERMS)}; finite, not negative "
                f"and not all zero, but is {weights}."
            )
        self.weights = given / given.sum()

    def pair_errors(
        self, model: SpikeTrains, columns: Columns, data: SpikeTrains, dt: float
    ) -> Float[np.ndarray, "n_samples n_pairs"]:
        """Return the error of every sample for every pair."""
        # Numba is loaded when spikes are first compared, not when metrics are imported.
        from brianfit.metrics._trains.firing_course import firing_differences
        from brianfit.metrics._trains.pair_loops import compared_pairs

        differences = compared_pairs(
            firing_differences, model, columns, data, self.t_start_, n_results=3
        )
        return np.asarray(differences @ self.weights)
