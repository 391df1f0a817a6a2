"""What was measured: stimuli, traces and spike times, sweep by sweep."""

from brianfit.data.on_grid import on_simulation_grid, padded, without_gaps
from brianfit.data.recordings import Recording, RecordingSet

__all__ = ["Recording", "RecordingSet", "on_simulation_grid", "padded", "without_gaps"]
