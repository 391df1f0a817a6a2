"""Texts that try to leave the place where they stand, and readers that notice if one did."""

from __future__ import annotations

import ast
import csv
import io
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, final

import numpy as np

MARK = "escaped_mark"
"""A name that no program, page or table may contain outside of its texts."""

TEXTS = (
    f'"); {MARK}(); ("',
    f"'); {MARK}(); ('",
    f'"""\n{MARK}()\n"""',
    f"'''\n{MARK}()\n'''",
    f"\\\n{MARK}()\n",
    f'\\"""\n{MARK}()\n#',
    f"</script><{MARK}></{MARK}>",
    f"--><{MARK} onload='{MARK}()'>",
    f'" {MARK}="1',
    f"=cmd|' /C {MARK}'!A1",
    f"@SUM({MARK})",
    f'"\n{MARK} = 1\n"',
    f"\x1b]0;{MARK}\x07\r\x00",
    "\u202e\u2028$\\frac{$",
)


@final
class _Tags(HTMLParser):
    """Collects what a browser would take for elements and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names |= {tag, *(name for name, _ in attrs)}


def escapes_python(program: str) -> bool:
    """Return whether a program has a hostile text among its code."""
    names = {node.id for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Name)}
    return MARK in names


def escapes_html(page: str) -> bool:
    """Return whether a page has a hostile text among its elements or attributes."""
    tags = _Tags()
    tags.feed(page)
    return any(MARK in name for name in tags.names)


def escapes_toml(text: str) -> bool:
    """Return whether a problem file has a hostile text among its keys."""
    return MARK in _keys(tomllib.loads(text))


def escapes_csv(text: str) -> bool:
    """Return whether a table has a cell that a spreadsheet would compute."""
    rows = list(csv.reader(io.StringIO(text)))
    return any(
        cell.startswith(("=", "@", "+", "\t", "\r")) or len(row) != len(rows[0])
        for row in rows
        for cell in row
    )


def _keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*(_keys(item) for item in value.values()))
    if isinstance(value, list):
        return set().union(*(_keys(item) for item in value))
    return set()


def with_replaced(
    text: str, value: Any, generator: np.random.Generator, *, anywhere: bool = False
) -> str:
    """Return a JSON text with one of its texts or keys replaced by `value`.

    Parameters
    ----------
    anywhere
        Whether anything may be replaced, be it a text or not; but no keys.
    """
    found = json.loads(text)
    ways = [way for way in _ways(found) if (not way.is_key if anywhere else way.is_text)]
    way = ways[int(generator.integers(len(ways)))]
    place = found
    for step in way.steps[:-1]:
        place = place[step]
    if way.is_key:
        place[value] = place.pop(way.steps[-1])
    else:
        place[way.steps[-1]] = value
    return json.dumps(found)


@final
@dataclass(frozen=True, kw_only=True)
class _Way:
    """The way to a value of a JSON text, or to one of its keys."""

    steps: tuple[Any, ...]
    is_text: bool
    is_key: bool = False


def _ways(value: Any, before: tuple[Any, ...] = ()) -> Iterator[_Way]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        steps = (*before, key)
        if isinstance(value, dict):
            yield _Way(steps=steps, is_text=True, is_key=True)
        yield _Way(steps=steps, is_text=isinstance(item, str))
        if isinstance(item, dict | list):
            yield from _ways(item, steps)
