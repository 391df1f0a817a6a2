"""A TOML file whose entries know their lines, and everything that is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, final

from brianfit._foundation.errors import InvalidValueError, UnreadableFileError
from brianfit._foundation.strangers.limits import PROBLEM_FILE_BYTES

_MOST_PARTS = 50
_DEEPEST = 8  # parts of a key of which the line is remembered; the tables that are known have 3
_HEADER = re.compile(r"^\s*\[\[?\s*(?P<name>[^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(
    r"^\s*(?P<name>(?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"))*)\s*="
)
_PART = re.compile(r"[\w-]+|\"[^\"]*\"|'[^']*'")

Place = tuple[str, ...]
"""Keys from the outermost table to an entry."""


@final
@dataclass(kw_only=True)
class Document:
    """The entries of a problem file, and the problems found in them.

    Attributes
    ----------
    entries
        What the file says, as `tomllib` reads it.
    lines
        The line of every entry, counted from 1.
    """

    path: Path
    entries: Mapping[str, Any]
    lines: Mapping[Place, int]
    _problems: list[tuple[int, str]] = field(default_factory=list)

    def complain(self, place: Place, problem: object) -> None:
        """Note a problem with the entry at `place`; the nearest known line is told."""
        known = next((place[:n] for n in range(len(place), 0, -1) if place[:n] in self.lines), None)
        number = 0 if known is None else self.lines[known]
        self._problems.append((number, f"{_words(place)}: {problem}" if place else str(problem)))

    @property
    def has_problems(self) -> bool:
        """Whether anything was complained of so far."""
        return bool(self._problems)

    def raise_if_any(self) -> None:
        """Raise one error that lists all problems in the order of their lines, if there are any.

        Raises
        ------
        InvalidValueError
            If there are problems.
        """
        if not self._problems:
            return
        listed = [
            f"  line {number}: {text}" if number else f"  {text}"
            for number, text in sorted(self._problems, key=lambda problem: problem[0])
        ]
        counted = "1 problem" if len(listed) == 1 else f"{len(listed)} problems"
        raise InvalidValueError("\n".join([f"{counted} in {self.path}:", *listed]))


def read_document(path: Path) -> Document:
    """Read a problem file.

    Raises
    ------
    UnreadableFileError
        If it is missing, too large, or no TOML; the message has the line.
    """
    if not path.exists():
        raise UnreadableFileError(
            f"There is no problem file {path}. `brianfit init RECORDING` writes one."
        )
    text = small_text(path, "problem file")
    _check_keys(path, text)
    try:
        entries = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError(f"{path} is no valid TOML: {error}") from error
    if not entries:
        raise UnreadableFileError(f"{path} is empty. `brianfit init RECORDING` writes one.")
    return Document(path=path, entries=entries, lines=lines_of(text))


def _check_keys(path: Path, text: str) -> None:
    """Check that no key has very many parts: reading one takes the square of their number."""
    for piece in re.split(r"[,{\n]", text):
        parts = piece.partition("=")[0].split(".")
        if sum(bool(part.strip()) for part in parts) > _MOST_PARTS:
            raise UnreadableFileError(
                f"{path} has a key of more than {_MOST_PARTS} parts: {piece.strip()[:20]}..."
            )


def small_text(path: Path, what: str) -> str:
    """Return the text of a file that people write.

    Raises
    ------
    UnreadableFileError
        If it is no file, too large, or no text.
    """
    try:
        if not path.is_file():
            kind = "a folder" if path.is_dir() else "missing, a device or a pipe"
            raise UnreadableFileError(f"{path} is {kind}; expected a {what}.")
        with path.open("rb") as file:
            content = file.read(PROBLEM_FILE_BYTES.value + 1)
        if len(content) > PROBLEM_FILE_BYTES.value:
            size = path.stat().st_size
            raise UnreadableFileError(PROBLEM_FILE_BYTES.exceeded(f"The {what} {path}", size))
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"{path} is no text: {error}.") from error
    except OSError as error:
        if isinstance(error, UnreadableFileError):
            raise
        raise UnreadableFileError(f"{path} cannot be opened: {error.strerror}.") from error


def lines_of(text: str) -> dict[Place, int]:
    """Return the line of every table and key of a valid TOML text.

    Keys inside of inline tables and of values over several lines have no entry of their own.
    """
    lines: dict[Place, int] = {}
    table: Place = ()
    rest = _Unfinished()
    for number, line in enumerate(text.splitlines(), start=1):
        if rest.is_open:
            rest.go_on(line)
            continue
        if header := _HEADER.match(line):
            table = _parts(header["name"])
            for length in range(1, len(table) + 1):
                lines.setdefault(table[:length], number)
        elif key := _KEY.match(line):
            place = (*table, *_parts(key["name"]))
            for length in range(len(table) + 1, len(place) + 1):
                lines.setdefault(place[:length], number)
            rest.go_on(line[key.end() :])
    return lines


@final
class _Unfinished:
    """Whether a value goes on in the next line: in brackets, or in a string over several lines."""

    def __init__(self) -> None:
        self._depth = 0
        self._quote = ""

    @property
    def is_open(self) -> bool:
        return self._depth > 0 or bool(self._quote)

    def go_on(self, text: str) -> None:
        position = 0
        while position < len(text):
            if self._quote:
                position = self._after_quote(text, position)
                continue
            sign = text[position]
            if sign == "#":
                return
            if sign in "\"'":
                self._quote = sign * 3 if text.startswith(sign * 3, position) else sign
                position += len(self._quote)
                continue
            self._depth += (sign in "[{") - (sign in "]}")
            position += 1

    def _after_quote(self, text: str, position: int) -> int:
        quote = self._quote
        while position < len(text):
            if text[position] == "\\" and quote[0] == '"':
                position += 2
            elif text.startswith(quote, position):
                self._quote = ""
                return position + len(quote)
            else:
                position += 1
        return position


def _parts(name: str) -> Place:
    return tuple(part.strip("\"'") for part in _PART.findall(name)[:_DEEPEST])


def _words(place: Place) -> str:
    """Return a place as it is written in the file: ``[fit] rounds``."""
    if len(place) == 1:
        return f"[{place[0]}]"
    return f"[{'.'.join(place[:-1])}] {place[-1]}"
