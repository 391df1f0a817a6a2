"""Texts of others in what is written: one function for each language, so that data stays data.

HTML has its own in `shown/markup.py`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_VERSION = re.compile(r"[A-Za-z0-9.+_-]{1,40}")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Categories of characters that are not seen, but change what is seen or how it is read."""


def in_python(value: Any) -> str:
    """Return a plain value as Python code.

    Raises
    ------
    InvalidTypeError
        If it is none of numbers, texts, lists, tuples and dictionaries of these.
    """
    if value is None or isinstance(value, bool | int | str):
        return repr(value)
    if isinstance(value, float):
        return repr(value) if value - value == 0 else f"float({str(value)!r})"
    if isinstance(value, list | tuple):
        inner = ", ".join(in_python(item) for item in value)
        comma = "," if len(value) == 1 else ""
        return f"[{inner}]" if isinstance(value, list) else f"({inner}{comma})"
    if isinstance(value, Mapping):
        pairs = (f"{in_python(key)}: {in_python(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    from brianfit._foundation.errors import InvalidTypeError  # imports Brian; commands do not

    raise InvalidTypeError(f"{value!r} cannot be written into a program.")


def in_python_block(text: str) -> str:
    r"""Return a text as it can stand between triple quotes; lines stay lines.

    A program reads it back as it was.
    """
    lines = text.split("\n")
    return "\n".join(repr(f'"{line}')[2:-1].replace('"', '\\"') for line in lines)


def in_toml(text: str) -> str:
    """Return a text as a string of TOML, with its quotes."""
    plain = text.encode("utf-8", "backslashreplace").decode("utf-8")
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(_toml_character(character) for character in escaped) + '"'


def _toml_character(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x20 or 0x7F <= code < 0xA0 else character


def in_comment(text: str) -> str:
    """Return a text as it can stand in a comment of one line."""
    return in_terminal(text).replace("\n", " ").replace("\t", " ")


def in_csv(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; quotes are the writer's."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def in_terminal(text: str) -> str:
    """Return a text without characters that steer a terminal or hide what is there."""
    return "".join(
        character
        if character in "\n\t" or unicodedata.category(character) not in _HIDDEN
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def in_figure(text: str) -> str:
    """Return a text that matplotlib draws as it is, and not as mathematics."""
    return in_comment(text).replace("$", r"\$")


def version_text(text: str) -> str:
    """Return the version of a package, or "?" if the text is none."""
    return text if _VERSION.fullmatch(text) else "?"
