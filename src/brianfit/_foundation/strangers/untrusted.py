"""What is made from the content of a file: whatever is wrong with it is one clear error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import shorten

from brianfit._foundation.errors import BrianfitError, StoreError, UnreadableFileError

_LONGEST = 300  # characters of what another package said


@contextmanager
def made_from(
    what: str, kind: type[StoreError] | type[UnreadableFileError] = StoreError
) -> Iterator[None]:
    """Say of what it was that something cannot be made, whoever found out.

    Parameters
    ----------
    what
        Begins a sentence that names the file or the place in it: "The model in the store".
    kind
        The class of the error.

    Raises
    ------
    StoreError or UnreadableFileError
        In the place of any exception that is not an error of brianfit already.
    """
    try:
        yield
    except BrianfitError:
        raise
    except Exception as problem:
        said = shorten(f"{type(problem).__name__}: {problem}", _LONGEST, placeholder=" ...")
        raise kind(f"{what} cannot be used: {said}") from problem
