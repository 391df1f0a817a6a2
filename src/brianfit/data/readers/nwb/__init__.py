"""Neurodata Without Borders: intracellular series with their stimuli, of versions 1 and 2."""

from brianfit.data.readers.nwb.reader import NWBReader

__all__ = ["NWBReader"]
