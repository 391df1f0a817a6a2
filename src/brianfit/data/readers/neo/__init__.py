"""Files that neo reads."""

from brianfit.data.readers.neo.reader import NeoReader

__all__ = ["NeoReader"]
