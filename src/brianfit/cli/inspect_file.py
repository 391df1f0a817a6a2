"""`brianfit inspect`: what a file of recordings holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brianfit.cli.terminal import AsJson, say, say_json
from brianfit.cli.written_files import Force, check_outputs

if TYPE_CHECKING:
    from brianfit.data import RecordingSet

Unit = Annotated[
    list[str] | None,
    typer.Option("--unit", metavar="CHANNEL=UNIT", help="Unit of a channel, if the file has none."),
]
Stimulus = Annotated[
    list[Path] | None,
    typer.Option("--stimulus", metavar="FILE", help="File of the stimulus; may be repeated."),
]
Step = Annotated[
    str | None, typer.Option("--dt", metavar="TIME", help='Sampling step, such as "0.1 ms".')
]
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Recordings.")]


def inspect(
    files: Files,
    *,
    unit: Unit = None,
    dt: Step = None,
    stimulus: Stimulus = None,
    plot: Annotated[Path | None, typer.Option(help="Draw all sweeps into this picture.")] = None,
    force: Force = False,
    json: AsJson = False,
) -> None:
    """Show the sweeps, units and sampling step of recordings."""
    if plot is not None:
        check_outputs({"picture": plot}, (*files, *(stimulus or ())), force=force)
    recordings = read_files(files, unit, dt, stimulus)
    if json:
        say_json(described(recordings))
    else:
        say(str(recordings))
        for key, value in recordings.metadata.items():
            say(f"{key}: {value}")
        for step in recordings.history:
            say(f"- {step}")
    if plot is not None:
        _draw(recordings, plot)


def read_files(
    files: list[Path],
    units: list[str] | None = None,
    dt: str | None = None,
    stimulus: list[Path] | None = None,
) -> RecordingSet:
    """Read recordings as they are named on the command line.

    Raises
    ------
    BrianfitError
        If they cannot be read.
    """
    from brianfit._foundation.unit_text import quantity_from_text, unit_from_text
    from brianfit.data import read

    given = {channel: unit_from_text(text) for channel, text in units_of(units).items()}
    step = None if dt is None else quantity_from_text(dt)
    return read(files, units=given, dt=step, stimulus=stimulus or None)


def units_of(pairs: list[str] | None) -> dict[str, str]:
    """Return ``{channel: unit}`` from what was typed.

    Raises
    ------
    InvalidValueError
        If a pair is none.
    """
    from brianfit._foundation.errors import InvalidValueError

    found = {}
    for pair in pairs or ():
        channel, sign, text = pair.rpartition("=")
        if not sign or not channel:
            raise InvalidValueError(f"--unit must be like 'IN 0=mV', but is {pair!r}.")
        found[channel] = text
    return found


def described(recordings: RecordingSet) -> dict[str, Any]:
    """Return what is known of recordings, for machines; SI numbers."""
    from brianfit._foundation.units import unit_name

    return {
        "units": {name: unit_name(dim) for name, dim in recordings.dimensions.items()},
        "inputs": list(recordings.input_names),
        "traces": list(recordings.trace_names),
        "sweeps": [
            {
                "label": sweep.label,
                "dt": sweep.dt,
                "duration": sweep.duration,
                "values": {
                    name: row.size for name, row in {**sweep.inputs, **sweep.traces}.items()
                },
                "spikes": [train.size for train in sweep.spike_trains],
            }
            for sweep in recordings
        ],
        "metadata": dict(recordings.metadata),
        "history": list(recordings.history),
    }


def _draw(recordings: RecordingSet, path: Path) -> None:
    from brianfit._foundation.errors import InvalidValueError
    from brianfit.plots import plot_overlay

    figure = plot_overlay(recordings)[0, 0].figure
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise InvalidValueError(f"{path} cannot be written: {error}") from error
