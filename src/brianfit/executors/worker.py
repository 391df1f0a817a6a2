"""What a worker process does: it evaluates chunks until it is told to stop."""

from __future__ import annotations

import pickle
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from brianfit._foundation.errors import SimulationError
from brianfit._foundation.threads import limited_threads

DONE, FAILED, READY = "done", "failed", "ready"


def serve(connection: Connection, threads: int) -> None:
    """Answer the messages of the process that started this one.

    Parameters
    ----------
    threads
        So many threads a simulation may use here.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one
    shared: Any = None
    with limited_threads(threads):
        while True:
            try:
                message = connection.recv_bytes()
            except (EOFError, OSError):
                return
            if not message:
                return
            try:
                task, shared = _unpacked(message, shared)
                connection.send_bytes(_packed((READY, None, 0.0)))
                answer = (DONE, *_evaluated(task, shared))
            except BaseException as problem:  # noqa: BLE001 - raised again where the fit runs
                answer = (FAILED, problem, 0.0)
            connection.send_bytes(_packed(answer))


def message_of(shared: bytes | None, task: tuple[Any, ...]) -> bytes:
    """Return the message that asks for a task; `shared` is sent along if the worker lacks it."""
    return pickle.dumps((shared, task), protocol=pickle.HIGHEST_PROTOCOL)


def answer_from(message: bytes) -> tuple[str, Any, float]:
    """Return the answer of a worker: its kind, the result or the exception, and seconds."""
    kind, found, seconds = pickle.loads(message)  # noqa: S301 - written by our own worker
    return kind, found, seconds


def _unpacked(message: bytes, before: Any) -> tuple[tuple[Any, ...], Any]:
    shared, task = pickle.loads(message)  # noqa: S301 - written by the process that started this
    if shared is not None:
        before = pickle.loads(shared)  # noqa: S301 - the same
    return task, before


def _evaluated(task: tuple[Any, ...], shared: Any) -> tuple[Any, float]:
    call: Callable[..., Any]
    values: np.ndarray
    call, settings, values, first_sample = task
    started = time.perf_counter()
    found = call(shared, *settings, values, first_sample)
    return found, time.perf_counter() - started


def _packed(answer: tuple[Any, ...]) -> bytes:
    try:
        packed = pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL)
        pickle.loads(packed)  # noqa: S301 - an exception may be packed and yet not unpack
    except Exception:  # noqa: BLE001 - whatever cannot travel is described
        problem = SimulationError(f"A worker failed: {answer[1]!r}")
        packed = pickle.dumps((FAILED, problem, 0.0), protocol=pickle.HIGHEST_PROTOCOL)
    return packed
