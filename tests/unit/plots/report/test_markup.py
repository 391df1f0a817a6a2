"""HTML in which every text is escaped."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from brianfit._foundation.shown.markup import Markup, embedded_json, join, tag


def test_children_are_escaped_and_markup_is_not_escaped_twice() -> None:
    assert str(tag("p", "1 < 2 & ", tag("b", "3"))) == "<p>1 &lt; 2 &amp; <b>3</b></p>"


def test_attributes_are_escaped_and_their_names_become_those_of_html() -> None:
    made = tag("a", "x", href='"><script>', class_="wide", aria_label="n", title=None)

    assert str(made) == ('<a href="&quot;&gt;&lt;script&gt;" class="wide" aria-label="n">x</a>')


def test_void_elements_have_no_end() -> None:
    assert str(tag("br")) == "<br>"


def test_none_is_left_out_and_numbers_are_written() -> None:
    assert str(join("a", None, 3)) == "a3"


@settings(max_examples=30)
@given(st.text())
def test_no_text_can_open_or_end_an_element(text: str) -> None:
    inside = str(tag("p", text)).removeprefix("<p>").removesuffix("</p>")

    assert "<" not in inside
    assert ">" not in inside


@settings(max_examples=30)
@given(st.text())
def test_json_in_a_page_reads_back_and_cannot_end_its_script(text: str) -> None:
    made = embedded_json(json.dumps({"label": text}))

    assert "<" not in made.html
    assert json.loads(made.html) == {"label": text}


def test_markup_is_equal_by_content() -> None:
    assert Markup("<b>") == Markup("<b>")
