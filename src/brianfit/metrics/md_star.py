"""The unbiased similarity MD* of two sets of spike trains."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import final

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.parts import note_changes
from brianfit._foundation.shapes import Bool, Float
from brianfit._foundation.spike_trains import SpikeTrains
from brianfit._foundation.types import QuantityLike, TimeLike
from brianfit._foundation.units import SECOND, scalar_si
from brianfit.metrics._base import AbstractSpikeMetric
from brianfit.metrics._train_kinds import (
    ROUNDING,
    AbstractSetMetric,
    pooled_trains,
    repeats_of_model,
)
from brianfit.metrics._trains.repeats import check_sorted


@final
class MDStar(AbstractSetMetric):
    r"""One minus the similarity MD* of the model's trains and the recorded ones.

    With the inner product of two trains, :math:`\langle x, y \rangle`, the number of pairs of a
    spike of each that are at most :math:`\Delta` apart, a set of :math:`N` recorded trains
    :math:`x_i` and :math:`M` trains of the model :math:`y_k`,

    .. math:: M_d^* = \frac{2 \frac{1}{NM} \sum_{i,k} \langle x_i, y_k \rangle}{L_x + L_y},
        \qquad L_x = \frac{2}{N(N-1)} \sum_{i<j} \langle x_i, x_j \rangle

    ([1]_, with a rectangular kernel as in [2]_), and the error is
    :math:`1 - M_d^*`. Leaving a train's product with itself out of :math:`L` removes the bias of
    small sets: a stochastic model whose trains come from the distribution of the recorded ones has
    an expected error of 0, whatever :math:`N` and :math:`M` are. Being unbiased, the estimate of
    MD* may exceed 1, so that the error is then a little below 0.

    A deterministic model has one train, which is its rate: :math:`L_y = \langle y, y \rangle`. It
    cannot reach the error 0 if the cell is not exactly reproducible. Where only one train was
    recorded, the variability of the cell is not known, and :math:`L_x = \langle x, x \rangle`.

    The error of a sample is the mean over the traces. If no train has a spike, it is 0; if the
    denominator is 0 otherwise, nothing coincides and it is 1.

    Parameters
    ----------
    delta
        Largest distance :math:`\Delta` of spikes that contribute [s].
    t_start, normalization
        As in `AbstractSpikeMetric`.

    Raises
    ------
    InvalidValueError
        If `delta` is not positive and finite.

    References
    ----------
    .. [1] Naud, Gerhard, Mensi & Gerstner (2011), Neural Computation 23:3016-3069.
    .. [2] Pozzorini, Mensi, Hagens, Naud, Koch & Gerstner (2015), PLOS Computational Biology
       11(6):e1004275.
    """

    def __init__(
        self, delta: TimeLike, t_start: TimeLike = 0.0, normalization: QuantityLike = 1.0
    ) -> None:
        AbstractSpikeMetric.__init__(self, t_start=t_start, normalization=normalization)
        self.delta = scalar_si("delta", delta, SECOND)
        if not (np.isfinite(self.delta) and self.delta > 0):
            raise InvalidValueError(f"`delta` must be a positive time, but is {delta}.")

    def features_of_trains(
        self, model: SpikeTrains, data: Sequence[Sequence[np.ndarray]], dt: float
    ) -> Float[np.ndarray, "n_samples n_traces"]:
        """Return the error of every sample on every trace."""
        # Numba is loaded when spikes are first compared, not when metrics are imported.
        from brianfit.metrics._trains.products import set_products

        pooled = pooled_trains(data, self.t_start_)
        window = self.delta + ROUNDING * dt
        cross, own, counts = set_products(
            model.times,
            model.offsets,
            pooled.times,
            pooled.offsets,
            model.n_samples,
            repeats_of_model(model, len(data)),
            self.t_start_,
            window,
        )
        n_recorded = np.array([len(repeats) for repeats in data])
        recorded = np.array([_mean_product(repeats, self.t_start_, window) for repeats in data])
        is_silent = (counts + pooled.counts()[0]) == 0
        return _errors(cross / n_recorded, own + recorded, is_silent)

    def similarity(self) -> MDStar:
        """Return the metric without normalization: its error is 1 - MD*."""
        changed = copy(self)
        changed.normalization = 1.0
        note_changes(changed, normalization=1.0)
        return changed


def _mean_product(repeats: Sequence[np.ndarray], start: float, window: float) -> float:
    """Return the mean product of two different trains, of a single one with itself."""
    from brianfit.metrics._trains.products import close_pairs

    check_sorted("data", repeats)
    kept = [train[train >= start] for train in repeats]
    if len(kept) == 1:
        return float(close_pairs(kept[0], kept[0], window))
    products = [
        close_pairs(first, second, window)
        for number, first in enumerate(kept)
        for second in kept[number + 1 :]
    ]
    return float(np.mean(products))


def _errors(
    cross: Float[np.ndarray, "n_samples n_traces"],
    norms: Float[np.ndarray, "n_samples n_traces"],
    is_silent: Bool[np.ndarray, "n_samples n_traces"],
) -> Float[np.ndarray, "n_samples n_traces"]:
    similarity = np.divide(2.0 * cross, norms, out=np.zeros_like(norms), where=norms > 0)
    similarity[is_silent] = 1.0
    return np.asarray(1.0 - similarity)
