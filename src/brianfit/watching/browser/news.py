"""What is new about stores, for everybody who listens: looked up once, sent to all."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, final

from brianfit.watching.browser.parts import overview, parts_of
from brianfit.watching.browser.simulations import Simulations
from brianfit.watching.frame import Frame
from brianfit.watching.watched import Watched

Event = tuple[str, str]
"""The kind of an event, and its text as JSON in one line."""


@final
@dataclass(kw_only=True)
class Listener:
    """Somebody who listens.

    Attributes
    ----------
    number
        Of the store that is shown in full.
    """

    number: int
    _waiting: dict[str, str] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _is_over: bool = False

    def tell(self, event: Event) -> None:
        """Add an event; one of its kind that was not taken yet is dropped."""
        with self._changed:
            self._waiting[event[0]] = event[1]
            self._changed.notify()

    def end(self) -> None:
        """End the events."""
        with self._changed:
            self._is_over = True
            self._changed.notify()

    def events(self, patience: float) -> Iterator[Event]:
        """Yield events as they come; an empty one after `patience` seconds without any."""
        while True:
            with self._changed:
                if not self._waiting and not self._is_over:
                    self._changed.wait(timeout=patience)
                if self._is_over:
                    return
                kind = next(iter(self._waiting), "")
                event = (kind, self._waiting.pop(kind, ""))
            yield event


@final
class News:
    """Looks at stores every few moments while somebody listens, and tells what it sees.

    Parameters
    ----------
    every
        Seconds from one look to the next.
    """

    def __init__(self, watched: Watched, *, every: float) -> None:
        self._watched = watched
        self._every = every
        self._numbers: dict[Path, int] = {}
        self._frames: dict[Path, Frame] = {}
        self._models: dict[int, str] = {}
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._is_open = True
        self._simulations = Simulations(self._simulated)
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def path_of(self, number: Any) -> Path | None:
        """Return the store with a number; None if none has it."""
        with self._lock:
            return next((path for path, one in self._numbers.items() if one == number), None)

    @contextmanager
    def listening(self, number: int, *, most: int) -> Iterator[Listener | None]:
        """Listen while the block runs; None if too many do already."""
        listener = Listener(number=number)
        with self._lock:
            is_full = len(self._listeners) >= most
            if not is_full:
                self._listeners.append(listener)
                if number in self._models:
                    listener.tell(("model", self._models[number]))
        self._wake.set()
        try:
            yield None if is_full else listener
        finally:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

    def close(self) -> None:
        """End all that was begun."""
        self._is_open = False
        self._wake.set()
        with self._lock:
            for listener in self._listeners:
                listener.end()
        self._simulations.close()
        self._thread.join(timeout=10.0)

    def _work(self) -> None:
        while self._is_open:
            with self._lock:
                is_heard = bool(self._listeners)
            if is_heard:
                self._look()
                self._wake.wait(timeout=self._every)
            else:
                self._wake.wait()
            self._wake.clear()

    def _look(self) -> None:
        frames = self._watched.frames()
        with self._lock:
            for frame in frames:
                self._numbers.setdefault(frame.path, len(self._numbers))
            numbered = [(self._numbers[frame.path], frame) for frame in frames]
            listeners = list(self._listeners)
        several = overview(numbered) if len(numbered) > 1 else ""
        fits = {number: parts_of(frame) for number, frame in numbered}
        text = json.dumps({"fits": fits, "overview": several})
        for listener in listeners:
            listener.tell(("frames", text))
        wanted = {listener.number for listener in listeners}
        for number, frame in numbered:
            if number in wanted and frame.n_rounds and frame.error_text != "none":
                self._simulations.want(frame.path, frame.error)

    def _simulated(self, store: Path, text: str) -> None:
        with self._lock:
            number = self._numbers.get(store)
            if number is None:
                return
            told = json.dumps({**json.loads(text), "store": number})
            self._models[number] = told
            listeners = [one for one in self._listeners if one.number == number]
        for listener in listeners:
            listener.tell(("model", told))
