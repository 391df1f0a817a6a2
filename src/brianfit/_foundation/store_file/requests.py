"""What users ask of a fit under way: lines in a file beside its store, read between rounds.

A request never touches the store itself. The file ``<store>-requests`` holds one request a line, as
JSON. Whoever asks adds a line; the fit that writes to the store reads what was added since it last
looked, and removes the file when it begins and when it ends. So a request is heard once, by the fit
that was running when it was made.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

_MOST_BYTES = 2**16  # read at once; a person asks for little
LARGEST_ROUNDS, LARGEST_SECONDS = 10**9, 1e9


@final
@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for.

    Attributes
    ----------
    stop
        Whether the fit should end after the round under way.
    rounds
        How many more rounds it should do.
    seconds
        How much longer its limit of time should be [s].
    """

    stop: bool = False
    rounds: int = 0
    seconds: float = 0.0

    def __add__(self, other: Request) -> Request:
        return Request(
            stop=self.stop or other.stop,
            rounds=self.rounds + other.rounds,
            seconds=self.seconds + other.seconds,
        )

    @property
    def asks_for_more(self) -> bool:
        """Whether rounds or time are to be added."""
        return self.rounds > 0 or self.seconds > 0

    def as_json(self) -> dict[str, Any]:
        """Return the request as plain values."""
        return {"stop": self.stop, "rounds": self.rounds, "seconds": self.seconds}


def requests_of(store: Path) -> Path:
    """Return where the requests to the fit that writes to a store stand."""
    return store.with_name(store.name + "-requests")


def ask(store: Path, request: Request) -> None:
    """Add a request.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    line = (json.dumps(request.as_json()) + "\n").encode()
    target = os.open(requests_of(store), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        os.write(target, line)  # one call: lines of several processes do not mix
    finally:
        os.close(target)


@final
class RequestBox:
    """The requests to a fit under way; made by whoever holds the right to write to the store."""

    def __init__(self, store: Path) -> None:
        self._path = requests_of(store)
        self._read = 0
        self.remove()

    def remove(self) -> None:
        """Forget all requests."""
        self._path.unlink(missing_ok=True)
        self._read = 0

    def taken(self) -> Request:
        """Return what was asked since the last time; it costs a look at the size of a file."""
        try:
            size = os.stat(self._path).st_size  # noqa: PTH116 - half the time of Path.stat
        except OSError:
            return Request()
        if size <= self._read:
            return Request()
        with self._path.open("rb") as file:
            file.seek(self._read)
            content = file.read(_MOST_BYTES)
        whole, end, _ = content.rpartition(b"\n")
        self._read += len(whole + end) if len(content) < _MOST_BYTES else len(content)
        return sum((_request(line) for line in whole.splitlines()), start=Request())


def request_of(plain: Any) -> Request:
    """Return a request from plain values; what makes no sense asks for nothing."""
    if not isinstance(plain, Mapping):
        return Request()
    rounds: Any = plain.get("rounds")
    seconds: Any = plain.get("seconds")
    return Request(
        stop=plain.get("stop") is True,
        rounds=rounds if type(rounds) is int and 0 < rounds <= LARGEST_ROUNDS else 0,
        seconds=float(seconds)
        if type(seconds) in {int, float} and 0 < seconds <= LARGEST_SECONDS
        else 0.0,
    )


def _request(line: bytes) -> Request:
    try:
        return request_of(json.loads(line))
    except (ValueError, RecursionError):
        return Request()
