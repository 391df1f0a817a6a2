"""A minimiser that calls a function, turned into one that asks and is told."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from queue import SimpleQueue
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float

Function = Callable[[Float[np.ndarray, "n n_parameters"]], Float[np.ndarray, " n"]]


@final
class MinimiserInAThread:
    """Runs `minimise` in a thread of its own that waits whenever it calls its function.

    Parameters
    ----------
    minimise
        Calls the function that it is given with samples, again and again, without end.
    """

    def __init__(self, minimise: Callable[[Function], None]) -> None:
        self._questions: SimpleQueue[np.ndarray | BaseException] = SimpleQueue()
        self._answers: SimpleQueue[np.ndarray | None] = SimpleQueue()
        # The thread knows the queues only, so that this object can be forgotten; then it ends.
        thread = threading.Thread(
            target=_run, args=(minimise, self._questions, self._answers), daemon=True
        )
        weakref.finalize(self, self._answers.put, None)
        thread.start()

    def ask(self) -> Float[np.ndarray, "n n_parameters"]:
        """Return the samples at which the function is called next.

        Raises
        ------
        Exception
            What the minimiser raised, if it ended by that.
        """
        question = self._questions.get()
        if isinstance(question, BaseException):
            raise question
        return question

    def tell(self, errors: Float[np.ndarray, " n"]) -> None:
        """Let the function return `errors`."""
        self._answers.put(errors)


@final
class _ForgottenError(BaseException):
    """Nobody is left to answer."""


def _run(
    minimise: Callable[[Function], None],
    questions: SimpleQueue[np.ndarray | BaseException],
    answers: SimpleQueue[np.ndarray | None],
) -> None:
    def function(samples: np.ndarray) -> np.ndarray:
        questions.put(np.array(samples, dtype=float))
        answer = answers.get()
        if answer is None:
            raise _ForgottenError
        return answer

    try:
        minimise(function)
    except _ForgottenError:
        return
    except BaseException as problem:  # noqa: BLE001 - it is raised again where it can be seen
        questions.put(problem)
