"""What a notebook shows while a result comes to be."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import BrianfitError
from brianfit._foundation.shown.curves import Axes, Line, drawing
from brianfit._foundation.shown.markup import Markup, tag
from brianfit._foundation.shown.notebook import as_html, html_table
from brianfit._foundation.types import QuantityLike
from brianfit._foundation.units import SECOND, dimensions_of, readable, unit_name
from brianfit.results.fit_result import FitResult
from brianfit.results.prediction import Prediction

_SHARE = 99  # of the time of the fit, a drawing takes one part in a hundred at most
_PAUSE = 1.0  # seconds between drawings at least
_MOST_SWEEPS = 4
_MOST_POINTS = 1500
_MODEL, _RECORDED = "#d55e00", "#000000"
_LOGARITHMIC = 10.0


def notebook_display() -> Callable[..., Any] | None:
    """Return what shows things in the notebook that runs this; None outside of one.

    Nothing is imported: in a notebook IPython is loaded already.
    """
    found = sys.modules.get("IPython")
    shell = found.get_ipython() if found is not None and hasattr(found, "get_ipython") else None
    if shell is None or not getattr(shell, "kernel", None):
        return None
    display: Callable[..., Any] = sys.modules["IPython.display"].display
    return display


@final
class LiveDisplay:
    """A callback that keeps one display up to date: error curve, traces of the best sample, table.

    Parameters
    ----------
    display
        Shows an object and returns a handle with `update`, as ``IPython.display.display`` does.
    n_rounds
        Of the fit, if known.
    result
        Returns the result so far, which can simulate its best sample; without it there are no
        traces.
    """

    def __init__(
        self,
        display: Callable[..., Any],
        n_rounds: int | None = None,
        result: Callable[[], FitResult] | None = None,
    ) -> None:
        self._display = display
        self._n_rounds = n_rounds
        self._result = result
        self._handle: Any = None
        self._lowest: list[float] = []
        self._counts: list[int] = []
        self._best: tuple[Mapping[str, QuantityLike], QuantityLike] | None = None
        self._traces: tuple[Any, list[Markup]] = (None, [])
        self._not_before = 0.0

    def __call__(  # noqa: PLR0917 - callbacks have this signature
        self,
        params: object,
        errors: Any,
        best_params: Mapping[str, QuantityLike] | None,
        best_error: QuantityLike | None,
        index: int,
        additional_info: Mapping[str, Any],
    ) -> None:
        """Note one round more, and draw if the last drawing was long enough ago."""
        found = np.asarray(errors, dtype=np.float64)
        lowest = float(found.min(initial=np.inf))
        self._lowest.append(min(lowest, self._lowest[-1] if self._lowest else np.inf))
        self._counts.append(found.size + (self._counts[-1] if self._counts else 0))
        if best_params is not None and best_error is not None:
            self._best = dict(best_params), best_error
        if time.monotonic() >= self._not_before:
            self._draw()

    def close(self) -> None:
        """Draw the end."""
        if self._lowest:
            self._draw()

    def _draw(self) -> None:
        started = time.monotonic()
        shown = _Shown(as_html(self._headline, *self._parts()))
        if self._handle is None:
            self._handle = self._display(shown, display_id=True)
        else:
            self._handle.update(shown)
        now = time.monotonic()
        self._not_before = now + max(_PAUSE, _SHARE * (now - started))

    @property
    def _headline(self) -> str:
        of = "" if self._n_rounds is None else f" of {self._n_rounds}"
        error = "no sample scored yet" if self._best is None else f"error {readable(self._best[1])}"
        return f"Round {len(self._lowest)}{of}, {self._counts[-1]} evaluations: {error}"

    def _parts(self) -> Iterator[Markup]:
        errors = np.array(self._lowest)
        known = errors[np.isfinite(errors)]
        if known.size and self._best is not None:
            is_log = known.min() > 0 and known.max() > _LOGARITHMIC * known.min()
            axes = Axes(
                x_label="evaluations",
                y_label=f"lowest error [{unit_name(dimensions_of(self._best[1]))}]",
                is_logarithmic=bool(is_log),
                height=200,
            )
            counts = np.array(self._counts, dtype=np.float64)
            line = Line(x=counts, y=errors, colour=_MODEL, is_stepped=True)
            yield _narrow(drawing([line], axes, text="The lowest error so far."))
        if self._best is not None:
            yield from self._best_traces()
            rows = [[name, readable(value)] for name, value in self._best[0].items()]
            yield html_table(["parameter", "best so far"], rows)

    def _best_traces(self) -> list[Markup]:
        """Return drawings of the best sample, which is simulated when it is a new one."""
        if self._result is None or self._best is None:
            return []
        if self._traces[0] != self._best[1]:
            self._traces = self._best[1], _drawn(self._result())
        return self._traces[1]


@final
class _Shown:
    """A piece of HTML, as notebooks show it."""

    def __init__(self, html: str) -> None:
        self._html = html

    def _repr_html_(self) -> str:
        return self._html


def _drawn(result: FitResult) -> list[Markup]:
    if result.simulate is None:
        return []
    try:
        return list(_sweeps(result.simulate(result)))
    except BrianfitError:  # such a model can only be run by its script
        return []


def _sweeps(prediction: Prediction) -> Iterator[Markup]:
    recordings = prediction.recordings
    for number, recording in enumerate(recordings.recordings[:_MOST_SWEEPS]):
        for name, values in recording.traces.items():
            lines = [_line(values, recording.dt, _RECORDED)]
            if name in prediction.traces:
                n_steps = round(recording.duration / prediction.dt)
                model = prediction.traces[name][number, :n_steps]
                lines.append(_line(model, prediction.dt, _MODEL))
            axes = Axes(
                x_label=f"time [{unit_name(SECOND)}]",
                y_label=f"{name} [{unit_name(recordings.dimensions[name])}]",
                height=180,
            )
            text = f"{recording.label}: {name}, recorded (black) and of the best sample (orange)"
            yield _narrow(tag("figure", drawing(lines, axes, text=text), tag("figcaption", text)))
    if len(recordings) > _MOST_SWEEPS:
        yield tag("p", f"... and {len(recordings) - _MOST_SWEEPS} sweeps more.")


def _line(values: np.ndarray, dt: float, colour: str) -> Line:
    """Return a trace of so few points that a notebook stays small; peaks are kept."""
    factor = max(1, values.size // _MOST_POINTS)
    n_bins = values.size // factor
    bins = values[: n_bins * factor].reshape(n_bins, factor)
    known = np.where(np.isnan(bins), -np.inf, bins)
    places = known.argmax(axis=1)
    shown = bins[np.arange(n_bins), places]
    return Line(x=(np.arange(n_bins) * factor + places) * dt, y=shown, colour=colour)


def _narrow(part: Markup) -> Markup:
    return tag("div", part, style="max-width: 640px")
