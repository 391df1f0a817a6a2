"""Whatever is given to a public callable, it works, or one error of brianfit says what is wrong.

Every public name, and every public method of fitters, is called with one argument after the other
replaced by something odd. ``python -m tests.fuzz.public_callables`` tries it.
"""

from __future__ import annotations

import inspect
import logging
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir
from pathlib import Path
from typing import Any

import numpy as np
from brian2 import Hz, Mohm, ms, mV, nA, nS, prefs, second

import brianfit as bf
from brianfit._foundation.errors import BrianfitError
from brianfit.engines import ReferenceEngine

ODD: tuple[Any, ...] = (3, -1.5, np.nan, "a", [], [1], {}, object(), None, b"b", (2, "c"))

EQUATIONS = "dv/dt = (g*(-70*mV - v) + I)/(100*pF) : volt\ng : siemens (constant)"
PARTS = (bf.Metric, bf.Optimizer)
"""Metrics and optimizers are tried in the tests of their kinds."""

RECORDS = {
    *("AbstractEngine", "BrianfitError", "CrossValidation", "FitResult", "ManyFits", "Metric"),
    *("Model", "Optimizer", "ParetoFront", "PlausibilityWarning", "Prediction", "Recording"),
    *("RecordingSet", "Reliability", "Score", "SpikeMetric", "TraceMetric"),
    *("EscapeRateFit", "SpikePrediction", "Comparison", "CellsComparison", "Uncertainty"),
    *("Posterior", "PredictedDraws", "Design"),
}
"""Classes that users are handed, or derive from, and do not call."""

OF_METRICS = {"calc_eFEL", "firing_rate", "get_gamma_factor", "normalize_weights"}


def recordings() -> bf.RecordingSet:
    """Two sweeps with one spike each."""
    voltage = np.full((2, 60), -70.0)
    voltage[:, 30:33] = 20.0
    current = np.zeros((2, 60))
    current[:, 20:] = 0.1
    return bf.RecordingSet.from_arrays(
        dt=0.1 * ms,
        inputs={"I": current * nA},
        traces={"v": voltage * mV},
        spikes=[[np.array([3.0]) * ms], [np.array([3.1]) * ms]],
    )


def fitter(**changes: Any) -> Any:
    """A fitter that was fitted, cheaply."""
    traces = recordings().without_spikes()
    made = bf.TraceFitter(
        EQUATIONS, traces, dt=0.1 * ms, n_samples=3, method="euler", engine=ReferenceEngine()
    )
    made.fit(bf.CMAESOptimizer(), n_rounds=1, seed=1, callback=None, g=[1 * nS, 100 * nS])
    return made


def _classes(cell: bf.RecordingSet) -> dict[str, Mapping[str, Any]]:
    """Return arguments of classes that users call."""
    return {
        "AutocorrelatedGaussian": {},
        "Beta": {"a": 2, "b": 3},
        "DaskExecutor": {"client": None},
        "EscapeNoise": {},
        "Fitter": {"model": EQUATIONS, "input": cell.without_spikes(), "dt": 0.1 * ms},
        "Gaussian": {},
        "HypervolumeStagnation": {},
        "LogNormal": {"median": 1 * nS, "sigma": 0.5},
        "MaxEvaluations": {"n_evaluations": 3},
        "Normal": {"mean": 1 * nS, "sd": 1 * nS},
        "OnlineTraceFitter": {"model": EQUATIONS, "input": cell.without_spikes(), "dt": 0.1 * ms},
        "OrnsteinUhlenbeck": {"mean": 0 * nA, "sigma": 1 * nA, "tau": 3 * ms, "seed": 1},
        "Parameter": {"low": 1 * nS, "high": 2 * nS},
        "ProcessExecutor": {},
        "ProgressBar": {},
        "Ramp": {"first": 0 * nA, "last": 1 * nA, "start": 0 * ms, "stop": 3 * ms},
        "ReferenceEngine": {},
        "SerialExecutor": {},
        "Store": {"path": "cell.fit"},
        "Sine": {"amplitude": 1 * nA, "frequency": 9 * Hz, "start": 0 * ms, "stop": 3 * ms},
        "SpikeFitter": {
            "model": EQUATIONS, "input": cell, "dt": 0.1 * ms, "threshold": "v > 0*mV",
            "reset": "v = -70*mV",
        },
        "Stagnation": {},
        "StudentT": {},
        "Steps": {"amplitudes": [1] * nA, "start": 0 * ms, "stop": 3 * ms},
        "TargetError": {"target": 1.0},
        "TraceFitter": {"model": EQUATIONS, "input": cell.without_spikes(), "dt": 0.1 * ms},
        "WallClock": {"limit": 1 * second},
    }  # fmt: skip


def _functions_of_recordings(cell: bf.RecordingSet) -> dict[str, Mapping[str, Any]]:
    """Return arguments of functions that take recordings."""
    steps = bf.Steps([1] * nA, start=0 * ms, stop=1 * ms)
    return {
        "add_holding": {"recordings": cell, "holding": 1 * nA},
        "compensate_series_resistance": {"recordings": cell, "resistance": 1 * Mohm},
        "compensate_electrode": {"recordings": cell, "noise": cell},
        "cut": {"recordings": cell},
        "fit_escape_rate": {"model": bf.library.LIF, "recordings": cell, "dt": 0.1 * ms},
        "fit_voltage_threshold_gif": {"recordings": cell, "dt": 0.1 * ms},
        "detect_spikes": {"trace": cell.recordings[0].traces["v"], "dt": 1 * ms},
        "estimate_cell": {"recordings": cell},
        "estimate_membrane": {"recordings": cell},
        "folds": {"recordings": cell, "by": "sweep"},
        "low_pass": {"recordings": cell, "cutoff": 500 * Hz},
        "merge_repeats": {"recordings": cell},
        "reliability": {"recordings": cell, "metric": bf.MSEMetric()},
        "resample": {"recordings": cell, "dt": 0.2 * ms},
        "spike_level": {"recordings": cell},
        "split": {"recordings": cell, "by": "sweep"},
        "step_times": {"recordings": cell},
        "subtract_junction_potential": {"recordings": cell, "potential": 1 * mV},
        "until_first_spike": {"recordings": cell},
        "with_input_noise": {"recordings": cell, "fraction": 0.1, "seed": 1},
        "with_spike_rate": {"recordings": cell, "dt": 0.1 * ms},
        "with_spikes": {"recordings": cell},
        "with_stimulus": {"recordings": cell, "stimulus": steps},
    }  # fmt: skip


def _functions(folder: Path, done: Any, store: Path) -> dict[str, Mapping[str, Any]]:
    """Return arguments of the other functions."""
    lif, cell = bf.library.LIF, recordings()
    values = dict.fromkeys(lif.parameters, 1.0)
    return {
        "brian_script": {"result": done.result},
        "calc_bounds": {"parameter_names": ["g"], "g": [1, 2]},
        "callback_setup": {"set_type": None},
        "choose_input_noise": {"result": done.result, "n_trials": 1},
        "compare": {
            "recordings": cell.without_spikes(),
            "models": {"a": (EQUATIONS, {"g": [1 * nS, 9 * nS]})},
            "metric": bf.MSEMetric(), "n_rounds": 1, "n_samples": 3, "store": folder / "stores",
        },
        "cross_validate": {"fitter": done, "n_rounds": 1, "g": [1 * nS, 9 * nS]},
        "design": {"fitter": done, "stimuli": [bf.Steps(1 * nA, start=0 * ms, stop=3 * ms)],
                   "budget": 6 * ms, "n_tries": 1, "limits": {"I": [0, 1] * nA}},
        "example_recording": {},
        "fit_many": {"fitters": {"a": done}, "n_rounds": 1, "g": [1 * nS, 9 * nS]},
        "fit_recorded_spikes": {"model": lif, "recordings": cell, "dt": 0.1 * ms, "n_rounds": 1},
        "load": {"path": store},
        "make_dic": {"names": ["a"], "values": [1]},
        "merge": {"paths": [store], "into": folder / "merged.fit"},
        "parameters_around": {"model": lif, "params": values},
        "parameters_near": {"model": lif, "known": bf.estimate_membrane(bf.example_recording())},
        "predict": {"result": done.result},
        "read": {"file": folder / "none.csv"},
        "recover": {"damaged": store, "new": folder / "recovered.fit"},
        "resume": {"store": store, "callback": None},
        "write_nwb": {
            "result": done.result, "path": folder / "fitted.nwb", "source": folder / "none.nwb",
        },
    }  # fmt: skip


def good(folder: Path) -> Mapping[str, tuple[Callable[..., Any], Mapping[str, Any]]]:
    """Return every public callable that is tried, with arguments with which it works."""
    cell, done, store = recordings(), fitter(), folder / "cell.fit"
    done.fit(bf.CMAESOptimizer(), store=store, restart=True, callback=None, seed=1)
    calls = {
        **_classes(cell),
        **_functions_of_recordings(cell),
        **_functions(folder, done, store),
    }
    methods = {
        "generate": {}, "evaluate": {}, "generate_traces": {}, "results": {},
        "refine": {"callback": None}, "external_constants": {},
        "likelihood": {"noise": bf.Gaussian()}, "uncertainty": {},
        "sample": {
            "method": "laplace", "n_draws": 100, "noise": bf.Gaussian(), "store": folder / "draws",
        },
        "fit": {"callback": None, "n_rounds": 0}, "sensitivities": {}, "fisher_information": {},
        "global_sensitivity": {"n": 4, "n_times": 3}, "identifiability": {"n_points": 2},
    }  # fmt: skip
    return {
        **{name: (getattr(bf, name), arguments) for name, arguments in calls.items()},
        **{f"fitter.{name}": (getattr(done, name), own) for name, own in methods.items()},
        "RecordingSet.from_arrays": (
            bf.RecordingSet.from_arrays,
            {"dt": 0.1 * ms, "inputs": {"I": np.zeros((1, 9)) * nA}},
        ),
        "RecordingSet.__getitem__": (cell.__getitem__, {"chosen": 0}),
        "Store.ask_for_rounds": (bf.Store(store).ask_for_rounds, {"n_rounds": 3}),
        "Store.ask_for_time": (bf.Store(store).ask_for_time, {"time": 3 * second}),
        "watching.Watched": (bf.watching.Watched, {"places": store}),
        "watching.stores_below": (bf.watching.stores_below, {"folder": folder}),
        "result.report": (done.result.report, {"path": folder / "cell.html"}),
    }


def untried(table: Mapping[str, Any]) -> list[str]:
    """Return the public callables that nobody tries."""
    return [
        name
        for name in dir(bf)
        if callable(getattr(bf, name))
        and not name.startswith("_")
        and name not in table
        and name not in RECORDS | OF_METRICS
        and not name.startswith("callback_")
        and not (isinstance(getattr(bf, name), type) and issubclass(getattr(bf, name), PARTS))
    ]


def odd_calls(
    function: Callable[..., Any], arguments: Mapping[str, Any]
) -> Iterator[tuple[str, Any, Callable[[], Any]]]:
    """Yield calls with one odd argument each: its name, what is given, and the call."""
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in {parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL}:
            continue
        for odd in ODD:
            given = {**arguments, name: odd}
            if parameter.kind is parameter.POSITIONAL_ONLY:
                rest = {key: value for key, value in given.items() if key != name}
                yield name, odd, lambda odd=odd, rest=rest: function(odd, **rest)
            else:
                yield name, odd, lambda given=given: function(**given)


def complaints() -> Iterator[str]:
    """Yield what ends in anything but an answer or an error of brianfit."""
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        table = good(Path(folder))
        yield from (f"{name} is tried by nobody" for name in untried(table))
        for what, (function, arguments) in table.items():
            for name, odd, call in odd_calls(function, arguments):
                try:
                    call()
                except BrianfitError:
                    continue
                except Exception as problem:  # noqa: BLE001 - that is what is looked for
                    yield f"{what}({name}={odd!r}): {type(problem).__name__}: {problem}"


if __name__ == "__main__":
    prefs.codegen.target = "numpy"  # nothing to compile
    logging.disable(logging.CRITICAL)
    sys.excepthook = sys.__excepthook__  # Brian's would log what ends the tests
    warnings.simplefilter("ignore")
    found = list(complaints())
    raise SystemExit("\n".join(found) or None)
