"""`brianfit doctor`: versions, threads, the cache, and whether the engines agree."""

from __future__ import annotations

from typing import Any

import typer

from brianfit.cli.terminal import AsJson, say, say_json

_OPTIONAL = {
    "neo": "neo", "pynwb": "nwb", "efel": "efel", "nevergrad": "nevergrad", "skopt": "skopt",
    "pymoo": "pymoo", "distributed": "dask", "sbi": "sbi",
}  # fmt: skip
_AGREEMENT = 1e-9  # of the signal's range: what the fused engine promises before the first spike


def doctor(json: AsJson = False) -> None:
    """Check the installation: versions, optional packages, threads, cache, a small simulation."""
    found = _findings()
    if json:
        say_json(found)
    else:
        for name, value in found.items():
            say(f"{name}")
            entries = value if isinstance(value, dict) else {"": value}
            for key, text in entries.items():
                say(f"  {key:<12}{text}")
    if not found["engines"]["agree"]:
        raise typer.Exit(1)


def _findings() -> dict[str, Any]:
    import os
    from importlib.util import find_spec
    from platform import machine, platform

    from brianfit._foundation.threads import available_threads
    from brianfit.engines.fused.cache import cache_folder
    from brianfit.fitting.search.result_of_search import versions

    return {
        "versions": dict(versions()),
        "machine": {"system": platform(), "processor": machine(), "cores": os.cpu_count()},
        "threads": {"used": available_threads()},
        "optional": {
            name: "installed" if find_spec(name) else f"pip install 'brianfit[{extra}]'"
            for name, extra in _OPTIONAL.items()
        },
        "cache": {"kernels": str(cache_folder())},
        "engines": _engines(),
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
