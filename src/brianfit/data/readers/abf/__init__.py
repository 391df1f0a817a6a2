"""Axon binary files of versions 1 and 2, with the stimulus that their protocol describes."""

from brianfit.data.readers.abf.reader import AxonReader

__all__ = ["AxonReader"]
