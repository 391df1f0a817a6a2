"""Write a commented problem file that suits a recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, final

import numpy as np

from brianfit import library
from brianfit._foundation.escaping import in_comment, in_toml
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import readable, unit_name
from brianfit.data import RecordingSet, spike_level, with_spikes
from brianfit.library import NeuronModel

_LONGEST_STEP = 1e-4  # [s] of the simulation; integrate-and-fire models need no shorter one
_STEPS_OF_A_FIT = 1e11  # neuron-steps that the foreseen rounds take at most: about half an hour


@final
@dataclass(frozen=True, kw_only=True)
class FileOptions:
    """What a reader was told besides the files, as it was typed."""

    units: Mapping[str, str] = field(default_factory=dict)
    dt: str | None = None
    stimulus: Sequence[Path] = ()


def problem_text(
    recordings: RecordingSet,
    *,
    recording_files: Sequence[Path],
    target: Path,
    model: str,
    options: FileOptions | None = None,
) -> str:
    """Return the text of a problem file for a recording.

    Spikes, if there are any, are fitted by their pattern where the stimulus is made of steps, and
    by their times where it fluctuates; the voltage is fitted up to the first spike.

    Parameters
    ----------
    recordings
        As they were read from `recording_files`.
    target
        Where the text will stand; files are named relative to its folder.
    model
        Name of a model of the library.
    options
        What the reader was told besides the files.
    """
    level = None
    if recordings.trace_names and unit_name(_first_dimension(recordings)) == "V":
        level = spike_level(recordings, recordings.trace_names[0])
    template = files("brianfit.cli.problem_file").joinpath("problem.template").read_text("utf-8")
    trace = recordings.trace_names[0] if recordings.trace_names else "v"
    outputs = [trace] if level is None else [trace, "spikes"]
    has_steps = _is_made_of_steps(recordings)
    if level is not None and not has_steps:
        outputs = ["spikes"]
    left_out = _left_out(recordings, trace, level)
    dt = _simulation_step(recordings)
    values = {
        "recording": in_comment(", ".join(path.name for path in recording_files)),
        "name": in_comment(target.name),
        "stem": in_toml(target.stem)[1:-1],
        "files": ", ".join(in_toml(_relative(path, target)) for path in recording_files),
        "table": "\n#   ".join(in_comment(line) for line in str(recordings).splitlines()),
        "recording_lines": _option_lines(options or FileOptions(), target)
        + _stimulus_lines(recordings),
        "duration": f"{1000 * float(recordings.durations.min()):.6g} ms",
        "preprocess_lines": _preprocess_lines(level, outputs),
        "model_entry": f"{in_toml(model):<26}",
        "parameter_lines": _parameter_lines(library.get(model), only_spikes=outputs == ["spikes"]),
        "outputs": ", ".join(in_toml(name) for name in outputs),
        "dt_entry": f"{in_toml(f'{1000 * dt:.6g} ms'):<28}",
        "rounds_entry": str(_rounds(recordings, dt)),
        "metric_lines": _metric_lines(recordings, outputs, has_steps=has_steps),
        "left_out": ", ".join(str(number) for number in left_out),
    }
    return Template(template).substitute(values)


def _first_dimension(recordings: RecordingSet) -> Any:
    return recordings.dimensions[recordings.trace_names[0]]


def _relative(path: Path, target: Path) -> str:
    folder = target.resolve().parent
    resolved = path.resolve()
    if resolved.is_relative_to(folder):
        return resolved.relative_to(folder).as_posix()
    return resolved.as_posix()


def _key(name: str) -> str:
    """Return a name as a key of TOML; quotes only where they are needed."""
    is_bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if is_bare else in_toml(name)


def _option_lines(options: FileOptions, target: Path) -> str:
    lines = []
    if options.units:
        pairs = (f"{in_toml(name)} = {in_toml(unit)}" for name, unit in options.units.items())
        lines.append(f"units = {{ {', '.join(pairs)} }}\n")
    if options.dt is not None:
        lines.append(f"dt = {in_toml(options.dt)}\n")
    if options.stimulus:
        files_ = ", ".join(in_toml(_relative(path, target)) for path in options.stimulus)
        lines.append(f"stimulus = {{ files = [{files_}] }}\n")
    return "".join(lines)


def _stimulus_lines(recordings: RecordingSet) -> str:
    if recordings.input_names:
        return ""
    return (
        "# The file has no stimulus. Say what it was:\n"
        'stimulus = { kind = "steps", amplitudes = ["100 pA"], start = "100 ms", '
        'stop = "600 ms" }\n'
    )


def _preprocess_lines(level: Any, outputs: Sequence[str]) -> str:
    if level is None:
        return '# spikes = "-10 mV"              # upward crossings of this level; none were seen'
    lines = [f"{f'spikes = {in_toml(readable(level))}':<33} # upward crossings of this level"]
    if len(outputs) > 1:
        lines.append("until_first_spike = true          # later spikes of long steps do not repeat")
    return "\n".join(lines)


def _parameter_lines(model: NeuronModel, *, only_spikes: bool) -> str:
    lines = []
    for name, how in model.parameters_for(only_spikes=only_spikes).items():
        if how.fixed is not None:
            lines.append(f"# {name} = {in_toml(readable(how.fixed))}")
        else:
            bounds = f"{in_toml(readable(how.low))}, {in_toml(readable(how.high))}"
            lines.append(f"# {name} = [{bounds}]")
    return "\n".join(lines)


def _metric_lines(recordings: RecordingSet, outputs: Sequence[str], *, has_steps: bool) -> str:
    lines = []
    onset = f"{1000 * _onset(recordings):.6g} ms"
    for output in outputs:
        lines.append(f"[metric.{_key(output)}]")
        if output != "spikes":
            lines.append('kind = "mse"')
            if len(outputs) > 1:
                lines.append('normalization = "5 mV"            # a large difference counts 1')
        elif has_steps:
            lines.append('kind = "firing_pattern"           # count, latency and rhythm')
            lines.append(f"{f't_start = {in_toml(onset)}':<33} # when the stimulus begins")
        else:
            lines.append('kind = "gamma"                    # coincidences of spikes')
            lines.append('delta = "4 ms"')
        lines.append("")
    return "\n".join(lines)


def _simulation_step(recordings: RecordingSet) -> float:
    """Return the longest step up to 0.1 ms that is a multiple or a whole part of the recorded."""
    recorded = max(recording.dt for recording in recordings)
    if recorded >= _LONGEST_STEP:
        return recorded / int(np.ceil(recorded / _LONGEST_STEP - 1e-9))
    return recorded * int(np.floor(_LONGEST_STEP / recorded + 1e-9))


def _rounds(recordings: RecordingSet, dt: float) -> int:
    per_round = 30 * float(recordings.durations.sum()) / dt
    return int(np.clip(_STEPS_OF_A_FIT / per_round, 30, 150))


def _left_out(recordings: RecordingSet, trace: str, level: Any) -> list[int]:
    """Return every second or third sweep; of those with spikes if there are any.

    The first and the last are kept, since what lies between fitted stimuli can be predicted.
    """
    numbers = list(range(len(recordings)))
    if level is not None:
        spikes = with_spikes(recordings, level, trace=trace)
        firing = [k for k, sweep in enumerate(spikes) if sweep.spike_trains[0].size]
        numbers = firing if len(firing) >= 3 else numbers
    return numbers[1:-1:3] if len(numbers) > 8 else numbers[1:-1:2]


def _onset(recordings: RecordingSet) -> float:
    """Return when the stimuli of the sweeps begin to differ, or else first change [s]."""
    dt = min(recording.dt for recording in recordings)
    times = np.arange(int(float(recordings.durations.min()) / dt)) * dt
    rows = [
        _smoothed(np.interp(times, np.arange(values.size) * recording.dt, values), dt)
        for recording in recordings
        for values in list(recording.inputs.values())[:1]
    ]
    if not rows:
        return 0.0
    spread = np.ptp(np.array(rows), axis=0)
    course = spread if np.ptp(spread) > 0.1 * np.ptp(rows) else np.abs(rows[0] - rows[0][0])
    moved = np.flatnonzero(course - course[0] > 0.5 * np.ptp(course))  # smooth steps are half up
    return float(moved[0]) * dt if moved.size and np.ptp(course) > 0 else 0.0


def _is_made_of_steps(recordings: RecordingSet) -> bool:
    """Return whether the stimulus is constant most of the time, but for noise of the amplifier."""
    for recording in recordings:
        for values in recording.inputs.values():
            span = float(np.ptp(values))
            if span == 0:
                continue
            smooth = _smoothed(values, recording.dt)
            moving = np.abs(np.gradient(smooth)) * (0.005 / recording.dt) > 0.25 * span
            if np.mean(moving) > 0.05:
                return False
    return True


def _smoothed(values: Float[np.ndarray, " _"], dt: float) -> Float[np.ndarray, " _"]:
    """Return means over about 2 ms, as much before a value as after it."""
    half = min(round(0.001 / dt), values.size // 4)
    width = 2 * half + 1
    padded = np.pad(values, half, mode="edge")
    return np.convolve(padded, np.full(width, 1 / width), mode="valid")
