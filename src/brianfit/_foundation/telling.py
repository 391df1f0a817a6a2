"""Tell a user of warnings and errors: the sentence alone, without paths, source or banners."""

from __future__ import annotations

import sys
import warnings
from types import FrameType, TracebackType

from brianfit._foundation.errors import BrianfitError, BrianfitWarning

_PACKAGE = __name__.partition(".")[0]


def warn(text: str, category: type[BrianfitWarning] = BrianfitWarning) -> None:
    """Warn of something that the user should know; filters see it at the user's own line."""
    _print_the_sentence_alone()
    warnings.warn(text, category, stacklevel=_level_of_the_user())  # noqa: TID251 - this is it


def end_plainly_on_our_errors() -> None:
    """Keep Brian's hook for uncaught exceptions from seeing errors of ours; to be called once.

    Brian takes every exception that ends a script for a defect of its own: it asks to report it and
    leaves two files in the temporary folder. An error that says what a user should do is none.
    """
    others = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        if isinstance(error, BrianfitError):
            sys.__excepthook__(kind, error, where)
        else:
            others(kind, error, where)

    sys.excepthook = hook


def _level_of_the_user() -> int:
    """Return the stack level, as `warn` counts it, of the first caller outside of brianfit."""
    level = 1
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _is_ours(frame.f_globals.get("__name__", "")):
        level += 1
        frame = frame.f_back
    return level


def _is_ours(module: str) -> bool:
    return module == _PACKAGE or module.startswith(f"{_PACKAGE}.")


def _print_the_sentence_alone() -> None:
    before = warnings.formatwarning
    if getattr(before, "prints_sentences_of_brianfit", False):
        return

    def formatted(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        line: str | None = None,
    ) -> str:
        if issubclass(category, BrianfitWarning):
            return f"{message}\n"
        return before(message, category, filename, lineno, line)

    formatted.prints_sentences_of_brianfit = True  # type: ignore[attr-defined]
    warnings.formatwarning = formatted
