"""What a comparison says: tables, choice, JSON, page."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot as plt

from brianfit import CellsComparison
from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit.comparison.contenders import read_contenders
from brianfit.library import LIF
from brianfit.model import Parameter
from tests.unit.comparison.compared import comparison

COLUMNS = [
    *("n_parameters", "score", "score_se", "difference", "difference_se"),
    *("explained_variance", "seconds", "warnings"),
]
THREE = {"small": (3, [1.5, 1.0, 4.0]), "large": (9, [1.0, 2.0, 3.0]), "bad": (1, [9.0, 9.1, 9.2])}


def test_the_table_has_a_row_for_every_model() -> None:
    found = comparison(THREE)

    table = found.table

    assert table.index.name == "model"
    assert list(table.index) == ["small", "large", "bad"]
    assert list(table.columns) == COLUMNS
    assert table.score["large"] == 2.0
    assert table.difference["small"] == pytest.approx(1 / 6)
    assert table.explained_variance["bad"] == pytest.approx(0.75)
    assert table.warnings["bad"] == "It is slow."


def test_the_choice_is_said_in_a_sentence() -> None:
    found = comparison(THREE)

    assert (found.chosen, found.best, found.tied) == ("small", "large", ("small", "large"))
    assert found.sentence == (
        "'small' is chosen, with 3 free parameters: it has the fewest of the 2 models within one "
        "standard error of the best, 'large'."
    )
    assert "'broken' failed: It has no threshold." in str(found)


def test_seeds_that_disagree_are_counted() -> None:
    assert comparison(THREE).details.converged["small"] == pytest.approx(2 / 3)


def test_a_model_that_could_not_be_scored_is_shown_as_such() -> None:
    found = comparison({"a": (3, [1.0, 2.0]), "b": (1, [0.5, np.inf])})

    plain = json.loads(found.as_json())

    assert found.chosen == "a"
    assert plain["models"]["b"]["score"] is None
    assert plain["models"]["b"]["errors"] == [0.5, None]


def test_cells_are_compared_by_ranks() -> None:
    one, other = comparison(THREE), comparison({**THREE, "large": (9, [0.1, 0.1, 0.1])})

    found = CellsComparison(cells={"one": one, "other": other})

    assert found.ranks.loc["large"].tolist() == [1.0, 1.0]
    assert found.ranks.loc["bad"].tolist() == [3.0, 3.0]
    assert found.table.chosen.to_dict() == {"large": 1, "small": 1, "bad": 0}
    assert found.table.tied["large"] == 2
    assert found.chosen == "large"  # of two that are chosen once, the one with the better rank
    assert json.loads(found.as_json())["cells"]["one"]["chosen"] == "small"


def test_pages_show_the_choice_and_every_model(tmp_path: Path) -> None:
    one = comparison(THREE)
    several = CellsComparison(cells={"<one>": one})

    page = one.report(tmp_path / "one.html").read_text("utf-8")
    pages = several.report(tmp_path / "all.html", title="Cells").read_text("utf-8")

    assert "&#x27;small&#x27; is chosen" in page
    assert all(name in page for name in ("large", "bad", "broken failed", "GammaFactor"))
    assert "&lt;one&gt;" in pages
    assert "<h1>Cells</h1>" in pages
    plt.close("all")


def test_a_report_is_a_page(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="a page, such as 'cell.html'"):
        comparison(THREE).report(tmp_path / "cell.pdf")


def test_models_are_named_in_several_ways() -> None:
    bounds = {"V_r": Parameter(fixed=0.0)}

    listed = read_contenders(["lif", replace(LIF, name="own")])
    named = read_contenders({"a": "lif", "b": (LIF, bounds), "c": ("dv/dt = -v/ms : 1", {})})

    assert [contender.name for contender in listed] == ["lif", "own"]
    assert [contender.name for contender in named] == ["a", "b", "c"]
    assert named[1].bounds == bounds


@pytest.mark.parametrize(
    ("models", "error", "said"),
    [
        (["liff"], InvalidValueError, "Did you mean 'lif'"),
        (["lif", "lif"], InvalidValueError, "several models called 'lif'"),
        ([], InvalidValueError, "nothing to compare"),
        (["dv/dt = -v/ms : 1"], InvalidTypeError, "for equations of your own"),
        ({"a": 3}, InvalidTypeError, r"models\['a'\] must be"),
        ("lif", InvalidTypeError, "must be a list or a dictionary of models"),
    ],
)
def test_what_is_no_model_is_named(models: object, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        read_contenders(models)
