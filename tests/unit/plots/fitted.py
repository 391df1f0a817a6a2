"""A result and a prediction made by hand: two sweeps, two free parameters, one fixed."""

from __future__ import annotations

from typing import Any

import numpy as np
from brian2 import farad, ms, mV, nA, pA, siemens, volt

from brianfit._foundation.units import DIMENSIONLESS
from brianfit.data import RecordingSet
from brianfit.results import (
    Dimensions,
    FitResult,
    History,
    ParameterRecord,
    PartRecord,
    Prediction,
    ProblemRecord,
    Round,
)

EQUATIONS = """dv/dt = (g_L*(E_L - v) + I)/C : volt (unless refractory)
g_L : siemens (constant)
C : farad (constant)
E_L : volt (constant)"""


def recordings(**changes: Any) -> RecordingSet:
    """Return two sweeps of 50 ms with a step of current, a trace and spikes."""
    given: dict[str, Any] = {
        "dt": 1 * ms,
        "inputs": {"I": np.array([[0.0] * 50, [0.0] * 25 + [120.0] * 25]) * pA},
        "traces": {"v": np.linspace(-70, -50, 100).reshape(2, 50) * mV},
        "spikes": [np.array([10.0, 20.0]) * ms, np.array([]) * ms],
        "labels": ["first", "second"],
    }
    return RecordingSet.from_arrays(**{**given, **changes})


def problem(**changes: Any) -> ProblemRecord:
    """Return what was fitted."""
    given: dict[str, Any] = {
        "equations": EQUATIONS,
        "threshold": "v > -40*mV",
        "reset": "v = E_L",
        "refractory": 2 * ms,
        "method": "exact",
        "method_options": {},
        "events": {},
        "dt": 0.0005,
        "initial_values": {"v": "E_L"},
        "constants": {"unused": 3 * nA},
        "recordings": recordings(),
        "output_names": ("v", "spikes"),
        "parameters": (
            ParameterRecord(name="g_L", dimensions=siemens.dim, low=1e-9, high=1e-7, scale="log"),
            ParameterRecord(name="C", dimensions=farad.dim, low=1e-10, high=3e-10, scale="linear"),
            ParameterRecord(name="E_L", dimensions=volt.dim, fixed=-0.07),
        ),
        "metrics": {"v": PartRecord(name="MSEMetric", module="brianfit.metrics", arguments={})},
        "weights": {},
        "penalty": None,
        "optimizer": PartRecord(name="CMAESOptimizer", module="brianfit.optimizers"),
        "engine": PartRecord(name="DefaultEngine", module="brianfit.engines"),
        "simulation": "FusedSimulation",
        "n_samples": 4,
        "rounds_foreseen": 2,
        "seed": 7,
        "use_units": True,
        "versions": {"brianfit": "0.1.0"},
    }
    return ProblemRecord(**{**given, **changes})


def result(**changes: Any) -> FitResult:
    """Return a fit of two rounds with four samples each; the last sample diverged."""
    values = np.array(
        [
            [[2e-9, 1.2e-10], [5e-9, 1.5e-10], [1e-8, 2.0e-10], [4e-8, 2.6e-10]],
            [[1e-8, 1.9e-10], [1.2e-8, 2.1e-10], [9e-9, 2.0e-10], [9e-8, 2.9e-10]],
        ]
    )
    errors = np.array([[8.0, 5.0, 1.0, 3.0], [1.05, 1.2, 1.02, np.inf]])
    outputs = np.stack([errors * 0.5, np.array([[4.0, 2.5, 0.5, 1.5], [0.5, 0.6, 0.6, 9.0]])], 2)
    history = History(
        parameter_names=("g_L", "C"),
        output_names=("v", "spikes"),
        rounds=tuple(
            Round(
                iteration=k,
                values=values[k],
                errors=errors[k],
                output_errors=outputs[k],
                raw_output_errors=outputs[k] * [1e-6, 1.0],
                seconds=0.5,
            )
            for k in range(2)
        ),
    )
    given: dict[str, Any] = {
        "best_values": {"g_L": 1e-8, "C": 2e-10, "E_L": -0.07},
        "error": 1.0,
        "output_errors": {"v": 0.5, "spikes": 0.5},
        "raw_output_errors": {"v": 5e-7, "spikes": 0.5},
        "trace_errors": {"v": np.array([0.25, 0.75]), "spikes": np.array([np.nan, np.nan])},
        "history": history,
        "dimensions": Dimensions(
            parameters={"g_L": siemens.dim, "C": farad.dim, "E_L": volt.dim},
            error=DIMENSIONLESS,
            output_errors={"v": DIMENSIONLESS, "spikes": DIMENSIONLESS},
            raw_output_errors={"v": volt.dim**2, "spikes": DIMENSIONLESS},
        ),
        "at_bound": {},
        "bounds": {"g_L": (1e-9, 1e-7), "C": (1e-10, 3e-10)},
        "stop_reason": "the rounds asked for were done",
        "seed": 7,
        "settings": {"samples per round": "4"},
        "versions": {"brianfit": "0.1.0", "numpy": "2.3"},
        "trace_labels": ("first", "second"),
        "problem": problem(),
    }
    return FitResult(**{**given, **changes})


def prediction(**changes: Any) -> Prediction:
    """Return a model that stays at -60 mV and spikes where the cell does not."""
    given: dict[str, Any] = {
        "recordings": recordings(),
        "traces": {"v": np.full((2, 100), -0.06)},
        "spikes": (np.array([0.011]), np.array([0.03, 0.04])),
        "dt": 0.0005,
        "dimensions": {"v": volt.dim},
        "held_out": frozenset({1}),
    }
    return Prediction(**{**given, **changes})
