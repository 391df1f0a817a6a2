"""A process that ignores Ctrl-C goes on ignoring it, whatever Brian installs.

Brian's handler of the signal calls the one before it, also where that is "ignore it" and cannot be
called; a process begun by ``nohup`` or in the background would die of it.
"""

from __future__ import annotations

import signal
import threading
from typing import Any


def go_on_ignoring() -> None:
    """Undo that Brian handles an interruption which was ignored before it was imported."""
    handler: Any = signal.getsignal(signal.SIGINT)
    if getattr(handler, "previous_handler", None) is not signal.SIG_IGN:
        return
    handler.previous_handler = lambda *_: None
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
