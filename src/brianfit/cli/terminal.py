"""What commands share: options, exit codes, and how they speak to people and to machines."""

from __future__ import annotations

import functools
import json
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from brianfit._foundation.strangers.escaping import in_terminal

BAD_INPUT = 2
"""Exit code where the user can mend something; the message says what."""
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells use it."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the result only.")]
AllowOutside = Annotated[
    bool,
    typer.Option(
        "--allow-outside",
        help="Let the problem file name files outside of its folder; only if you trust it.",
    ),
]


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with errors of the user as one message and exit code 2.

    What is not the user's to mend passes, with its traceback.
    """

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            with _warnings_as_lines():
                command(*args, **kwargs)
        except KeyboardInterrupt:
            say_aside("Interrupted.")
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            if not _is_of_the_user(error):
                sys.excepthook = sys.__excepthook__  # Brian's would ask to report it to Brian
                raise
            say_aside(f"Error: {error}")
            raise typer.Exit(BAD_INPUT) from None

    return run


def say(text: str) -> None:
    """Print a line of the result."""
    typer.echo(in_terminal(text))


def say_aside(text: str) -> None:
    """Print a line that is not the result, where it does not mix with it."""
    typer.echo(in_terminal(text), err=True)


def say_json(value: Mapping[str, Any]) -> None:
    """Print a result for machines; what is not finite becomes null, as JSON has no word for it."""
    typer.echo(json.dumps(_plain(value), indent=2, allow_nan=False))


def write_text(path: Path, text: str) -> None:
    """Write a file of text whole or not at all.

    Raises
    ------
    UnreadableFileError
        If it cannot be written.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        from brianfit._foundation.errors import UnreadableFileError

        raise UnreadableFileError(f"{path} cannot be written: {error.strerror}.") from error


@contextmanager
def _warnings_as_lines() -> Iterator[None]:
    """Show every warning once, as a line, when it comes."""
    told: set[str] = set()

    def tell(message: Warning | str, *_: Any, **__: Any) -> None:
        text = str(message)
        if text not in told:
            told.add(text)
            say_aside(f"Warning: {text}")

    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        warnings.showwarning = tell
        yield


def _is_of_the_user(error: Exception) -> bool:
    """Return whether an error is one that a user can mend; Brian is not imported to find out."""
    errors = sys.modules.get("brianfit._foundation.errors")
    return errors is not None and isinstance(error, errors.BrianfitError)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, float) and value - value != 0:
        return None
    return value
