"""From raw recordings to what a fit can use; each step returns a new set that remembers it."""

from brianfit.data.preprocessing.corrections import (
    add_holding,
    compensate_series_resistance,
    subtract_junction_potential,
)
from brianfit.data.preprocessing.electrode import compensate_electrode
from brianfit.data.preprocessing.filtering import low_pass
from brianfit.data.preprocessing.spikes import (
    detect_spikes,
    spike_level,
    until_first_spike,
    upward_crossings,
    with_spikes,
)
from brianfit.data.preprocessing.stimulation import with_stimulus
from brianfit.data.preprocessing.timing import cut, resample

__all__ = [
    "add_holding",
    "compensate_electrode",
    "compensate_series_resistance",
    "cut",
    "detect_spikes",
    "low_pass",
    "resample",
    "spike_level",
    "subtract_junction_potential",
    "until_first_spike",
    "upward_crossings",
    "with_spikes",
    "with_stimulus",
]
