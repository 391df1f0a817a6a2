"""A bar that shows error, evaluations per second and time left, and ends a fit on Ctrl-C."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, final

from brianfit._foundation.units import readable
from brianfit.cli.terminal import say_aside

_SECONDS_BETWEEN_LINES = 10.0  # where output is no terminal, every update would be a line


@final
class Progress:
    """A callback of `fit`: it draws the bar, and answers True once the user has pressed Ctrl-C.

    Parameters
    ----------
    n_evaluations
        How many are foreseen.
    is_shown
        Whether there is a bar.
    after_round
        What is done besides after every round, when it is stored.
    """

    def __init__(
        self,
        n_evaluations: int,
        *,
        is_shown: bool,
        after_round: Callable[[], None] | None = None,
    ) -> None:
        from tqdm import tqdm

        self._after_round = after_round
        self.was_interrupted = False
        self._bar = tqdm(
            total=n_evaluations,
            unit="eval",
            disable=not is_shown,
            file=sys.stderr,
            mininterval=0.1 if sys.stderr.isatty() else _SECONDS_BETWEEN_LINES,
            smoothing=0.1,
            dynamic_ncols=True,
        )

    def __call__(  # noqa: PLR0917 - callbacks have this signature
        self,
        params: Any,
        errors: Any,
        best_params: Any,
        best_error: Any,
        index: int,
        additional_info: Any,
    ) -> bool:
        """Show one round more; return whether the fit should end."""
        shown = "nothing scored yet" if best_error is None else f"error {readable(best_error)}"
        self._bar.set_postfix_str(shown, refresh=False)
        self._bar.update(len(errors))
        if self._after_round is not None:
            self._after_round()
        return self.was_interrupted

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Take the first Ctrl-C as "end after this round", a second one as "now"."""
        is_ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        if is_ignored or threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.signal(signal.SIGINT, self._note)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
            self._bar.close()

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.was_interrupted:
            signal.default_int_handler(number, frame)
        self.was_interrupted = True
        say_aside("\nStopping after this round; the result is kept. Ctrl-C again stops at once.")
