"""What the model yields with draws of a posterior."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from brianfit._foundation.arguments import check_fraction, check_instance
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import Dimension
from brianfit.data import RecordingSet
from brianfit.fitting.after.predict import check_inputs, simulated_names
from brianfit.fitting.problem.parameter_values import GENERATE_ITERATION
from brianfit.fitting.uncertainty.likelihood import Likelihood


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class PredictedDraws:
    """Recordings, and what the model makes of their inputs with each of several draws.

    All arrays are SI numbers.

    Attributes
    ----------
    recordings
        Inputs and what was measured.
    samples
        The draws.
    traces
        Simulated variables by name.
    spikes
        Simulated spike times of every draw and sweep [s]; None for a model without threshold.
    dt
        Simulation step [s].
    dimensions
        Of the simulated variables.
    """

    recordings: RecordingSet
    samples: Float[np.ndarray, "n_draws n_parameters"]
    traces: Mapping[str, Float[np.ndarray, "n_draws n_traces n_steps"]]
    spikes: list[list[Float[np.ndarray, " _"]]] | None
    dt: float
    dimensions: Mapping[str, Dimension]

    def band(
        self, variable: str, level: float = 0.95
    ) -> tuple[Float[np.ndarray, "n_traces n_steps"], Float[np.ndarray, "n_traces n_steps"]]:
        """Return the ends between which, at every step, this part of the draws lies."""
        level = check_fraction("level", level)
        ends = np.quantile(self.traces[variable], [0.5 - level / 2, 0.5 + level / 2], axis=0)
        return ends[0], ends[1]


def predict_draws(
    likelihood: Likelihood,
    samples: Float[np.ndarray, "n_draws n_parameters"],
    recordings: RecordingSet | None,
) -> PredictedDraws:
    """Return what the model yields with every sample, all in one simulation.

    Raises
    ------
    BrianfitError
        If `recordings` do not suit the model.
    """
    simulated = likelihood.simulated
    problem = simulated.task.problem
    if recordings is not None:
        check_instance("recordings", recordings, RecordingSet, "a RecordingSet")
        check_inputs(problem.recordings, recordings)
        problem = replace(problem, recordings=recordings)
    columns = simulated.task.parameters.columns
    names = simulated_names(problem)
    has_spikes = problem.model.threshold is not None
    task = replace(
        problem.task(), parameter_names=columns.names, recorded=names, record_spikes=has_spikes
    )
    found = simulated.engine.prepare(task).run(
        columns.expand(samples), iteration=GENERATE_ITERATION, seed=simulated.seed
    )
    durations = problem.recordings.durations
    is_over = np.arange(problem.n_steps) >= np.round(durations / problem.dt)[:, np.newaxis]
    return PredictedDraws(
        recordings=problem.recordings,
        samples=samples,
        traces={name: np.where(is_over, np.nan, found.traces[name]) for name in names},
        spikes=None if found.spikes is None else found.spikes.within(durations).nested(),
        dt=problem.dt,
        dimensions={name: problem.model.dimensions(name) for name in names},
    )
