"""A comparison of models finds the one that made the data, on any executor, also after a kill."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brian2 import Mohm, ms, mV, nA, second

from brianfit import (
    OrnsteinUhlenbeck,
    RecordingSet,
    SerialExecutor,
    TraceFitter,
    compare,
    library,
)

PARAMETERS = {
    "tau_m": 15 * ms, "R": 100 * Mohm, "EL": -70 * mV, "VT": -50 * mV, "V_r": -60 * mV,
    "t_ref": 2 * ms,
}  # fmt: skip

SILENT = "dv/dt = (EL - v + 0*volt*I/amp)/(10*ms) : volt\nEL : volt (constant)"


def cell() -> RecordingSet:
    """Spikes and voltage of a leaky integrate-and-fire model under noise, four sweeps."""
    noise = OrnsteinUhlenbeck(0.2 * nA, 0.15 * nA, tau=5 * ms, seed=3)
    current = noise.array(dt=0.2 * ms, duration=0.5 * second, n_sweeps=4)
    nothing = {"v": np.full(np.shape(current), np.nan) * mV}
    made = TraceFitter(library.LIF, {"I": current}, nothing, dt=0.2 * ms)
    found: Any = made.generate(["v", "spikes"], params=PARAMETERS)
    return RecordingSet.from_arrays(
        dt=0.2 * ms, inputs={"I": current}, traces={"v": found["v"]}, spikes=found["spikes"]
    )


@pytest.mark.slow
def test_the_model_that_made_the_data_is_chosen_and_a_killed_comparison_goes_on(
    tmp_path: Path,
) -> None:
    recordings = cell()
    models = {
        "lif": "lif",
        "held": ("lif", {"t_ref": [40 * ms, 60 * ms]}),
        "broken": (SILENT, {"EL": [-80 * mV, -60 * mV]}),
    }
    settings: Any = {"n_folds": 2, "seeds": [1, 2], "n_rounds": 10, "n_samples": 20}

    whole = compare(recordings, models, store=tmp_path, **settings)
    for number, store in enumerate(sorted(tmp_path.glob("*.fit"))):
        if number % 2:
            store.unlink()
    again = compare(recordings, models, store=tmp_path, executor=SerialExecutor(), **settings)

    assert whole.chosen == "lif"
    assert list(whole.table.index) == ["lif", "held"]
    assert whole.table.explained_variance["lif"] > 0.8  # of 200 samples
    assert whole.part == "set of sweeps"
    assert "threshold" in whole.problems["broken"]
    columns = ["n_parameters", "score", "difference", "difference_se", "explained_variance"]
    assert again.table[columns].equals(whole.table[columns])
