"""What was measured: stimuli, traces and spike times, sweep by sweep."""

from brianfit.data.examples import example_recording
from brianfit.data.on_grid import on_simulation_grid, padded, without_gaps
from brianfit.data.preprocessing import detect_spikes, until_first_spike
from brianfit.data.recordings import Recording, RecordingSet
from brianfit.data.repeats import equal_stimuli, merge_repeats

__all__ = [
    "Recording",
    "RecordingSet",
    "detect_spikes",
    "equal_stimuli",
    "example_recording",
    "merge_repeats",
    "on_simulation_grid",
    "padded",
    "until_first_spike",
    "without_gaps",
]
