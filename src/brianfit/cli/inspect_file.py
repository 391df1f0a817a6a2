"""`brianfit inspect`: what a file of recordings holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brianfit.cli.reading_options import (
    Clamp,
    Electrode,
    Files,
    Input,
    Memory,
    Output,
    ReadingOptions,
    Step,
    Stimulus,
    Sweeps,
    Unit,
    asked,
    options_of,
    read_files,
)
from brianfit.cli.terminal import AsJson, say, say_aside, say_json
from brianfit.cli.written_files import Force, check_outputs

if TYPE_CHECKING:
    from brianfit.data import CellEstimate, RecordingSet
    from brianfit.data.readers.listing import FileListing

_LARGE = 256 * 1024**2
"""Bytes of values from which on they are read only if some sweeps are asked for."""


def inspect(  # noqa: PLR0913 - one argument for every option of the command
    files: Files,
    *,
    unit: Unit = None,
    dt: Step = None,
    stimulus: Stimulus = None,
    sweeps: Sweeps = None,
    output: Output = None,
    input: Input = None,
    electrode: Electrode = None,
    clamp: Clamp = None,
    memory: Memory = None,
    plot: Annotated[Path | None, typer.Option(help="Draw all sweeps into this picture.")] = None,
    force: Force = False,
    json: AsJson = False,
) -> None:
    """Show what files of recordings hold: channels, sweeps, units and sampling step."""
    if plot is not None:
        check_outputs({"picture": plot}, (*files, *(stimulus or ())), force=force)
    options = options_of(
        unit=unit, dt=dt, stimulus=stimulus, sweeps=sweeps, output=output, input=input,
        electrode=electrode, clamp=clamp, memory=memory,
    )  # fmt: skip
    listings = [_listing(file, options) for file in files]
    if not json:
        say("\n".join(str(listing) for listing in listings))
    is_large = 8 * sum(listing.n_values for listing in listings) > _LARGE
    if is_large and sweeps is None and plot is None:
        _tell_of_headers(listings, json=json)
        return
    recordings = read_files(files, asked(files, options))
    if json:
        say_json({**described(recordings), "files": [_of_listing(one) for one in listings]})
    else:
        _tell(recordings)
    if plot is not None:
        _draw(recordings, plot)


def _listing(file: Path, options: ReadingOptions) -> FileListing:
    from brianfit.data.readers.listing import list_contents

    return list_contents(file, units=options.arguments()["units"])


def _tell_of_headers(listings: Sequence[FileListing], *, json: bool) -> None:
    if json:
        say_json({"files": [_of_listing(listing) for listing in listings]})
        return
    for listing in listings:
        for key, value in listing.metadata.items():
            say(f"{key}: {value}")
    say_aside("The values were not read, since there are many; --sweeps 0,1 reads some of them.")


def _tell(recordings: RecordingSet) -> None:
    say(f"\n{recordings}")
    for key, value in recordings.metadata.items():
        say(f"{key}: {value}")
    for step in recordings.history:
        say(f"- {step}")
    cell = _cell_of(recordings)
    if cell is not None:
        say(f"\nWhat the voltage says about its cell\n{cell}")


def _cell_of(recordings: RecordingSet) -> CellEstimate | None:
    """Return what can be read off the first current and voltage; None without them."""
    from brianfit._foundation.errors import BrianfitError
    from brianfit._foundation.units import unit_name
    from brianfit.data import estimate_cell

    units = {name: unit_name(dim) for name, dim in recordings.dimensions.items()}
    currents = [name for name in recordings.input_names if units[name] == "A"]
    voltages = [name for name in recordings.trace_names if units[name] == "V"]
    if not (currents and voltages):
        return None
    try:
        return estimate_cell(recordings, currents[0], voltages[0])
    except BrianfitError:
        return None


def _of_listing(listing: FileListing) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "name": listing.name,
        "n_sweeps": listing.n_sweeps,
        "channels": [asdict(line) for line in listing.lines],
    }


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
        "cell": None if (cell := _cell_of(recordings)) is None else dict(cell.rows()),
    }


def _draw(recordings: RecordingSet, path: Path) -> None:
    from brianfit._foundation.errors import InvalidValueError
    from brianfit.plots import plot_overlay

    figure = plot_overlay(recordings)[0, 0].figure
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise InvalidValueError(f"{path} cannot be written: {error}") from error
