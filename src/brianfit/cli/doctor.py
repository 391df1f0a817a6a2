"""`brianfit doctor`: versions, threads, the cache, whether the engines agree, and files at hand."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from brianfit.cli.reading_options import read_files
from brianfit.cli.terminal import BAD_INPUT, AsJson, say, say_json

_READERS = ("neo", "igor2", "h5py")
_OPTIONAL = {
    "efel": "efel", "nevergrad": "nevergrad", "skopt": "skopt", "pymoo": "pymoo",
    "distributed": "dask", "pyarrow": "parquet",
}  # fmt: skip
_AGREEMENT = 1e-9  # of the signal's range: what the fused engine promises before the first spike


def doctor(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="Recordings that are to be fitted."),
    ] = None,
    *,
    json: AsJson = False,
) -> None:
    """Check the installation and, where files are named, whether they can be read."""
    found = _findings() | ({"files": _of_files(files)} if files else {})
    if json:
        say_json(found)
    else:
        for name, value in found.items():
            say(name)
            _say_entries(value)
    if not found["engines"]["agree"]:
        raise typer.Exit(1)
    if any(not entry["readable"] for entry in found.get("files", {}).values()):
        raise typer.Exit(BAD_INPUT)


def _say_entries(entries: dict[str, Any], indent: str = "  ") -> None:
    for key, entry in entries.items():
        if isinstance(entry, dict):
            say(f"{indent}{key}")
            _say_entries(entry, indent + "  ")
        else:
            say(f"{indent}{key:<12}{_word(entry)}")


def _word(entry: Any) -> str:
    return {True: "yes", False: "no"}[entry] if isinstance(entry, bool) else str(entry)


def _findings() -> dict[str, Any]:
    import os
    from platform import machine, platform

    from brianfit._foundation.threads import available_threads
    from brianfit.engines.fused.cache import cache_folder
    from brianfit.fitting.search.result_of_search import versions

    return {
        "versions": dict(versions()),
        "machine": {"system": platform(), "processor": machine(), "cores": os.cpu_count()},
        "threads": {"used": available_threads()},
        "readers": {name: _installed(name, name) for name in _READERS},
        "optional": {
            name: _installed(name, f"'brianfit[{extra}]'") for name, extra in _OPTIONAL.items()
        },
        "cache": {"kernels": str(cache_folder())},
        "engines": _engines(),
    }


def _installed(module: str, wanted: str) -> str:
    return "installed" if find_spec(module) else f"missing: pip install {wanted}"


def _of_files(files: list[Path]) -> dict[str, Any]:
    """Return for each file what brianfit makes of it, or what keeps it from being read."""
    return {str(path): _of_file(path) for path in files}


def _of_file(path: Path) -> dict[str, Any]:
    from brianfit._foundation.errors import BrianfitError

    try:
        recordings = read_files([path])
    except BrianfitError as problem:
        return {"readable": False, "to do": str(problem)}
    return {
        "readable": True,
        "sweeps": len(recordings),
        "inputs": ", ".join(recordings.input_names) or "none",
        "traces": ", ".join(recordings.trace_names) or "none",
        "to do": f"brianfit init {path}"
        if recordings.input_names
        else f"brianfit init {path} --stimulus FILE",
    }


def _engines() -> dict[str, Any]:
    """Simulate a leaky integrate-and-fire neuron in both engines and compare."""
    import numpy as np
    from brian2 import ms, nA, prefs, volt

    from brianfit import library
    from brianfit.data import Steps
    from brianfit.engines import ReferenceEngine
    from brianfit.engines.fused.engine import FusedEngine
    from brianfit.fitting import Fitter

    model, dt = library.get("lif"), 0.1 * ms
    current = Steps(0.1 * nA, start=10 * ms, stop=90 * ms).array(dt=dt, duration=100 * ms)
    values = {
        name: how.fixed if how.fixed is not None else how.low + (how.high - how.low) / 2
        for name, how in model.parameters.items()
    }
    target = prefs["codegen.target"]
    prefs["codegen.target"] = "numpy"  # needs no compiler
    traces = {}
    try:
        for name, engine in (("reference", ReferenceEngine()), ("fused", FusedEngine())):
            fitter = Fitter(
                model, {"I": current}, {"v": np.zeros(current.shape) * volt}, dt=dt, engine=engine
            )
            traces[name] = np.asarray(fitter.generate("v", params=values))
    finally:
        prefs["codegen.target"] = target
    span = float(np.ptp(traces["reference"]))
    difference = float(np.abs(traces["reference"] - traces["fused"]).max())
    return {"agree": difference <= _AGREEMENT * span, "difference": difference, "range": span}
