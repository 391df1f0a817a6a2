"""Break off a call that takes too long, in the thread that makes it."""

from __future__ import annotations

import ctypes
import math
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, final


@final
class Overdue(BaseException):
    """The time is up; no ``except Exception`` on the way takes it for an error."""


@contextmanager
def broken_off_after(seconds: float) -> Iterator[None]:
    """Raise `Overdue` in the block once it has taken so many seconds [s]; inf: never.

    Python code and waiting end at once, compiled code when it returns to Python. In the main
    thread of a system with interval timers this is done by a signal, which also ends waiting; in
    other threads the exception comes with the next instruction of Python.

    Raises
    ------
    Overdue
        If the block took longer.
    """
    if math.isinf(seconds):
        yield
        return
    in_main = threading.current_thread() is threading.main_thread()
    breaker = _by_signal if in_main and hasattr(signal, "setitimer") else _by_watcher
    with breaker(max(seconds, 1e-6)):
        yield


@contextmanager
def _by_signal(seconds: float) -> Iterator[None]:
    is_armed = True

    def ring(*_: Any) -> None:
        if is_armed:
            raise Overdue

    handler = signal.signal(signal.SIGALRM, ring)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        is_armed = False
        rest, _ = signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if left:  # somebody else waits for an alarm
            signal.setitimer(signal.ITIMER_REAL, max(left - (seconds - rest), 1e-6), interval)


@contextmanager
def _by_watcher(seconds: float) -> Iterator[None]:
    thread = ctypes.c_ulong(threading.get_ident())
    lock, is_done = threading.Lock(), False

    def ring() -> None:
        with lock:
            if not is_done:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(Overdue))

    watcher = threading.Timer(seconds, ring)
    watcher.daemon = True
    watcher.start()
    try:
        yield
    finally:
        with lock:
            is_done = True
            # Takes back what was raised but has not come yet.
            ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, None)
        watcher.cancel()
