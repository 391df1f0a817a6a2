"""Errors of ours end a script as plain errors, without the banner of Brian 2.

Brian takes every exception that ends a script for a defect of its own: it asks to report it and
leaves two files in the temporary folder. An error that says what a user should do is none.
"""

from __future__ import annotations

import sys
from types import TracebackType

from brianfit._foundation.errors import BrianfitError


def end_plainly_on_our_errors() -> None:
    """Keep Brian's hook for uncaught exceptions from seeing errors of ours; to be called once."""
    others = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        if isinstance(error, BrianfitError):
            sys.__excepthook__(kind, error, where)
        else:
            others(kind, error, where)

    sys.excepthook = hook
