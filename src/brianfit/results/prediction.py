"""What a fitted model yields, beside what was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Float
from brianfit._foundation.shown.notebook import as_html, html_table, table_under
from brianfit._foundation.units import Dimension, readable
from brianfit.data import RecordingSet, on_simulation_grid
from brianfit.results.trials import Trials


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class Prediction:
    """Recordings and what the model makes of their inputs.

    All arrays are SI numbers.

    Attributes
    ----------
    recordings
        Inputs and what was measured.
    traces
        Simulated variables by name, one row per sweep; nan where a sweep has ended.
    spikes
        Simulated spike times, one array per sweep [s]; None for a model without threshold.
    dt
        Simulation step [s].
    dimensions
        Of the simulated variables.
    held_out
        Numbers of the sweeps that were not fitted.
    trials
        The model simulated many times on every sweep, where that was asked for.
    """

    recordings: RecordingSet
    traces: Mapping[str, Float[np.ndarray, "n_traces n_steps"]]
    spikes: tuple[Float[np.ndarray, " _"], ...] | None
    dt: float
    dimensions: Mapping[str, Dimension]
    held_out: frozenset[int] = frozenset()
    trials: Trials | None = None

    def __post_init__(self) -> None:
        n_traces = len(self.recordings)
        rows = {name: len(values) for name, values in self.traces.items()}
        if self.spikes is not None:
            rows["spikes"] = len(self.spikes)
        for name, found in rows.items():
            if found != n_traces:
                raise InvalidValueError(
                    f"`{name}` must have one row for each of the {n_traces} sweeps, but has "
                    f"{found}."
                )

    @property
    def left_out(self) -> frozenset[int]:
        """The older name of `held_out`."""
        return self.held_out

    def __str__(self) -> str:
        headline, header, rows = self._table()
        return table_under(headline, header, rows)

    def __repr__(self) -> str:
        return f"<Prediction: {self._table()[0]}>"

    def _repr_html_(self) -> str:
        headline, header, rows = self._table()
        return as_html(headline, html_table(header, rows))

    def _table(self) -> tuple[str, list[str], list[list[str]]]:
        """Return a headline, a header, and what was found in every sweep."""
        recorded = [name for name in self.traces if name in self.recordings.trace_names]
        n_sweeps = len(self.recordings)
        counted = "1 sweep" if n_sweeps == 1 else f"{n_sweeps} sweeps"
        named = ", ".join([*self.traces, *([] if self.spikes is None else ["spikes"])])
        header = ["sweep", "fitted", *(f"{name}: rms of residuals" for name in recorded)]
        header += [] if self.spikes is None else ["spikes", "recorded"]
        rms = {name: _root_mean_squares(self.residuals(name)) for name in recorded}
        rows = []
        for k, recording in enumerate(self.recordings):
            row = [recording.label, "no" if k in self.held_out else "yes"]
            row += [readable(rms[name][k], self.dimensions[name]) for name in recorded]
            if self.spikes is not None:
                counts = [str(train.size) for train in recording.spike_trains]
                row += [str(self.spikes[k].size), ", ".join(counts) or "-"]
            rows.append(row)
        return f"{named} simulated for {counted}", header, rows

    def residuals(self, variable: str) -> Float[np.ndarray, "n_traces n_steps"]:
        """Return simulated minus recorded, at the steps of the simulation.

        They are nan where nothing was measured.
        """
        simulated = self.traces[variable]
        recorded = [
            on_simulation_grid(
                recording.traces[variable],
                recorded_dt=recording.dt,
                dt=self.dt,
                n_steps=simulated.shape[1],
            )
            for recording in self.recordings
        ]
        return np.asarray(simulated - np.array(recorded))


def _root_mean_squares(residuals: Float[np.ndarray, "n_traces n_steps"]) -> list[float]:
    """Return one number per sweep; nan where nothing was measured."""
    known = np.isfinite(residuals)
    sums = np.sum(np.where(known, residuals, 0.0) ** 2, axis=1)
    counts = known.sum(axis=1)
    return [float(np.sqrt(a / n)) if n else np.nan for a, n in zip(sums, counts, strict=True)]
