"""How scores and predictions read, in a terminal and in a notebook."""

from __future__ import annotations

import numpy as np
from brian2 import ms, mV

from brianfit._foundation.units import DIMENSIONLESS
from brianfit.data import RecordingSet
from brianfit.results import Prediction, Score


def score(labels: tuple[str, str] = ("low", "high")) -> Score:
    return Score(
        error=0.75,
        output_errors={"v": 0.25, "w": 0.5},
        raw_output_errors={"v": 0.25, "w": 0.5},
        trace_errors={"v": np.array([0.1, 0.4]), "w": np.full(2, np.nan)},
        trace_labels=labels,
        dimensions=DIMENSIONLESS,
    )


def prediction(label: str = "second") -> Prediction:
    recordings = RecordingSet.from_arrays(
        dt=1 * ms,
        inputs={"I": np.zeros((2, 4))},
        traces={"v": [[0, 0, 0, 0] * mV, [0, 0, np.nan, np.nan] * mV]},
        spikes=[[1, 2] * ms, [] * ms],
        labels=["first", label],
    )
    return Prediction(
        recordings=recordings,
        traces={"v": np.array([[1e-3] * 4, [3e-3, 4e-3, 0.0, 0.0]])},
        spikes=(np.array([1e-3]), np.array([])),
        dt=1e-3,
        dimensions={"v": recordings.dimensions["v"]},
        held_out=frozenset({1}),
    )


def test_a_score_is_a_table_of_traces_in_a_notebook() -> None:
    page = score(("<b>", "high"))._repr_html_()

    assert "<tr><td>&lt;b&gt;</td><td>0.1</td></tr>" in page
    assert "<tr><td>all</td><td>0.25</td></tr>" in page
    assert "<li>w: 0.5</li>" in page
    assert repr(score()) == "<Score: error 0.75>"
    assert score() == score()


def test_a_prediction_tells_of_every_sweep() -> None:
    header, _, first, second = str(prediction()).splitlines()

    assert header == "v, spikes simulated for 2 sweeps"
    assert first.split() == ["first", "yes", "1", "mV", "1", "2"]
    # rms of (3, 4) mV
    assert second.split() == ["second", "no", "3.53553", "mV", "0", "0"]
    assert repr(prediction()) == f"<Prediction: {header}>"
    assert prediction() == prediction()


def test_labels_of_a_prediction_stay_texts_in_a_notebook() -> None:
    page = prediction("<script>")._repr_html_()

    assert "<td>&lt;script&gt;</td><td>no</td><td>3.53553 mV</td>" in page
