"""The distance of Victor and Purpura."""

from __future__ import annotations

from typing import final

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.spike_trains import SpikeTrains
from brianfit._foundation.types import QuantityLike, TimeLike
from brianfit._foundation.units import SECOND, scalar_si
from brianfit.metrics._base import AbstractSpikeMetric
from brianfit.metrics._train_kinds import AbstractPairMetric, Columns


@final
class VictorPurpura(AbstractPairMetric):
    r"""Least cost of turning the model's train into the recorded one; 0 for the same train.

    Adding or removing a spike costs 1, moving one by :math:`\Delta t` costs
    :math:`q |\Delta t|` [1]_. Spikes farther apart than :math:`2 / q` are not matched. With
    :math:`q = 0` the cost is the difference of the counts, with a very large one the number of
    spikes that do not coincide.

    The error of a sample is the mean over the traces. The least cost is found in a time that is
    proportional to the number of spikes.

    Parameters
    ----------
    cost
        Cost :math:`q` of moving a spike [1/s].
    t_start, normalization
        As in `AbstractSpikeMetric`.

    Raises
    ------
    InvalidValueError
        If `cost` is negative or not finite; when trains are seen, if one is not sorted.

    References
    ----------
    .. [1] Victor & Purpura (1996), Journal of Neurophysiology 76:1310-1326.
    """

    lowest_error = 0.0

    def __init__(
        self, cost: QuantityLike, t_start: TimeLike = 0.0, normalization: QuantityLike = 1.0
    ) -> None:
        AbstractSpikeMetric.__init__(self, t_start=t_start, normalization=normalization)
        self.cost = scalar_si("cost", cost, SECOND**-1)
        if not (np.isfinite(self.cost) and self.cost >= 0):
            raise InvalidValueError(f"`cost` must be a rate of 0 Hz or more, but is {cost}.")

    def pair_errors(
        self, model: SpikeTrains, columns: Columns, data: SpikeTrains, dt: float
    ) -> Float[np.ndarray, "n_samples n_pairs"]:
        """Return the cost of every pair."""
        # Numba is loaded when spikes are first compared, not when metrics are imported.
        from brianfit.metrics._trains.matching import matching_costs
        from brianfit.metrics._trains.pair_loops import compared_pairs

        return compared_pairs(matching_costs, model, columns, data, self.t_start_, self.cost)
