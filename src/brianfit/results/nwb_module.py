"""A fit as a processing module of an NWB file: traces, spikes and parameters, written with h5py."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from brianfit._foundation.errors import UnreadableFileError
from brianfit._foundation.units import unit_name
from brianfit.results.fit_result import FitResult
from brianfit.results.prediction import Prediction

_CORE, _TABLES = "core", "hdmf-common"  # namespaces of NWB 2
_UNITS = {"V": "volts", "A": "amperes"}  # as NWB spells them


def add_fit(
    file: Any,
    result: FitResult,
    prediction: Prediction,
    starts: Sequence[float],
    *,
    module: str,
) -> None:
    """Add a processing module with a fit to an open NWB file.

    Parameters
    ----------
    file
        Of h5py, open for writing.
    starts
        When every sweep of the prediction begins, on the clock of the file [s].
    module
        Name of the module.

    Raises
    ------
    UnreadableFileError
        If the file is none of NWB 2, or has a module of this name.
    """
    if "nwb_version" not in file.attrs:
        raise UnreadableFileError(
            "A fit can be added to files of NWB 2 only, and this is NWB 1.0 or something else."
        )
    processing = file.require_group("processing")
    if module in processing:
        raise UnreadableFileError(
            f"The file holds a processing module '{module}' already: choose another name for it."
        )
    own = _group(processing, module, "ProcessingModule", _CORE, description=_described(result))
    for name in prediction.traces:
        for number, start in enumerate(starts):
            _add_trace(own, name, number, start=start, prediction=prediction)
    if prediction.spikes is not None:
        _add_spikes(own, prediction, starts)
    _add_parameters(own, result)
    settings = {"setting": list(result.settings), "text": list(result.settings.values())}
    _table(own, "settings", "What was asked for in the fit.", settings)


def _described(result: FitResult) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in result.versions.items())
    return (
        f"A model fitted by brianfit ({versions}): error {result.error:.9g} "
        f"{unit_name(result.dimensions.error)} after {result.history.n_evaluations} evaluations, "
        f"seed {result.seed}. Traces and spikes are those of the model at its best parameters."
    )


def _add_trace(own: Any, name: str, number: int, *, start: float, prediction: Prediction) -> None:
    row, unit = prediction.traces[name][number], unit_name(prediction.dimensions[name])
    sweep = prediction.recordings.recordings[number]
    role = "held out of the fit" if number in prediction.held_out else "fitted"
    n_steps = min(row.size, round(sweep.duration / prediction.dt))
    series = _group(
        own, f"{name}_{number}", "TimeSeries", _CORE,
        description=f"'{name}' of the model in the sweep '{sweep.label}', which was {role}.",
        comments="Sweeps are numbered in the order in which they were read.",
    )  # fmt: skip
    data = series.create_dataset("data", data=row[:n_steps])
    data.attrs.update(unit=_UNITS.get(unit, unit), conversion=1.0, offset=0.0, resolution=-1.0)
    time = series.create_dataset("starting_time", data=start)
    time.attrs.update(rate=1.0 / prediction.dt, unit="seconds")


def _add_spikes(own: Any, prediction: Prediction, starts: Sequence[float]) -> None:
    trains = prediction.spikes or ()
    together = np.concatenate([train + start for train, start in zip(trains, starts, strict=True)])
    labels = [sweep.label for sweep in prediction.recordings]
    table = _table(
        own, "spikes", "Spikes of the model, a row for every sweep; times of the file [s].",
        {"sweep": labels}, kind=("Units", _CORE), more=("spike_times",),
    )  # fmt: skip
    times = _column(table, "spike_times", together, "spike times of the model [s]")
    ends = np.cumsum([train.size for train in trains]).astype(np.uint64)
    index = _column(table, "spike_times_index", ends, "where the sweeps end", kind="VectorIndex")
    index.attrs["target"] = times.ref


def _add_parameters(own: Any, result: FitResult) -> None:
    names = list(result.best_values)
    bounds = [result.bounds.get(name, (np.nan, np.nan)) for name in names]
    columns: dict[str, Any] = {
        "parameter": names,
        "value": [result.best_values[name] for name in names],
        "unit": [unit_name(result.dimensions.parameters[name]) for name in names],
        "low": [low for low, _ in bounds],
        "high": [high for _, high in bounds],
        "standard_error": [result.standard_errors.get(name, np.nan) for name in names],
    }
    words = "Parameters of the model, SI numbers; without bounds: fixed or tied."
    _table(own, "parameters", words, columns)


def _group(place: Any, name: str, kind: str, namespace: str, **words: str) -> Any:
    group = place.create_group(name)
    group.attrs.update(_identity(kind, namespace), **words)
    return group


def _table(
    place: Any,
    name: str,
    words: str,
    columns: Mapping[str, Sequence[Any]],
    *,
    kind: tuple[str, str] = ("DynamicTable", _TABLES),
    more: Sequence[str] = (),
) -> Any:
    """Return a new table; the columns `more` are added by the caller."""
    import h5py

    table = _group(place, name, *kind, description=words)
    table.attrs.create("colnames", [*columns, *more], dtype=h5py.string_dtype())
    for heading, values in columns.items():
        texts = h5py.string_dtype() if isinstance(values[0], str) else np.float64
        _column(table, heading, np.array(values, dtype=texts), heading.replace("_", " "))
    n_rows = len(next(iter(columns.values())))
    ids = table.create_dataset("id", data=np.arange(n_rows))
    ids.attrs.update(_identity("ElementIdentifiers", _TABLES))
    return table


def _column(
    table: Any, name: str, values: np.ndarray, words: str, *, kind: str = "VectorData"
) -> Any:
    column = table.create_dataset(name, data=values)
    column.attrs.update(_identity(kind, _TABLES), description=words)
    return column


def _identity(kind: str, namespace: str) -> dict[str, str]:
    return {"neurodata_type": kind, "namespace": namespace, "object_id": str(uuid.uuid4())}
