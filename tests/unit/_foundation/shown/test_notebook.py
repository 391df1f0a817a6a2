"""What notebooks show holds every text as text."""

from __future__ import annotations

from brianfit._foundation.shown.notebook import as_html, html_lines, html_table, text_table


def test_texts_of_others_cannot_become_markup() -> None:
    evil = "<script>alert(1)</script> & \x1b[31m"

    page = as_html(evil, html_lines([evil]), html_table([evil], [[evil]]))

    assert "<script" not in page
    assert "\x1b" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt; &amp; \\x1b[31m") == 4


def test_columns_of_text_are_aligned() -> None:
    lines = text_table(["name", "n"], [["a", "1"], ["longer", "22"]])

    assert lines == ["name    n", "a       1", "longer  22"]
