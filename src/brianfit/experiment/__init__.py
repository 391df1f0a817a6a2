"""Which experiment next: stimuli ranked by what they are expected to tell about parameters."""

from brianfit.experiment.design import design
from brianfit.experiment.outcome import Design, RankedStimulus

__all__ = ["Design", "RankedStimulus", "design"]
