"""Code that brianfit calls but did not write: what it raises is told with its name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from brianfit._foundation.errors import BrianfitError, UserCodeError


@contextmanager
def belongs_to(whose: str, advice: str = "") -> Iterator[None]:
    """Say whose code it was that raised.

    Errors of brianfit itself pass as they are, with a note; so do Ctrl-C and `SystemExit`.

    Parameters
    ----------
    whose
        Begins a sentence: "The callback 'observe'".
    advice
        What is kept and what to do, in further sentences.

    Raises
    ------
    UserCodeError
        In the place of any other exception, which is its cause.
    """
    try:
        yield
    except BrianfitError as problem:
        problem.add_note(f"{whose} was called then.")
        raise
    except Exception as problem:
        told = f"{whose} raised {type(problem).__name__}: {problem}".rstrip(". ")
        raise UserCodeError(f"{told}. {advice}".rstrip()) from problem


def name_of(part: object) -> str:
    """Return the name by which a user knows a function, a class or an object with a method."""
    name = getattr(part, "__qualname__", None)
    if not isinstance(name, str):
        name = type(part).__qualname__
    return name.rpartition("<locals>.")[2]
