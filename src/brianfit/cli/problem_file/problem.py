"""A problem file, read and checked: everything that a fit needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, final

from brian2 import ms

from brianfit._foundation.arguments import suggestion
from brianfit._foundation.errors import BrianfitError, InvalidValueError
from brianfit.cli.problem_file.document import Document, read_document
from brianfit.cli.problem_file.metrics import SPIKES, read_metrics
from brianfit.cli.problem_file.models import read_model, read_parameters, recorded_bounds
from brianfit.cli.problem_file.optimizers import read_optimizer
from brianfit.cli.problem_file.recordings import chosen, paths_in, read_recordings
from brianfit.cli.problem_file.schema import read_tables
from brianfit.cli.written_files import clashes
from brianfit.data import RecordingSet
from brianfit.fitting import Fitter, TargetError, TraceFitter, WallClock
from brianfit.library import NeuronModel
from brianfit.metrics import AbstractMetric
from brianfit.model import Model, Parameter
from brianfit.optimizers import AbstractOptimizer


@final
@dataclass(frozen=True, kw_only=True)
class FitProblem:
    """What a problem file asks for.

    Attributes
    ----------
    recordings
        All sweeps, preprocessed.
    held_out
        Numbers of the sweeps that are not fitted, but scored afterwards.
    model, parameters
        The model, and how parameters are treated that the file names.
    metrics, weights
        By output.
    optimizer
        None: chosen by what the problem is like.
    settings
        The table [fit].
    uncertainty
        The method by which it is found; None: not at all.
    outputs
        Paths of the files to write, by kind.
    inputs
        Paths of the files that were read.
    """

    path: Path
    recordings: RecordingSet
    held_out: tuple[int, ...]
    model: NeuronModel | Model
    parameters: Mapping[str, Parameter]
    constants: Mapping[str, Any]
    metrics: Mapping[str, AbstractMetric]
    optimizer: AbstractOptimizer | None
    weights: Mapping[str, float]
    settings: Mapping[str, Any]
    uncertainty: str | None
    outputs: Mapping[str, Path]
    inputs: tuple[Path, ...]

    @property
    def fitted(self) -> tuple[int, ...]:
        """Numbers of the sweeps that are fitted."""
        return tuple(k for k in range(len(self.recordings)) if k not in self.held_out)

    @property
    def held_out_recordings(self) -> RecordingSet | None:
        """The sweeps that are held out; None where all are fitted."""
        return self.recordings[list(self.held_out)] if self.held_out else None

    @property
    def rounds(self) -> int:
        """The number of rounds."""
        return int(self.settings.get("rounds", 100))

    def fitter(self) -> TraceFitter | Fitter:
        """Return a fitter of the sweeps that are to be fitted; for traces alone, one that refines.

        Raises
        ------
        BrianfitError
            If anything does not fit together.
        """
        kind = Fitter if self.recordings.has_spikes else TraceFitter
        return kind(
            self.model,
            self.recordings[list(self.fitted)],
            dt=self.settings.get("dt", 0.1 * ms),
            n_samples=int(self.settings.get("samples", 30)),
            namespace=self.constants,
        )

    def stop_rules(self) -> list[Any]:
        """Return when the fit ends before its rounds are used up."""
        makers = {"time_limit": WallClock, "target_error": TargetError}
        return [make(self.settings[key]) for key, make in makers.items() if key in self.settings]


def read_problem_file(path: Path, *, allow_outside: bool = False) -> FitProblem:
    """Read a problem file and everything that it names.

    Parameters
    ----------
    allow_outside
        Whether the file may name files outside of its folder.

    Raises
    ------
    InvalidValueError
        If anything is wrong; all problems are listed, with their lines.
    UnreadableFileError
        If it is missing or no TOML.
    """
    document = read_document(path)
    tables = read_tables(document)
    recordings = read_recordings(document, tables["recording"], allow_outside=allow_outside)
    model = read_model(document, tables["model"], allow_outside=allow_outside)
    parameters = read_parameters(document, tables["parameters"], model)
    held_out = _held_out(document, recordings, tables)
    if tables["model"].get("bounds") == "recorded":
        fitted_sweeps = _without(recordings, held_out)
        parameters = {**recorded_bounds(document, model, fitted_sweeps), **parameters}
    recordings = _of_outputs(document, recordings, tables["fit"])
    fitted = None if recordings is None else _output_names(recordings)
    metrics = read_metrics(document, tables["metric"], fitted)
    optimizer = read_optimizer(document, tables["fit"].get("optimizer"))
    outputs = _outputs(document, tables["output"], allow_outside=allow_outside)
    inputs = _inputs(document, tables)
    for kind, words in clashes(outputs, inputs):
        document.complain(("output", kind), words)
    document.raise_if_any()
    if tables["fit"].get("refine") and recordings is not None and recordings.has_spikes:
        document.complain(("fit", "refine"), "least squares needs traces alone, without spikes.")
        document.raise_if_any()
    asks = "uncertainty" in document.entries
    if asks and recordings is not None and recordings.has_spikes:
        document.complain(("uncertainty",), "distances of spike trains are no likelihood.")
        document.raise_if_any()
    if recordings is None or model is None:
        raise InvalidValueError(f"{path} names no recordings or no model.")
    return FitProblem(
        path=path,
        recordings=recordings,
        held_out=held_out,
        model=model,
        parameters=parameters,
        constants=tables["model"].get("constants", {}),
        metrics=metrics,
        optimizer=optimizer,
        weights={
            name: entry["weight"] for name, entry in tables["metric"].items() if "weight" in entry
        },
        settings=tables["fit"],
        uncertainty=tables["uncertainty"].get("method", "auto") if asks else None,
        outputs=outputs,
        inputs=inputs,
    )


def _of_outputs(
    document: Document, recordings: RecordingSet | None, settings: Mapping[str, Any]
) -> RecordingSet | None:
    """Return the recordings with only those outputs that are to be fitted."""
    wanted = settings.get("outputs")
    if recordings is None or wanted is None:
        return recordings
    known = _output_names(recordings)
    for name in wanted:
        if name not in known:
            hint = (
                ' Detect them with [recording.preprocess] spikes = "-10 mV".'
                if name == SPIKES
                else suggestion(name, known)
            )
            document.complain(("fit", "outputs"), f"{name!r} was not recorded.{hint}")
    kept = [
        replace(
            recording,
            traces={name: row for name, row in recording.traces.items() if name in wanted},
            spike_trains=recording.spike_trains if SPIKES in wanted else (),
        )
        for recording in recordings
    ]
    dimensions = {
        name: dim
        for name, dim in recordings.dimensions.items()
        if name in wanted or name in recordings.input_names
    }
    return replace(recordings, recordings=tuple(kept), dimensions=dimensions)


def _without(recordings: RecordingSet | None, held_out: tuple[int, ...]) -> RecordingSet | None:
    if recordings is None:
        return None
    return recordings[[k for k in range(len(recordings)) if k not in held_out]]


def _output_names(recordings: RecordingSet) -> tuple[str, ...]:
    return (*recordings.trace_names, *([SPIKES] if recordings.has_spikes else []))


def _held_out(
    document: Document, recordings: RecordingSet | None, tables: Mapping[str, Mapping[str, Any]]
) -> tuple[int, ...]:
    if tables["validation"] and tables["held_out"]:
        document.complain(("validation",), "is another name of [held_out]; keep one of the two.")
    table = "validation" if tables["validation"] else "held_out"
    numbers = tuple(dict.fromkeys(tables[table].get("sweeps", ())))
    if recordings is None:
        return numbers
    try:
        chosen(recordings, list(numbers) or [0])
    except BrianfitError as problem:
        document.complain((table, "sweeps"), problem)
        return ()
    if len(numbers) == len(recordings):
        document.complain((table, "sweeps"), "leaves no sweep to fit.")
    return numbers


def _outputs(
    document: Document, table: Mapping[str, str], *, allow_outside: bool
) -> dict[str, Path]:
    """Return where results go; the store has the name of the problem file unless told."""
    found = {}
    for kind, name in {"store": f"{document.path.stem}.fit", **table}.items():
        place = ("output", kind)
        paths = paths_in(document, place, [name], allow_outside=allow_outside)
        if paths is not None:
            found[kind] = paths[0]
            if not paths[0].parent.is_dir():
                document.complain(place, f"there is no folder {paths[0].parent}.")
    return found


def _inputs(document: Document, tables: Mapping[str, Mapping[str, Any]]) -> tuple[Path, ...]:
    """Return the files that a problem file reads, itself included."""
    recording, model = tables["recording"], tables["model"]
    named = [*recording.get("files", ()), *recording.get("stimulus", {}).get("files", ())]
    named += [model["file"]] if "file" in model else []
    return (document.path, *(document.path.parent / name for name in named))
