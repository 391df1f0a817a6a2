"""What a fitted model yields, beside what was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import Dimension
from brianfit.data import RecordingSet, on_simulation_grid
from brianfit.results.trials import Trials


@final
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
    left_out
        Numbers of the sweeps that were not fitted.
    trials
        The model simulated many times on every sweep, where that was asked for.
    """

    recordings: RecordingSet
    traces: Mapping[str, Float[np.ndarray, "n_traces n_steps"]]
    spikes: tuple[Float[np.ndarray, " _"], ...] | None
    dt: float
    dimensions: Mapping[str, Dimension]
    left_out: frozenset[int] = frozenset()
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
