"""What commands do with the result of a fit: say it, and write the files asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import InvalidValueError, UnreadableFileError
from brianfit.cli.terminal import say, say_aside, say_json, write_text
from brianfit.data import RecordingSet
from brianfit.fitting.after.brian_script import brian_script
from brianfit.fitting.after.nwb_copy import write_nwb
from brianfit.fitting.after.predict import predict
from brianfit.plots.report import write_report
from brianfit.results import FitResult, Prediction
from brianfit.results.export import as_csv, as_json, plain_result


@final
@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A result, the recordings that it is shown on, and the command that repeats it.

    Attributes
    ----------
    recordings
        All sweeps, fitted or not; None: those of the fit.
    held_out
        Numbers of the sweeps that were not fitted.
    read_from
        The files that were read; the fit can be written into a copy of one.
    """

    result: FitResult
    command: str
    recordings: RecordingSet | None = None
    held_out: Collection[int] = field(default=())
    read_from: tuple[Path, ...] = ()

    @cached_property
    def judged(self) -> FitResult:
        """The result, judged on all sweeps instead of the fitted ones."""
        return replace(self.result, simulate=self._predicted)

    def _predicted(self, result: FitResult) -> Prediction:
        return predict(result, self.recordings, held_out=self.held_out)

    def write(self, outputs: Mapping[str, Path]) -> dict[str, str]:
        """Write the files that are asked for, by kind; return their paths.

        Raises
        ------
        BrianfitError
            If one cannot be made or written.
        """
        writers: Mapping[str, Callable[[Path], None]] = {
            "report": self._write_report,
            "json": lambda path: write_text(path, as_json(self.judged)),
            "csv": lambda path: write_text(path, as_csv(self.result)),
            "script": lambda path: write_text(path, brian_script(self.result)),
            "nwb": self._write_nwb,
        }
        for kind, write in writers.items():
            if kind in outputs:
                write(outputs[kind])
        return {kind: str(path) for kind, path in outputs.items()}

    def tell(self, files: Mapping[str, str], *, json: bool, quiet: bool) -> None:
        """Print the result, and where the files are."""
        counts = self._spike_counts()
        if json:
            say_json({**plain_result(self.judged), "spike_counts": counts, "files": dict(files)})
            return
        say(str(self.judged))
        if counts:
            say("Spikes recorded, and of the model")
            for row in counts:
                role = "held out" if row["held_out"] else "fitted"
                say(f"  {row['sweep']} ({role}): {row['recorded']:g}, {row['model']}")
        if not quiet:
            for kind, path in files.items():
                say_aside(f"{kind}: {path}")

    def _write_report(self, path: Path) -> None:
        try:
            write_report(
                self.result,
                path,
                recordings=self.recordings,
                held_out=self.held_out,
                command=self.command,
            )
        except OSError as error:
            raise UnreadableFileError(f"{path} cannot be written: {error}") from error

    def _write_nwb(self, path: Path) -> None:
        sources = [read for read in self.read_from if read.suffix.lower() == ".nwb"]
        if len(sources) != 1:
            raise InvalidValueError(
                "A fit is written into a copy of the NWB file that was fitted, but "
                f"{len(sources) or 'no'} such files are named in the problem file"
                f"{'' if self.read_from else ', as there is none (--problem FILE)'}."
            )
        write_nwb(self.result, path, sources[0], self.recordings, held_out=self.held_out)

    def _spike_counts(self) -> list[dict[str, Any]]:
        """Return recorded and simulated spike counts of all sweeps; none where no spikes are."""
        if not self.result.best_values or self.result.problem is None:
            return []
        prediction = predict(self.result, self.recordings, held_out=self.held_out)
        if prediction.spikes is None or not prediction.recordings.has_spikes:
            return []
        return [
            {
                "sweep": sweep.label,
                "held_out": number in prediction.held_out,
                "left_out": number in prediction.held_out,  # as readers of before expect it
                "recorded": float(np.mean([train.size for train in sweep.spike_trains])),
                "model": len(train),
            }
            for number, (sweep, train) in enumerate(
                zip(prediction.recordings, prediction.spikes, strict=True)
            )
        ]
