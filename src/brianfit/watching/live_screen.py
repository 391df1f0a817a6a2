"""The screen that is kept up to date, and the keys that it hears."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import final

from rich.console import Console, Group
from rich.live import Live

from brianfit._foundation.store_file.requests import Request
from brianfit.watching.control import ask_each, words_of
from brianfit.watching.frame import Frame
from brianfit.watching.screen import Look, screen
from brianfit.watching.watched import Watched

_KEYS = "q quit  tab next  t time  s stop  + 10 more rounds  m 10 min more"
_MORE = {"+": Request(rounds=10), "m": Request(seconds=600.0)}
_SMALLEST = 20, 5  # columns and lines


def is_plain(console: Console) -> bool:
    """Return whether a terminal shows ASCII only."""
    return not (console.encoding or "").lower().startswith("utf")


def once(watched: Watched, console: Console, *, by_time: bool) -> None:
    """Print one frame."""
    frames = watched.frames()
    look = Look(
        width=max(_SMALLEST[0], console.width),
        height=max(_SMALLEST[1], console.height - 1),  # the prompt comes below it
        by_time=by_time,
        is_plain=is_plain(console),
    )
    for line in screen(frames, look):
        console.print(line, no_wrap=True, overflow="crop", crop=True)


@final
class LiveScreen:
    """Shows stores until the user has seen enough.

    Parameters
    ----------
    every
        Seconds from one look to the next.
    """

    def __init__(self, watched: Watched, console: Console, *, every: float, by_time: bool) -> None:
        self._watched = watched
        self._console = console
        self._every = every
        self._by_time = by_time
        self._selected = 0
        self._armed = False
        self._said = ""
        self._frames: list[Frame] = []

    def run(self) -> None:
        """Show and hear, until q or Ctrl-C."""
        shown = Live(console=self._console, screen=True, auto_refresh=False)
        with suppress(KeyboardInterrupt), _keys_at_once(), shown:
            while self._look(shown):
                pass

    def _look(self, shown: Live) -> bool:
        """Show one frame and hear keys until the next is due; return whether to go on."""
        self._frames = self._watched.frames()
        shown.update(self._drawn(), refresh=True)
        key = _key(self._every)
        while key:
            if not self.heard(key):
                return False
            shown.update(self._drawn(), refresh=True)
            key = _key(0.0)
        return True

    def heard(self, key: str) -> bool:
        """Do what a key says; return whether to go on."""
        was_armed, self._armed = self._armed, False
        if key in {"q", "\x04"}:
            return False
        if key == "\t" and self._frames:
            self._selected = (self._selected + 1) % len(self._frames)
            self._said = ""
        elif key == "t":
            self._by_time = not self._by_time
        elif key == "s" and not was_armed:
            self._armed, self._said = True, "s again: stop this fit after its round; all is kept"
        elif key == "s":
            self._ask(Request(stop=True))
        elif key in _MORE:
            self._ask(_MORE[key])
        return True

    def _ask(self, request: Request) -> None:
        if not self._frames:
            return
        frame = self._frames[min(self._selected, len(self._frames) - 1)]
        problem = ask_each([frame.path], request)[frame.path]
        self._said = f"{frame.name}: {problem or words_of(request)}"

    def _drawn(self) -> Group:
        width, height = self._console.size
        look = Look(
            width=max(_SMALLEST[0], width),
            height=max(_SMALLEST[1], height),
            selected=min(self._selected, max(0, len(self._frames) - 1)),
            by_time=self._by_time,
            is_plain=is_plain(self._console),
            footer=self._said or _KEYS,
        )
        return Group(*screen(self._frames, look))


@contextmanager
def _keys_at_once() -> Iterator[None]:
    """Hand over keys when they are pressed, not at the end of a line; where that can be done."""
    try:
        import termios
        import tty

        number = sys.stdin.fileno()
        before = termios.tcgetattr(number)
    except (ImportError, OSError, ValueError):
        yield
        return
    try:
        tty.setcbreak(number)
        yield
    finally:
        termios.tcsetattr(number, termios.TCSADRAIN, before)


def _key(seconds: float) -> str:
    """Return the key that is pressed within some seconds; empty if none is."""
    try:
        ready, _, _ = select.select([sys.stdin], [], [], seconds)
    except (OSError, ValueError):
        ready = []
        select.select([], [], [], seconds)
    if not ready:
        return ""
    key = os.read(sys.stdin.fileno(), 1).decode("latin-1")
    return key or "q"  # nobody types any more
