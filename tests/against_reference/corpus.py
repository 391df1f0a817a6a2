"""The corpus of neuron models as tasks of an engine.

The corpus lies with the shared recordings, not in the repository; its README explains the keys.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import brian2
import brian2.units.allunits
import numpy as np
from brian2 import Equations, Quantity, TimedArray

from brianfit.engines import SimulationTask
from brianfit.model import Event, Model, RegularOperation

FOLDER = Path(os.environ.get("BRIANFIT_SHARED", Path(__file__).parents[3] / "shared"))
FILE = FOLDER / "model_corpus" / "corpus.json"

_NAMES = {
    name: value
    for module in (brian2.units.allunits, brian2)
    for name, value in vars(module).items()
    if not name.startswith("_")
}


def entries() -> list[dict[str, Any]]:
    """Return all models; none where the corpus is absent."""
    return json.loads(FILE.read_text()) if FILE.is_file() else []


def task_of(entry: dict[str, Any], *, method: str | None, n_steps: int) -> SimulationTask:
    """Return the task that simulates an entry.

    Values given for each neuron are columns of the samples.
    """
    equations = Equations(entry["equations"])
    columns = _columns(entry)
    model = Model(
        equations=equations,
        threshold=entry["threshold"],
        reset=entry["reset"],
        refractory=_refractory(entry["refractory"]),
        method=method,
        events={
            name: Event(condition=event["condition"], code=event["code"] or "")
            for name, event in entry["events"].items()
        },
        run_regularly=tuple(
            RegularOperation(
                code=given["code"],
                dt=None if given["dt"] is None else _value(given["dt"]),
                when=given["when"],
                order=given["order"],
            )
            for given in entry["run_regularly"]
        ),
        initial_values={
            name: _value(given)
            for name, given in entry["initial_values"].items()
            if name not in columns and name not in equations.subexpr_names
        },
        namespace={name: _value(given) for name, given in entry["namespace"].items()},
    )
    return SimulationTask(
        model=model,
        parameter_names=tuple(columns),
        inputs={},
        n_traces=1,
        n_steps=n_steps,
        dt=step_of(entry),
        recorded=tuple(sorted(equations.diff_eq_names)),
        record_spikes=entry["threshold"] is not None,
    )


def step_of(entry: dict[str, Any]) -> float:
    """Return the time step of an entry [s]."""
    return float(_value(entry["dt"]))


def samples_of(entry: dict[str, Any]) -> np.ndarray:
    """Return the values that differ between neurons, shape (n_neurons, n_columns)."""
    columns = [[float(_value(value)) for value in given] for given in _columns(entry).values()]
    return np.array(columns).T if columns else np.empty((entry["N"], 0))


def _columns(entry: dict[str, Any]) -> dict[str, list[Any]]:
    return {
        name: given for name, given in entry["initial_values"].items() if isinstance(given, list)
    }


def _value(given: Any) -> Any:
    """Read a value of the corpus: a number, an expression with units, or values over time.

    The corpus is a file of the project's own, so evaluating its expressions is safe.
    """
    if isinstance(given, dict):
        unit, step = (eval(given[key], _NAMES) for key in ("unit", "dt"))  # noqa: S307
        return TimedArray(np.array(given["TimedArray"]) * unit, dt=step)
    return eval(given, _NAMES) if isinstance(given, str) else given  # noqa: S307


def _refractory(given: Any) -> Any:
    if given is None or isinstance(given, bool):
        return bool(given)
    try:
        value = _value(given)
    except NameError:
        return given
    return value if isinstance(value, Quantity | bool) else given
