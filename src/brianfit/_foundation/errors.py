"""The exceptions of brianfit.

Every error that a user can cause is a `BrianfitError`. Each also derives from the built-in (or
Brian) exception that fits, so that ordinary `except ValueError` code works::

    BrianfitError
    ├── InvalidValueError        (ValueError)    a value that cannot be used
    ├── InvalidTypeError         (TypeError)     an object of the wrong kind, or one missing
    ├── UnknownNameError         (NameError)     a name that the model does not have
    ├── UnitMismatchError        (brian2 DimensionMismatchError)   the wrong unit
    ├── FitStateError            (RuntimeError)  a call that the state of the fit does not allow
    ├── UnsupportedByFusedEngine (NotImplementedError)   the fused engine cannot run this model
    ├── NoDerivativesError       (NotImplementedError)   the engine has no derivatives
    ├── SimulationError          (RuntimeError)  the simulator failed
    ├── UserCodeError            (RuntimeError)  a callback, stop function, optimizer, ... raised
    ├── StoreError               (OSError)       a store that cannot be read, written, gone on with
    ├── UnreadableFileError      (OSError)       a file that is missing, broken, or something else
    └── MissingPackageError      (ImportError)   an optional package is not installed
"""

from __future__ import annotations

from typing import final

from brian2.units.fundamentalunits import DimensionMismatchError


class BrianfitWarning(UserWarning):
    """Base of every warning of brianfit; it is printed as a sentence, without a line of source."""


class BrianfitError(Exception):
    """Base of every error raised by brianfit for something that a user can mend."""


@final
class InvalidValueError(BrianfitError, ValueError):
    """A value that cannot be used: out of range, of the wrong shape, contradictory."""


@final
class InvalidTypeError(BrianfitError, TypeError):
    """An object of the wrong kind, or a required argument that is missing."""


@final
class UnknownNameError(BrianfitError, NameError):
    """A name that the model or the data do not have."""


@final
class UnitMismatchError(BrianfitError, DimensionMismatchError):
    """A quantity in the wrong unit."""

    def __init__(self, message: str) -> None:
        DimensionMismatchError.__init__(self, message)


@final
class FitStateError(BrianfitError, RuntimeError):
    """A call that the present state of the fit does not allow."""


@final
class UnsupportedByFusedEngine(BrianfitError, NotImplementedError):  # noqa: N818 - named in the design
    """The fused engine cannot run this model; the message says why."""


@final
class NoDerivativesError(BrianfitError, NotImplementedError):
    """The engine has no derivatives; those by finite differences can be had with any engine."""


@final
class SimulationError(BrianfitError, RuntimeError):
    """The simulator failed for a reason other than the values of the parameters."""


@final
class UserCodeError(BrianfitError, RuntimeError):
    """A function or part of the user raised; the message names it, the cause is what it raised."""


@final
class UnreadableFileError(BrianfitError, OSError):
    """A file that is missing, broken, too large, or not what it is taken for."""


@final
class StoreError(BrianfitError, OSError):
    """A store that cannot be read or written, or that belongs to another fit."""


@final
class MissingPackageError(BrianfitError, ImportError):
    """An optional package is not installed; the message names the command that installs it."""


@final
class Problems:
    """Collect everything that is wrong with the arguments, then raise once.

    The class of the first problem decides the class of the exception; its message lists all.
    """

    def __init__(self) -> None:
        self._found: list[BrianfitError] = []

    def add(self, problem: BrianfitError) -> None:
        """Note one problem."""
        self._found.append(problem)

    def raise_if_any(self) -> None:
        """Raise one exception that lists every problem noted, if there are any."""
        if not self._found:
            return
        if len(self._found) == 1:
            raise self._found[0]
        lines = "\n".join(f"  {n}. {problem}" for n, problem in enumerate(self._found, start=1))
        kind = type(self._found[0])
        raise kind(f"{len(self._found)} problems were found:\n{lines}")
