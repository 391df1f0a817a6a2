"""What was measured: stimuli, traces and spike times, sweep by sweep."""

from brianfit.data.between_spikes import between_spikes
from brianfit.data.cell import CellEstimate, estimate_cell
from brianfit.data.examples import example_recording
from brianfit.data.fluctuating_stimuli import OrnsteinUhlenbeck, Sine
from brianfit.data.input_noise import with_input_noise
from brianfit.data.membrane import MembraneEstimate, estimate_membrane
from brianfit.data.on_grid import on_simulation_grid, padded, without_gaps
from brianfit.data.plausibility import PlausibilityWarning
from brianfit.data.preprocessing import (
    add_holding,
    compensate_electrode,
    compensate_series_resistance,
    cut,
    detect_spikes,
    low_pass,
    resample,
    spike_level,
    subtract_junction_potential,
    until_first_spike,
    with_spikes,
    with_stimulus,
)
from brianfit.data.readers import READERS, read
from brianfit.data.recordings import Recording, RecordingSet
from brianfit.data.repeats import equal_stimuli, merge_repeats
from brianfit.data.simulation_step import usual_simulation_step
from brianfit.data.spike_rate import with_spike_rate
from brianfit.data.splitting import folds, split
from brianfit.data.step_times import around_step, is_made_of_steps, step_times
from brianfit.data.stimuli import AbstractStimulus, Ramp, Steps

__all__ = [
    "READERS",
    "AbstractStimulus",
    "CellEstimate",
    "MembraneEstimate",
    "OrnsteinUhlenbeck",
    "PlausibilityWarning",
    "Ramp",
    "Recording",
    "RecordingSet",
    "Sine",
    "Steps",
    "add_holding",
    "around_step",
    "between_spikes",
    "compensate_electrode",
    "compensate_series_resistance",
    "cut",
    "detect_spikes",
    "equal_stimuli",
    "estimate_cell",
    "estimate_membrane",
    "example_recording",
    "folds",
    "is_made_of_steps",
    "low_pass",
    "merge_repeats",
    "on_simulation_grid",
    "padded",
    "read",
    "resample",
    "spike_level",
    "split",
    "step_times",
    "subtract_junction_potential",
    "until_first_spike",
    "usual_simulation_step",
    "with_input_noise",
    "with_spike_rate",
    "with_spikes",
    "with_stimulus",
    "without_gaps",
]
