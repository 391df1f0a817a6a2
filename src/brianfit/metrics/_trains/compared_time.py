"""The end of what a metric compares, where it depends on it."""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from copy import copy
from typing import Any

import numpy as np

from brianfit._foundation.arguments import check_shape
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.parts import note_changes
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import TimeLike
from brianfit._foundation.units import SECOND, si_array


class AbstractTimed(ABC):
    """What metrics with an argument `time` have in common.

    Attributes
    ----------
    time
        How long the traces are [s], counted from their start: one value, or one per trace. None:
        a fitter fills in the durations of its traces.
    """

    t_start_: float
    time: np.ndarray | None

    def with_durations(self, durations: Float[np.ndarray, " n_traces"]) -> Any:
        """Return the metric for traces that end at `durations` [s]; a given `time` stands."""
        return self if self.time is not None else self._with_time(durations)

    def select_traces(self, traces: Sequence[int]) -> Any:
        """Return the metric for `traces` only, in that order."""
        if self.time is None or self.time.size == 1:
            return self
        return self._with_time(self.time[list(traces)])

    def ends(self, n_traces: int) -> Float[np.ndarray, " n_traces"]:
        """Return the end of every trace [s].

        Raises
        ------
        InvalidValueError
            If `time` is not known, or has not one value per trace.
        """
        if self.time is None:
            name = type(self).__name__
            raise InvalidValueError(
                "`time`, the duration of the traces, is not known. A fitter fills it in; without "
                f"one, give it: {name}(..., time=...)."
            )
        if self.time.size > 1:
            check_shape("time", self.time, (n_traces,), ("n_traces",))
        return np.array(np.broadcast_to(self.time, (n_traces,)))

    def _with_time(self, time: Float[np.ndarray, " n_traces"]) -> Any:
        changed = copy(self)
        changed.time = read_time(time, self.t_start_)
        note_changes(changed, time=changed.time)
        return changed


def read_time(time: TimeLike, t_start: float) -> np.ndarray | None:
    """Return the argument `time` [s].

    Raises
    ------
    UnitMismatchError
        If it is no time.
    InvalidValueError
        If it is not finite, or ends before `t_start`.
    """
    if time is None:
        return None
    read = si_array("time", time, SECOND)
    if read.ndim > 1 or read.size == 0 or not np.all(np.isfinite(read)):
        raise InvalidValueError(
            f"`time` must be one finite duration, or one per trace, but is {time}."
        )
    if np.any(read <= t_start):
        raise InvalidValueError(
            f"`time` must be later than `t_start` = {t_start} s, but is {read} s: nothing is left "
            "to compare."
        )
    return np.array(read)
