"""Have the best models of stores simulated, by a process that is started when it is needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, final

_SHARE = 20  # a store is simulated again after this many times as long as it took
_PAUSE = 1.0  # seconds at least
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS")


@final
class Simulations:
    """The best models so far, simulated outside of the fit and outside of this process.

    Parameters
    ----------
    tell
        Called, from another thread, with a store and the text of an answer as JSON.
    """

    def __init__(self, tell: Callable[[Path, str], None]) -> None:
        self._tell = tell
        self._wanted: dict[Path, float] = {}
        self._done: dict[Path, float] = {}
        self._not_before: dict[Path, float] = {}
        self._changed = threading.Condition()
        self._process: subprocess.Popen[str] | None = None
        self._is_open = True
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def want(self, store: Path, error: float) -> None:
        """Ask for the best model of a store, whose error is this one."""
        with self._changed:
            if self._done.get(store) != error:
                self._wanted[store] = error
                self._changed.notify()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        with self._changed:
            self._is_open = False
            self._changed.notify()
            if self._process is not None:
                self._process.kill()
        self._thread.join(timeout=10.0)

    def _work(self) -> None:
        while True:
            with self._changed:
                store = self._next()
                while self._is_open and store is None:
                    self._changed.wait(timeout=_PAUSE)
                    store = self._next()
                if not self._is_open or store is None:
                    break
                error = self._wanted.pop(store)
            started = time.monotonic()
            text = self._simulated(store)
            now = time.monotonic()
            self._not_before[store] = now + max(_PAUSE, _SHARE * (now - started))
            self._done[store] = error
            if self._is_open:
                self._tell(store, text)
        self._end_process()

    def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _next(self) -> Path | None:
        now = time.monotonic()
        ready = [one for one in self._wanted if self._not_before.get(one, 0.0) <= now]
        return ready[0] if ready else None

    def _simulated(self, store: Path) -> str:
        """Return the answer for a store; the process is started anew if it is gone."""
        process = self._started()
        try:
            if process is None or process.stdin is None or process.stdout is None:
                return _sorry()
            process.stdin.write(json.dumps({"store": str(store.absolute())}) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
            json.loads(line)
        except (OSError, ValueError):
            self._end_process()
            return _sorry()
        return line

    def _started(self) -> subprocess.Popen[str] | None:
        with self._changed:
            if not self._is_open:
                return None
            if self._process is not None and self._process.poll() is not None:
                self._end_process()
            if self._process is None:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "brianfit.watching.browser.best_model"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                    env={**os.environ, **dict.fromkeys(_ONE_THREAD, "1")},
                )
            return self._process


def _sorry() -> str:
    answer: dict[str, Any] = {"words": "The best model could not be simulated."}
    return json.dumps(answer)
