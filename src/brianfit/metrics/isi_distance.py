"""The ISI-distance, and what the SPIKE-distance has in common with it."""

from __future__ import annotations

from typing import ClassVar, final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit._foundation.spike_trains import SpikeTrains
from brianfit._foundation.types import QuantityLike, TimeLike
from brianfit.metrics._base import AbstractSpikeMetric
from brianfit.metrics._train_kinds import AbstractPairMetric, Columns
from brianfit.metrics._trains.compared_time import AbstractTimed, read_time


class AbstractProfileDistance(AbstractTimed, AbstractPairMetric):
    """The mean over time of a profile of two trains.

    Attributes
    ----------
    of_spikes
        Whether the profile is that of the SPIKE-distance, else of the ISI-distance (class
        attribute).
    """

    of_spikes: ClassVar[bool]

    def __init__(
        self,
        time: TimeLike | None = None,
        t_start: TimeLike = 0.0,
        normalization: QuantityLike = 1.0,
    ) -> None:
        AbstractSpikeMetric.__init__(self, t_start=t_start, normalization=normalization)
        self.time = read_time(time, self.t_start_)

    def pair_errors(
        self, model: SpikeTrains, columns: Columns, data: SpikeTrains, dt: float
    ) -> Float[np.ndarray, "n_samples n_pairs"]:
        """Return the distance of every pair."""
        # Numba is loaded when spikes are first compared, not when metrics are imported.
        from brianfit.metrics._trains.interval_profiles import profile_means
        from brianfit.metrics._trains.pair_loops import compared_pairs

        ends = self.ends(columns.size)
        return compared_pairs(
            profile_means, model, columns, data, self.t_start_, ends, self.of_spikes
        )


@final
class ISIDistance(AbstractProfileDistance):
    r"""Mean relative difference of the inter-spike intervals at equal times, from 0 to 1.

    With :math:`x(t)` and :math:`y(t)`, the intervals of the two trains that contain the time
    :math:`t`, the error of a trace is the mean of :math:`|x - y| / \max(x, y)` from `t_start` to
    the end of the trace [1]_. It compares momentary rates, needs no time scale, and hardly notices
    a shift of the whole train.

    Before the first and after the last spike the interval is the time to the edge, but not less
    than the neighbouring interval; an empty train has a spike at either edge; spikes of a train at
    one time count as one. These are the conventions of PySpike [2]_.

    The error of a sample is the mean over the traces.

    Parameters
    ----------
    time
        How long the traces are [s], counted from their start: one value, or one per trace. None:
        a fitter fills in the durations of its traces.
    t_start, normalization
        As in `AbstractSpikeMetric`.

    Raises
    ------
    InvalidValueError
        If `time` ends before `t_start`; when trains are seen, if one is not sorted or `time` is not
        known.

    References
    ----------
    .. [1] Kreuz, Haas, Morelli, Abarbanel & Politi (2007), Journal of Neuroscience Methods
       165:151-161.
    .. [2] Mulansky & Kreuz (2016), SoftwareX 5:183-189.
    """

    lowest_error = 0.0
    of_spikes: ClassVar[bool] = False
