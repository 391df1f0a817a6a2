"""`brianfit simulate`: what a fitted model, or a published one, does with a recorded stimulus."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brianfit.cli.reading_options import read_files
from brianfit.cli.terminal import Quiet, say_aside, write_text
from brianfit.cli.written_files import Force, check_outputs

if TYPE_CHECKING:
    from brianfit.results import Prediction


def simulate(
    store: Annotated[Path, typer.Argument(metavar="RESULT.fit", help="The store of a fit.")],
    *,
    recording: Annotated[
        list[Path] | None,
        typer.Option(help="Take the stimulus of these files; that of the fit unless told."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Table of traces; RESULT.csv unless told.")
    ] = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Simulate the best parameters of a fit; write traces and spike times as tables."""
    from brianfit.fitting.after.predict import predict
    from brianfit.results import load

    result = load(store).result
    recordings = None if not recording else read_files(recording)
    prediction = predict(result, recordings)
    target = store.with_suffix(".csv") if out is None else out
    written = {"traces": target}
    texts = {"traces": _traces(prediction)}
    if prediction.spikes is not None:
        written["spikes"] = target.with_name(f"{target.stem}_spikes{target.suffix}")
        texts["spikes"] = _spikes(prediction)
    check_outputs(written, (store, *(recording or ())), force=force)
    for kind, path in written.items():
        write_text(path, texts[kind])
        if not quiet:
            say_aside(f"written: {path}")


def _traces(prediction: Prediction) -> str:
    """Return a column of times and one for every variable and sweep; SI numbers."""
    import numpy as np
    import pandas as pd

    from brianfit._foundation.strangers.escaping import in_csv
    from brianfit._foundation.units import unit_name

    columns: dict[str, np.ndarray] = {}
    n_steps = max(values.shape[1] for values in prediction.traces.values())
    columns["time [s]"] = np.arange(n_steps) * prediction.dt
    for name, values in prediction.traces.items():
        unit = unit_name(prediction.dimensions[name])
        for number, row in enumerate(values):
            columns[in_csv(f"{name} {number} [{unit}]")] = row
    return str(pd.DataFrame(columns).to_csv(index=False, lineterminator="\n", float_format="%.9g"))


def _spikes(prediction: Prediction) -> str:
    lines = ["sweep,time [s]"]
    for number, train in enumerate(prediction.spikes or ()):
        lines += [f"{number},{time:.9g}" for time in train.tolist()]
    return "\n".join(lines) + "\n"
