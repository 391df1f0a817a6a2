"""The distance of van Rossum."""

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
class VanRossum(AbstractPairMetric):
    r"""Distance of two trains that are filtered by a decaying exponential; 0 for the same train.

    Each train becomes a function :math:`f(t) = \sum_i H(t - t_i) e^{-(t - t_i) / \tau}`, and the
    error is

    .. math:: D = \sqrt{\frac{2}{\tau} \int_0^\infty (f_m(t) - f_d(t))^2 dt} ,

    so that a single spike is at distance 1 from silence. It is :math:`\sqrt 2` times the distance
    of [1]_, as in Elephant. With a short :math:`\tau`, :math:`D^2` goes to the number of spikes
    that do not coincide; with a long one :math:`D` goes to the difference of the counts, which is
    its value for :math:`\tau = \infty`.

    The error of a sample is the mean over the traces. Time before `t_start` is left out; the
    integral goes on after the end of the trace.

    Parameters
    ----------
    tau
        Time constant of the filter [s]; may be infinite.
    t_start, normalization
        As in `AbstractSpikeMetric`.

    Raises
    ------
    InvalidValueError
        If `tau` is not positive; when trains are seen, if one is not sorted.

    References
    ----------
    .. [1] van Rossum (2001), Neural Computation 13:751-763.
    """

    lowest_error = 0.0

    def __init__(
        self, tau: TimeLike, t_start: TimeLike = 0.0, normalization: QuantityLike = 1.0
    ) -> None:
        AbstractSpikeMetric.__init__(self, t_start=t_start, normalization=normalization)
        self.tau = scalar_si("tau", tau, SECOND)
        if not self.tau > 0:
            raise InvalidValueError(f"`tau` must be a positive time, but is {tau}.")

    def pair_errors(
        self, model: SpikeTrains, columns: Columns, data: SpikeTrains, dt: float
    ) -> Float[np.ndarray, "n_samples n_pairs"]:
        """Return the distance of every pair."""
        # Numba is loaded when spikes are first compared, not when metrics are imported.
        from brianfit.metrics._trains.filtered import filtered_distances
        from brianfit.metrics._trains.pair_loops import compared_pairs

        return compared_pairs(filtered_distances, model, columns, data, self.t_start_, self.tau)
