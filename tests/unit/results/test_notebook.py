"""A result in a notebook."""

from __future__ import annotations

from tests.unit.plots.fitted import result


def test_a_result_is_a_table_of_its_parameters() -> None:
    text = result(standard_errors={"g_L": 1e-10}, at_bound={"C": "upper"})._repr_html_()

    assert "<td>g_L</td><td>10 nS</td><td>± 100 pS</td><td>1 nS to 100 nS</td>" in text
    assert "<td>at its upper bound</td>" in text
    assert "<td>fixed or tied</td>" in text
    assert "v: 0.5 mV^2" in text


def test_texts_of_users_are_escaped() -> None:
    text = result(stop_reason="<script>alert(1)</script>")._repr_html_()

    assert "<script>" not in text


def test_a_fit_in_which_nothing_was_scored_says_so_in_words() -> None:
    nothing = result(
        best_values={}, error=float("inf"), output_errors={}, raw_output_errors={}, trace_errors={}
    )

    text = nothing._repr_html_()

    assert "<table>" not in text
    assert "error inf" in text
