"""Files to recordings: one reader per format, and `read`, which finds the right one."""

from brianfit.data.readers._base import (
    MEMORY_LIMIT,
    AbstractReader,
    FileContent,
    ReadingWarning,
    ReadRequest,
    Role,
    Samples,
    Signal,
    Sweep,
)
from brianfit.data.readers._signals import AbstractSource, ArraySource
from brianfit.data.readers.reading import READERS, read

__all__ = [
    "MEMORY_LIMIT",
    "READERS",
    "AbstractReader",
    "AbstractSource",
    "ArraySource",
    "FileContent",
    "ReadRequest",
    "ReadingWarning",
    "Role",
    "Samples",
    "Signal",
    "Sweep",
    "read",
]
