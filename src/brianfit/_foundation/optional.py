"""Import an optional package, or say how to install it."""

from __future__ import annotations

import importlib
from types import ModuleType

from brianfit._foundation.errors import MissingPackageError


def import_optional(module: str, *, extra: str, purpose: str) -> ModuleType:
    """Import `module`, needed for `purpose` and installed by the extra `extra`.

    Raises
    ------
    MissingPackageError
        If it is not installed; the message gives the command.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingPackageError(
            f"{purpose} needs the package '{module.partition('.')[0]}', which could not be "
            f"imported ({error}). Install it with: pip install 'brianfit[{extra}]'"
        ) from error
