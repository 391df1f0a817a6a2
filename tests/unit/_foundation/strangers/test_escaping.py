"""Texts stay texts in every language in which they are written."""

from __future__ import annotations

import ast
import tomllib

import pytest

from brianfit._foundation.errors import InvalidTypeError
from brianfit._foundation.strangers.escaping import (
    in_comment,
    in_csv,
    in_figure,
    in_python,
    in_python_block,
    in_terminal,
    in_toml,
    version_text,
)
from tests.fuzz.hostile import TEXTS


@pytest.mark.parametrize("text", [*TEXTS, "", "\\", 'ends with "', "Ω\ud800"])
def test_a_program_reads_a_text_back_as_it_was(text: str) -> None:
    block = f'"""\n{in_python_block(text)}\n"""'

    assert ast.literal_eval(in_python(text)) == text
    assert ast.literal_eval(block) == f"\n{text}\n"


@pytest.mark.parametrize("text", [*TEXTS, "", "\\", 'ends with "'])
def test_a_problem_file_reads_a_text_back_as_it_was(text: str) -> None:
    found = tomllib.loads(f"key = {in_toml(text)}")

    assert found == {"key": text}


@pytest.mark.parametrize(
    "value", [None, True, 3, 0.1, [1, "a"], (1,), (1, 2), {"a": [1.5], "b": ()}]
)
def test_a_program_reads_plain_values_back_as_they_were(value: object) -> None:
    assert ast.literal_eval(in_python(value)) == value


def test_what_is_no_plain_value_is_not_written_into_a_program() -> None:
    with pytest.raises(InvalidTypeError, match="cannot be written into a program"):
        in_python({"a": object()})


@pytest.mark.parametrize("text", TEXTS)
def test_a_comment_stays_one_line_without_hidden_characters(text: str) -> None:
    found = in_comment(text)

    assert found.isprintable()
    assert len(found.splitlines()) == 1


def test_a_terminal_gets_no_characters_that_steer_it() -> None:
    assert in_terminal("a\x1b[2J\rb\u202e\n\tc") == "a\\x1b[2J\\rb\\u202e\n\tc"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_of_a_table_is_no_formula(start: str) -> None:
    assert in_csv(f"{start}1+1") == f"'{start}1+1"


def test_a_cell_that_is_no_formula_stays_as_it_is() -> None:
    assert in_csv("gl [S]") == "gl [S]"


def test_a_figure_shows_dollars_as_dollars() -> None:
    assert in_figure("a $x^ b$") == r"a \$x^ b\$"


@pytest.mark.parametrize(
    ("text", "expected"), [("1.2.3.dev4+g5", "1.2.3.dev4+g5"), ('1"""\nx()', "?"), ("", "?")]
)
def test_a_version_is_a_version_or_a_question_mark(text: str, expected: str) -> None:
    assert version_text(text) == expected
