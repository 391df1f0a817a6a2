"""Import a package that may be missing, or say how to install it."""

from __future__ import annotations

import importlib
from types import ModuleType

from brianfit._foundation.errors import MissingPackageError


def import_optional(module: str, *, purpose: str, extra: str | None = None) -> ModuleType:
    """Import `module`, needed for `purpose` and installed by the extra `extra`.

    Without an extra it is one that comes with brianfit, but is slow to import, or was removed.

    Raises
    ------
    MissingPackageError
        If it is not installed; the message gives the command.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        wanted = package if extra is None else f"'brianfit[{extra}]'"
        raise MissingPackageError(
            f"{purpose} needs the package '{package}', which could not be imported ({error}). "
            f"Install it with: pip install {wanted}"
        ) from error
