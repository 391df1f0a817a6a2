"""The SPIKE-distance."""

from __future__ import annotations

from typing import ClassVar, final

from brianfit.metrics.isi_distance import AbstractProfileDistance


@final
class SPIKEDistance(AbstractProfileDistance):
    r"""Mean distance of the nearest spikes relative to the intervals, from 0 to 1.

    At time :math:`t`, a train has the interval :math:`x` from its previous spike to its following
    one. Each of these two has a distance to the nearest spike of the other train; between them this
    distance is interpolated linearly, which gives :math:`S_x(t)`. The error of a trace is the mean
    of

    .. math:: \frac{S_x y + S_y x}{\frac12 (x + y)^2}

    from `t_start` to the end of the trace [1]_. It compares the times of spikes on the scale of the
    momentary intervals, without a scale to be chosen.

    Before the first and after the last spike the interval is the time to the edge, but not less
    than the neighbouring interval; an empty train has a spike at either edge; spikes of a train at
    one time count as one. These are the conventions of PySpike [2]_.
    For the distance to the nearest spike, a train has an auxiliary spike at each edge, or one
    interval beyond its outermost spike if that is farther out.

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
    .. [1] Kreuz, Chicharro, Houghton, Andrzejak & Mormann (2013), Journal of Neurophysiology
       109:1457-1472.
    .. [2] Mulansky & Kreuz (2016), SoftwareX 5:183-189.
    """

    lowest_error = 0.0
    of_spikes: ClassVar[bool] = True
