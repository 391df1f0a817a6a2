"""Write a commented problem file that suits a recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, final

import numpy as np
from brian2 import second

from brianfit import library
from brianfit._foundation.errors import BrianfitError
from brianfit._foundation.strangers.escaping import in_comment, in_toml
from brianfit._foundation.units import readable, unit_name
from brianfit.cli.reading_options import ReadingOptions
from brianfit.data import (
    RecordingSet,
    around_step,
    estimate_cell,
    is_made_of_steps,
    spike_level,
    step_times,
    usual_simulation_step,
    with_spikes,
)
from brianfit.fitting import parameters_near
from brianfit.library import NeuronModel
from brianfit.model import Parameter

MODEL, MODEL_OF_STEPS = "adex", "adex_gm"
"""What is fitted unless told; the second one to voltage and spikes under steps of current."""

_STEPS_OF_A_FIT = 1e11  # neuron-steps that the foreseen rounds take at most: about half an hour


def problem_text(
    recordings: RecordingSet,
    *,
    recording_files: Sequence[Path],
    target: Path,
    model: str | None = None,
    options: ReadingOptions | None = None,
) -> str:
    """Return the text of a problem file for a recording.

    Where the stimulus is made of steps, voltage and spikes are compared by the response to the
    step: the voltage before and between spikes, rate, latency and rhythm. Where it fluctuates,
    spikes are fitted by their times.

    Parameters
    ----------
    recordings
        As they were read from `recording_files`.
    target
        Where the text will stand; files are named relative to its folder.
    model
        Name of a model of the library; None: one that suits the recording.
    options
        What the reader was told besides the files.
    """
    level = None
    if recordings.trace_names and unit_name(_first_dimension(recordings)) == "V":
        level = spike_level(recordings, recordings.trace_names[0])
    template = files("brianfit.cli.problem_file").joinpath("problem.template").read_text("utf-8")
    trace = recordings.trace_names[0] if recordings.trace_names else "v"
    step = _step_of(recordings)
    outputs = [trace] if level is None else [trace, "spikes"]
    if level is not None and step is None:
        outputs = ["spikes"]
    fires_on_steps = level is not None and step is not None
    chosen = model or (MODEL_OF_STEPS if fires_on_steps else MODEL)
    held_out = _held_out(recordings, trace, level)
    dt = usual_simulation_step(recordings)
    kept = [k for k in range(len(recordings)) if k not in held_out]
    bounds = _bounds(recordings[kept], library.get(chosen)) if outputs != ["spikes"] else {}
    values = {
        "recording": in_comment(", ".join(path.name for path in recording_files)),
        "name": in_comment(target.name),
        "stem": in_toml(target.stem)[1:-1],
        "files": ", ".join(in_toml(_relative(path, target)) for path in recording_files),
        "table": "\n#   ".join(in_comment(line) for line in str(recordings).splitlines()),
        "recording_lines": _option_lines(options or ReadingOptions(), target)
        + _stimulus_lines(recordings),
        "cut_line": _cut_line(recordings, step if fires_on_steps else None),
        "preprocess_lines": _preprocess_lines(level),
        "model_entry": f"{in_toml(chosen):<26}",
        "bounds_line": _bounds_line(bounds),
        "parameter_lines": _parameter_lines(
            library.get(chosen), bounds, only_spikes=outputs == ["spikes"]
        ),
        "outputs": ", ".join(in_toml(name) for name in outputs),
        "dt_entry": f"{in_toml(f'{1000 * dt:.6g} ms'):<28}",
        "rounds_entry": str(_rounds(recordings, dt)),
        "metric_lines": _metric_lines(outputs, level, step if fires_on_steps else None),
        "held_out": ", ".join(str(number) for number in held_out),
    }
    return Template(template).substitute(values)


@final
@dataclass(frozen=True, kw_only=True)
class _Step:
    """A step of current, and what is kept around it [s]."""

    start: float
    stop: float
    begin: float
    end: float


def _step_of(recordings: RecordingSet) -> _Step | None:
    """Return the step of current; None if the stimulus is none."""
    if not recordings.input_names or not is_made_of_steps(recordings):
        return None
    try:
        start, stop = (float(time / second) for time in step_times(recordings))
        begin, end = (float(time / second) for time in around_step(recordings))
    except BrianfitError:
        return None
    duration = float(recordings.durations.min())
    if begin <= 0.05 * duration and end >= 0.95 * duration:
        begin, end = 0.0, duration
    return _Step(start=start, stop=stop, begin=begin, end=end)


def _bounds(recordings: RecordingSet, model: NeuronModel) -> dict[str, Any]:
    """Return bounds around what is recorded; none if it says nothing."""
    try:
        return parameters_near(model, estimate_cell(recordings))
    except BrianfitError:
        return {}


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


def _option_lines(options: ReadingOptions, target: Path) -> str:
    lines = []
    if options.units:
        pairs = (f"{in_toml(name)} = {in_toml(unit)}" for name, unit in options.units.items())
        lines.append(f"units = {{ {', '.join(pairs)} }}\n")
    if options.dt is not None:
        lines.append(f"dt = {in_toml(options.dt)}\n")
    if options.sweeps is not None:
        lines.append(f"sweeps = {list(options.sweeps)}\n")
    for key, named in (("outputs", options.outputs), ("inputs", options.inputs)):
        if named:
            pairs = (f"{name} = {in_toml(channel)}" for name, channel in named.items())
            lines.append(f"{key} = {{ {', '.join(pairs)} }}\n")
    texts = {
        "electrode": options.electrode, "clamp": options.clamp, "memory": options.memory,
    }  # fmt: skip
    lines += [f"{key} = {in_toml(text)}\n" for key, text in texts.items() if text is not None]
    if options.stimulus:
        files_ = ", ".join(in_toml(_relative(path, target)) for path in options.stimulus)
        lines.append(f"stimulus = {{ files = [{files_}] }}\n")
    return "".join(lines)


def _stimulus_lines(recordings: RecordingSet) -> str:
    if recordings.input_names:
        return ""
    return (
        "# The file has no stimulus. Say what it was, such as\n"
        '# stimulus = { kind = "steps", amplitudes = ["100 pA"], start = "100 ms", '
        'stop = "600 ms" }\n'
    )


def _cut_line(recordings: RecordingSet, step: _Step | None) -> str:
    duration = float(recordings.durations.min())
    if step is None or (step.begin == 0.0 and step.end == duration):
        return f'# cut = ["0 ms", {_time(duration)}]'
    return (
        f"{f'cut = [{_time(step.begin)}, {_time(step.end)}]':<33} # the step; times count from here"
    )


def _time(seconds: float) -> str:
    return in_toml(f"{1000 * seconds:.6g} ms")


def _preprocess_lines(level: Any) -> str:
    if level is None:
        return '# spikes = "-10 mV"              # upward crossings of this level; none were seen'
    return f"{f'spikes = {in_toml(readable(level))}':<33} # upward crossings of this level"


def _bounds_line(bounds: Mapping[str, Any]) -> str:
    if not bounds:
        return '# bounds = "recorded"             # around what a voltage says about its cell'
    return 'bounds = "recorded"               # around what the recording says about its cell'


def _parameter_lines(
    model: NeuronModel, bounds: Mapping[str, Parameter], *, only_spikes: bool
) -> str:
    lines = []
    for name, how in {**model.parameters_for(only_spikes=only_spikes), **bounds}.items():
        if how.fixed is not None:
            lines.append(f"# {name} = {in_toml(readable(how.fixed))}")
        else:
            low, high = in_toml(readable(how.low)), in_toml(readable(how.high))
            lines.append(f"# {name} = [{low}, {high}]")
    return "\n".join(lines)


def _metric_lines(outputs: Sequence[str], level: Any, step: _Step | None) -> str:
    lines = []
    for output in outputs:
        lines.append(f"[metric.{_key(output)}]")
        if output != "spikes" and step is None:
            lines.append('kind = "mse"')
        elif output != "spikes" and step is not None:
            lines += [
                'kind = "step_response"            # voltage around spikes, rate, latency',
                f"threshold = {in_toml(readable(level))}",
                f"{f'start = {_time(step.start - step.begin)}':<33} # of the step",
                f"stop = {_time(step.stop - step.begin)}",
            ]
        elif step is not None:
            lines.append('kind = "firing_pattern"           # count, latency and rhythm')
            lines.append(f"t_start = {_time(step.start - step.begin)}")
        else:
            lines.append('kind = "gamma"                    # coincidences of spikes')
            lines.append('delta = "4 ms"')
        lines.append("")
    return "\n".join(lines)


def _rounds(recordings: RecordingSet, dt: float) -> int:
    per_round = 30 * float(recordings.durations.sum()) / dt
    return int(np.clip(_STEPS_OF_A_FIT / per_round, 30, 200))


def _held_out(recordings: RecordingSet, trace: str, level: Any) -> list[int]:
    """Return every second sweep; of those with spikes if there are any.

    The first and the last are kept, since what lies between fitted stimuli can be predicted.
    """
    numbers = list(range(len(recordings)))
    if level is not None:
        spikes = with_spikes(recordings, level, trace=trace)
        firing = [k for k, sweep in enumerate(spikes) if sweep.spike_trains[0].size]
        numbers = firing if len(firing) >= 3 else numbers
    return numbers[1:-1:2]
