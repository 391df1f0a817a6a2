"""How many threads a computation may use, and work shared among them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

PARTS_PER_THREAD = 8
"""The work is cut finer than there are threads, so that a delayed thread does not delay all."""

_LIMIT: ContextVar[int | None] = ContextVar("thread limit", default=None)


def available_threads() -> int:
    """Return how many threads may be used here: all processors, unless there is a limit."""
    limit = _LIMIT.get()
    if limit is not None:
        return limit
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def limited_threads(limit: int) -> Iterator[None]:
    """Let computations of this thread use at most `limit` threads, as workers that share cores."""
    token = _LIMIT.set(limit)
    try:
        yield
    finally:
        _LIMIT.reset(token)


def in_threads(
    run_part: Callable[[int, int], None], blocks: Sequence[int], *, n_threads: int
) -> None:
    """Call ``run_part(first, last)`` on stretches of neighbouring `blocks` until all are done.

    Threads live only as long as this call: nothing is left that a fork could break, and no
    setting of Numba is touched.
    """
    n_threads = min(n_threads, len(blocks))
    n_parts = 1 if n_threads == 1 else n_threads * PARTS_PER_THREAD
    parts = _parts(blocks, max(len(blocks) // n_parts, 1))
    if n_threads <= 1:
        for first, last in parts:
            run_part(first, last)
        return
    lock = threading.Lock()
    problems: list[BaseException] = []

    def work() -> None:
        try:
            while not problems:
                with lock:
                    part = next(parts, None)
                if part is None:
                    return
                run_part(*part)
        except BaseException as problem:  # noqa: BLE001 - raised again in the calling thread
            problems.append(problem)

    others = [threading.Thread(target=work, daemon=True) for _ in range(n_threads - 1)]
    for thread in others:
        thread.start()
    work()
    for thread in others:
        thread.join()
    if problems:
        raise problems[0]


def _parts(blocks: Sequence[int], longest: int) -> Iterator[tuple[int, int]]:
    """Yield (first, last + 1) of stretches of consecutive blocks."""
    first = last = None
    for block in blocks:
        if first is not None and last is not None and block == last and last - first < longest:
            last += 1
            continue
        if first is not None and last is not None:
            yield first, last
        first, last = block, block + 1
    if first is not None and last is not None:
        yield first, last
