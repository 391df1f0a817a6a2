"""The tables and keys of a problem file, and how they are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brian2 import hertz, ohm, volt

from brianfit._foundation.arguments import suggestion
from brianfit._foundation.errors import BrianfitError
from brianfit._foundation.strangers.limits import ROUNDS, SAMPLES
from brianfit._foundation.unit_text import unit_from_text
from brianfit.cli.problem_file.document import Document
from brianfit.cli.problem_file.metrics import OWN_KEYS
from brianfit.cli.problem_file.optimizers import optimizer_entry
from brianfit.cli.problem_file.values import (
    Converter,
    expression,
    flag,
    list_of,
    one_of,
    parameter,
    quantity,
    quantity_in,
    several_quantities,
    size,
    table_of,
    text,
    time,
    whole,
)

STIMULI = ("steps", "ramp", "sine", "noise")

_STIMULUS: Mapping[str, Converter] = {
    "kind": one_of(STIMULI),
    "files": list_of(text, may_be_single=True),
    "name": text,
    "amplitudes": several_quantities,
    "amplitude": quantity,
    "first": quantity,
    "last": quantity,
    "frequency": quantity_in(hertz.dim, "10 Hz"),
    "start": time,
    "stop": time,
    "holding": quantity,
    "mean": quantity,
    "sigma": quantity,
    "tau": time,
    "seed": whole(0),
    "frozen": flag,
}

_PREPROCESS: Mapping[str, Converter] = {
    "junction_potential": quantity_in(volt.dim, "14 mV"),
    "series_resistance": quantity_in(ohm.dim, "10 Mohm"),
    "holding": quantity,
    "low_pass": quantity_in(hertz.dim, "5 kHz"),
    "cut": list_of(time, length=2),
    "spikes": quantity,
    "until_first_spike": flag,
    "resample": time,
    "spike_rate": time,
}

METHODS = ("auto", "laplace", "profile", "sweeps", "bootstrap")
"""How the uncertainty of the parameters is found."""

BOUNDS = ("model", "recorded")
"""Where the bounds of parameters are from that the file does not name."""

_HELD_OUT: Mapping[str, Converter] = {"sweeps": list_of(whole(0), may_be_empty=True)}
"""Its table is called [held_out]; files of before say [validation]."""

TABLES: Mapping[str, Mapping[str, Converter | Mapping[str, Converter]]] = {
    "recording": {
        "files": list_of(text, may_be_single=True),
        "example": text,
        "sweeps": list_of(whole(0)),
        "inputs": table_of(text),
        "outputs": table_of(text),
        "units": table_of(unit_from_text),
        "dt": time,
        "electrode": text,
        "clamp": one_of(("current", "voltage")),
        "memory": size,
        "stimulus": _STIMULUS,
        "preprocess": _PREPROCESS,
    },
    "model": {
        "name": text,
        "file": text,
        "equations": text,
        "threshold": text,
        "reset": text,
        "refractory": expression,
        "method": text,
        "initial": table_of(expression),
        "constants": table_of(quantity),
        "bounds": one_of(BOUNDS),
    },
    "fit": {
        "outputs": list_of(text),
        "dt": time,
        "rounds": whole(1, ROUNDS),
        "samples": whole(1, SAMPLES),
        "seed": whole(0),
        "optimizer": optimizer_entry,
        "time_limit": time,
        "target_error": quantity,
        "refine": flag,
    },
    "uncertainty": {"method": one_of(METHODS)},
    "held_out": _HELD_OUT,
    "validation": _HELD_OUT,
    "output": dict.fromkeys(("store", "report", "json", "csv", "script", "nwb"), text),
}
"""Tables with fixed keys. [parameters] and [metric.OUTPUT] take the names of a model."""


def read_tables(document: Document) -> dict[str, dict[str, Any]]:
    """Return all tables of a document with their values read; problems are noted in it."""
    found: dict[str, dict[str, Any]] = {name: {} for name in (*TABLES, "parameters", "metric")}
    for name, entries in document.entries.items():
        if name not in found:
            document.complain((name,), f"is no known table.{suggestion(name, list(found))}")
        elif not isinstance(entries, Mapping):
            document.complain((name,), f"must be a table, a line [{name}], but is {entries!r}.")
        elif name == "parameters":
            known = dict.fromkeys(entries, parameter)
            found[name] = read_table(document, (name,), entries, known)
        elif name == "metric":
            found[name] = _read_metric_tables(document, entries)
        else:
            found[name] = read_table(document, (name,), entries, TABLES[name])
    return found


def _read_metric_tables(document: Document, entries: Mapping[str, Any]) -> dict[str, Any]:
    """Return [metric.OUTPUT] by output; what belongs to a kind of metric is read with it."""
    found = {}
    for output, given in entries.items():
        place = ("metric", output)
        if not isinstance(given, Mapping):
            document.complain(place, f"must be a table, but is {given!r}.")
            continue
        own = {key: value for key, value in given.items() if key in OWN_KEYS}
        read = read_table(document, place, own, OWN_KEYS)
        if len(read) == len(own):
            found[output] = {**given, **read}
    return found


def read_table(
    document: Document,
    place: tuple[str, ...],
    entries: Mapping[str, Any],
    known: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the entries of one table that could be read; problems are noted in the document."""
    found = {}
    for key, value in entries.items():
        here = (*place, key)
        if key not in known:
            document.complain(here, f"is not known here.{suggestion(key, list(known))}")
        elif isinstance(known[key], Mapping):
            if isinstance(value, Mapping):
                found[key] = read_table(document, here, value, known[key])
            else:
                document.complain(here, f"must be a table, but is {value!r}.")
        else:
            try:
                found[key] = known[key](value)
            except BrianfitError as problem:
                document.complain(here, problem)
    return found
