"""What stands on the page of a report."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from brian2 import ms

from brianfit._foundation.units import DIMENSIONLESS
from brianfit.plots.report import figures
from brianfit.plots.report.contents import ReportContents, number_text
from brianfit.plots.report.page import page
from brianfit.plots.report.summary import readable_seconds, warnings_of
from brianfit.results import EventRecord, FitResult, PartRecord, Score
from tests.unit.plots.fitted import prediction, problem, recordings, result

HOSTILE = '</script><script>alert("x")</script><img src=x onerror=alert(1)>'
VOID = {"br", "col", "hr", "img", "input", "meta"}


def _contents(**changes: Any) -> ReportContents:
    given: dict[str, Any] = {
        "title": "A cell",
        "result": result(),
        "prediction": prediction(),
        "held_out": None,
        "notes": (),
        "standard_errors": {},
        "command": "python fit.py",
        "script": "print(1 < 2)",
        "has_script": True,
        "written": datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    }
    return ReportContents(**{**given, **changes})


class _Reader(HTMLParser):
    """Collects what a browser would see: tags in order, whether they nest, text by section."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.sections: dict[str, str] = {}
        self._section = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "section":
            self._section = str(dict(attrs)["id"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        name = self._section or "head"
        self.sections[name] = self.sections.get(name, "") + data


def _read(text: str) -> _Reader:
    reader = _Reader()
    reader.feed(text)
    return reader


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw pictures for the whole page only, which is made before; they take time."""
    monkeypatch.setattr(figures, "pictures", lambda contents: iter(()))


@pytest.fixture(scope="module")
def whole() -> _Reader:
    reader = _read(page(_contents()))
    assert reader.open == []
    return reader


def test_every_section_is_there_and_linked_at_the_top(whole: _Reader) -> None:
    names = [attrs["id"] for tag, attrs in whole.tags if tag == "section"]
    links = [attrs["href"] for tag, attrs in whole.tags if tag == "a" and "href" in attrs]

    assert names == [
        "sweeps", "parameters", "scores", "model", "figures", "recordings", "settings", "methods",
        "script",
    ]  # fmt: skip
    assert links == [f"#{name}" for name in names]


def test_nothing_comes_from_elsewhere(whole: _Reader) -> None:
    addresses = [
        value
        for _, attrs in whole.tags
        for name, value in attrs.items()
        if name in {"src", "href", "srcset", "action"} and value is not None
    ]
    policy = next(attrs for tag, attrs in whole.tags if attrs.get("http-equiv"))

    assert all(value.startswith(("#", "data:image/png")) for value in addresses)
    assert "default-src 'none'" in str(policy["content"])


def test_every_picture_has_words_in_its_place(whole: _Reader) -> None:
    pictures = [attrs for tag, attrs in whole.tags if str(attrs.get("class")).startswith("drawing")]

    assert len(pictures) == 2 * 6  # in the width of a window and in that of a phone
    assert all(picture["aria-label"] and picture["style"] for picture in pictures)


def test_the_text_of_pictures_is_text(whole: _Reader) -> None:
    assert "position between the bounds" in whole.sections["figures"]


def test_no_two_drawings_share_a_name(whole: _Reader) -> None:
    names = [attrs["id"] for _, attrs in whole.tags if "id" in attrs]

    assert len(set(names)) == len(names)


def test_cells_carry_their_headings_for_narrow_screens(whole: _Reader) -> None:
    labels = [attrs.get("data-label") for tag, attrs in whole.tags if tag == "td"]

    assert {"value", "lower bound", "upper bound", "error of v", "used"} <= set(labels)


def test_the_table_of_parameters_has_values_bounds_and_notes(whole: _Reader) -> None:
    text = whole.sections["parameters"]

    assert "10 nS" in text
    assert "100 nS" in text
    assert "log scale" in text
    assert "−70 mV" in text
    assert "fixed" in text


def test_standard_errors_get_a_column_where_they_are_known() -> None:
    text = page(_contents(standard_errors={"g_L": 2e-10}))

    assert "standard error" in text
    assert "± 200 pS" in text
    assert 'data-label="standard error">–</td>' in text


def test_a_parameter_at_its_bound_is_warned_of_at_the_top_and_in_the_table() -> None:
    reader = _read(page(_contents(result=result(at_bound={"C": "upper"}))))

    assert "'C' ended at or near its upper bound, 300 pF" in reader.sections["head"]
    assert "at its upper bound" in reader.sections["parameters"]


def test_scores_tell_outputs_and_sweeps(whole: _Reader) -> None:
    text = whole.sections["scores"]

    assert "0.5 mV²" in text
    assert "0.25 mV²" in text
    assert "MSEMetric()" in text


def test_what_was_left_out_is_scored_beside_what_was_fitted() -> None:
    held_out = Score(
        error=2.0,
        output_errors={"v": 1.5, "spikes": 0.5},
        raw_output_errors={"v": 1.5e-6, "spikes": 0.5},
        trace_errors={"v": np.array([1.5]), "spikes": np.array([np.nan])},
        trace_labels=("third",),
        dimensions=DIMENSIONLESS,
    )

    reader = _read(page(_contents(held_out=held_out)))

    assert "error on what was held out2" in reader.sections["head"]
    assert "held out: error" in reader.sections["scores"]
    assert "third (held out)1.5 mV²" in reader.sections["scores"]


def test_what_could_not_be_computed_is_told_at_the_top() -> None:
    reader = _read(page(_contents(notes=("The traces are not shown.",))))

    assert "The traces are not shown." in reader.sections["head"]


def test_the_model_is_typeset_and_can_be_read_as_text(whole: _Reader) -> None:
    text = whole.sections["model"]

    assert "(unless refractory)" in text
    assert "dv/dt = (g_L*(E_L - v) + I)/C : volt" in text
    assert any(tag == "mfrac" for tag, _ in whole.tags)


def test_settings_hold_seed_versions_and_the_command(whole: _Reader) -> None:
    text = whole.sections["settings"]

    assert "python fit.py" in text
    assert "CMAESOptimizer()" in text
    assert "numpy2.3" in text
    assert "seed7" in text


def test_left_out_sweeps_are_told_apart(whole: _Reader) -> None:
    assert "held out, predicted" in whole.sections["sweeps"]
    assert "held out, predicted" in whole.sections["recordings"]


def test_recordings_tell_their_origin() -> None:
    history = ("read from cell.abf", "sweeps were cut")
    measured = replace(recordings(), history=history, metadata={"recorded_on": "Monday"})

    reader = _read(page(_contents(prediction=prediction(recordings=measured))))

    for line in (*history, "recorded on: Monday"):
        assert line in reader.sections["recordings"]


def test_a_script_that_cannot_be_made_is_explained() -> None:
    reader = _read(page(_contents(script="The model uses f.", has_script=False)))

    assert "The model uses f." in reader.sections["script"]
    assert not any(attrs.get("id") == "save-script" for _, attrs in reader.tags)


def test_no_text_of_a_user_becomes_part_of_the_page() -> None:
    hostile = result(
        stop_reason=HOSTILE,
        settings={HOSTILE: HOSTILE},
        versions={"x": HOSTILE},
        refinement=HOSTILE,
        trace_labels=(HOSTILE, HOSTILE),
        problem=problem(
            threshold=HOSTILE,
            reset=HOSTILE,
            refractory=HOSTILE,
            method=HOSTILE,
            penalty=HOSTILE,
            initial_values={HOSTILE: HOSTILE},
            constants={HOSTILE: 3 * ms},
            events={HOSTILE: EventRecord(condition=HOSTILE, code=HOSTILE)},
            metrics={"v": PartRecord(name=HOSTILE, module="x", arguments={HOSTILE: HOSTILE})},
            optimizer=PartRecord(name=HOSTILE, module="x"),
        ),
    )
    measured = recordings(labels=[HOSTILE, HOSTILE])
    measured = replace(measured, history=(HOSTILE,), metadata={HOSTILE: HOSTILE})
    shown = prediction(recordings=measured)

    text = page(
        _contents(title=HOSTILE, result=hostile, prediction=shown, command=HOSTILE, script=HOSTILE)
    )

    reader = _read(text)
    assert [attrs.get("type") for tag, attrs in reader.tags if tag == "script"] == [
        "application/json",
        None,
    ]
    assert len(re.findall(r"<script", text)) == 2
    assert not any("onerror" in attrs for _, attrs in reader.tags)
    assert reader.open == []


def test_a_fit_in_which_nothing_was_scored_has_a_page_that_says_so() -> None:
    nothing = result(
        best_values={}, error=float("inf"), output_errors={}, raw_output_errors={}, trace_errors={}
    )

    reader = _read(page(_contents(result=nothing, prediction=None)))

    assert "No sample could be scored" in reader.sections["head"]
    assert "sweeps" not in reader.sections
    assert "parameters" not in reader.sections


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "12 % of the samples"),
        ({"stop_reason": "it was interrupted by KeyboardInterrupt"}, "did not come to its end"),
    ],
)
def test_warnings(changes: dict[str, Any], expected: str) -> None:
    found: FitResult = result(**changes)

    assert any(expected in text for text in warnings_of(_contents(result=found)))


@pytest.mark.parametrize(
    ("seconds", "text"), [(7.64, "7.64 s"), (90.0, "1.5 min"), (5400.0, "1.5 h")]
)
def test_times_are_in_the_unit_of_a_person(seconds: float, text: str) -> None:
    assert readable_seconds(seconds) == text


def test_powers_of_units_are_raised() -> None:
    volt_squared = result().dimensions.raw_output_errors["v"]

    assert number_text(-2.5e-6, volt_squared) == "−2.5 mV²"
