"""Every ready metric and optimizer with arguments that make it; what is missing here is noticed."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from brian2 import Hz, ms, mV

from brianfit import metrics, optimizers
from brianfit.metrics import AbstractMetric
from brianfit.optimizers import AbstractOptimizer


def highest_value(trace: np.ndarray, dt: float) -> float:
    """Return a feature of a trace."""
    return float(trace.max())


METRIC_ARGUMENTS: Mapping[str, Mapping[str, Any]] = {
    "FeatureMetric": {"stim_times": [0 * ms, 2 * ms], "feat_list": [highest_value]},
    "GammaFactor": {"delta": 0.2 * ms},
    "MDStar": {"delta": 0.5 * ms},
    "MultiWindowGamma": {"deltas": [0.1, 0.2] * ms},
    "PSTHVariance": {"width": 1 * ms},
    "StepResponse": {"threshold": 0.5, "start": 0 * ms, "stop": 3 * ms},
    "SubthresholdMSE": {"threshold": 1000 * mV},
    "VanRossum": {"tau": 1 * ms},
    "VictorPurpura": {"cost": 100 * Hz},
}
"""What a metric must be given; those not named need nothing."""

PACKAGES: Mapping[str, str] = {
    "NevergradOptimizer": "nevergrad",
    "ParetoOptimizer": "pymoo",
    "SkoptOptimizer": "skopt",
}
"""Optional packages of optimizers."""


def ready_kinds(module: Any, base: type) -> dict[str, type]:
    """Return the concrete classes of a kind that a package offers, by name."""
    offered = {name: getattr(module, name) for name in module.__all__}
    return {
        name: kind
        for name, kind in offered.items()
        if inspect.isclass(kind) and issubclass(kind, base) and not inspect.isabstract(kind)
    }


METRICS = ready_kinds(metrics, AbstractMetric)
OPTIMIZERS = ready_kinds(optimizers, AbstractOptimizer)

OPTIMIZER_NAMES = [
    pytest.param(name, marks=pytest.mark.needs_package(PACKAGES[name]) if name in PACKAGES else ())
    for name in OPTIMIZERS
]
"""For `parametrize`: tests of those whose package is not installed are skipped."""


def make_metric(name: str, kind: type | None = None, **arguments: Any) -> Any:
    """Return a ready metric, or one of a class derived from it."""
    return (kind or METRICS[name])(**{**METRIC_ARGUMENTS.get(name, {}), **arguments})
