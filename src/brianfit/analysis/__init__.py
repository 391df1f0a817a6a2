"""What a result is worth: reliability of the recording, held-out scores, identifiability."""

from brianfit.analysis.reliability import Reliability, reliability

__all__ = ["Reliability", "reliability"]
