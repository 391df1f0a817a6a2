"""Keep Ctrl-C from tearing apart what belongs together."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Put off an interruption by Ctrl-C until the block is done.

    Simulation, the long part of a round, is not put into such a block. Whoever handles the signal
    otherwise (Python, Brian, the user) handles it afterwards. Elsewhere than in the main thread,
    where Python delivers no signals, nothing is changed.
    """
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    came: list[tuple[int, FrameType | None]] = []
    signal.signal(signal.SIGINT, lambda number, frame: came.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if came:
            handler(*came[0])
