"""Files to recordings: one reader per format, and `read`, which finds the right one."""

from brianfit.data.readers._base import (
    MEMORY_LIMIT,
    AbstractReader,
    FileContent,
    ReadRequest,
    Role,
    Signal,
    Sweep,
)
from brianfit.data.readers.reading import READERS, read

__all__ = [
    "MEMORY_LIMIT",
    "READERS",
    "AbstractReader",
    "FileContent",
    "ReadRequest",
    "Role",
    "Signal",
    "Sweep",
    "read",
]
