"""Fit neuron models written as Brian 2 equations to recorded traces and spike trains.

Public names only; each is loaded when it is first used, so that importing brianfit is quick. The
same names stand in `__init__.pyi`, for type checkers and editors.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version as _version
from typing import Any

_WHERE: dict[str, tuple[str, str | None]] = {  # the module, and what of it; None: all of it
    "AbstractEngine": ("brianfit.engines", "AbstractEngine"),
    "BrianfitError": ("brianfit._foundation.errors", "BrianfitError"),
    "CMAESOptimizer": ("brianfit.optimizers", "CMAESOptimizer"),
    "CrossValidation": ("brianfit.fitting", "CrossValidation"),
    "DaskExecutor": ("brianfit.executors", "DaskExecutor"),
    "DifferentialEvolution": ("brianfit.optimizers", "DifferentialEvolution"),
    "EscapeRateLikelihood": ("brianfit.metrics", "EscapeRateLikelihood"),
    "FeatureMetric": ("brianfit.metrics", "FeatureMetric"),
    "FiringPattern": ("brianfit.metrics", "FiringPattern"),
    "FirstSpikeLatency": ("brianfit.metrics", "FirstSpikeLatency"),
    "FitResult": ("brianfit.results", "FitResult"),
    "Fitter": ("brianfit.fitting", "Fitter"),
    "GammaFactor": ("brianfit.metrics", "GammaFactor"),
    "GuidedCMAESOptimizer": ("brianfit.optimizers", "GuidedCMAESOptimizer"),
    "HypervolumeStagnation": ("brianfit.fitting", "HypervolumeStagnation"),
    "ISIDistance": ("brianfit.metrics", "ISIDistance"),
    "MDStar": ("brianfit.metrics", "MDStar"),
    "MSEMetric": ("brianfit.metrics", "MSEMetric"),
    "ManyFits": ("brianfit.fitting", "ManyFits"),
    "MaxEvaluations": ("brianfit.fitting", "MaxEvaluations"),
    "Metric": ("brianfit.metrics", "AbstractMetric"),
    "Model": ("brianfit.model", "Model"),
    "MultiWindowGamma": ("brianfit.metrics", "MultiWindowGamma"),
    "MultiStartLeastSquares": ("brianfit.optimizers", "MultiStartLeastSquares"),
    "NevergradOptimizer": ("brianfit.optimizers", "NevergradOptimizer"),
    "OnlineTraceFitter": ("brianfit.fitting", "OnlineTraceFitter"),
    "Optimizer": ("brianfit.optimizers", "AbstractOptimizer"),
    "OrnsteinUhlenbeck": ("brianfit.data", "OrnsteinUhlenbeck"),
    "PSTHVariance": ("brianfit.metrics", "PSTHVariance"),
    "Parameter": ("brianfit.model", "Parameter"),
    "ParetoFront": ("brianfit.results", "ParetoFront"),
    "ParetoOptimizer": ("brianfit.optimizers", "ParetoOptimizer"),
    "ParticleSwarm": ("brianfit.optimizers", "ParticleSwarm"),
    "PlausibilityWarning": ("brianfit.data", "PlausibilityWarning"),
    "Prediction": ("brianfit.results", "Prediction"),
    "ProcessExecutor": ("brianfit.executors", "ProcessExecutor"),
    "ProgressBar": ("brianfit.fitting", "ProgressBar"),
    "Ramp": ("brianfit.data", "Ramp"),
    "Recording": ("brianfit.data", "Recording"),
    "RecordingSet": ("brianfit.data", "RecordingSet"),
    "ReferenceEngine": ("brianfit.engines", "ReferenceEngine"),
    "Reliability": ("brianfit.analysis", "Reliability"),
    "SPIKEDistance": ("brianfit.metrics", "SPIKEDistance"),
    "ScipyOptimizer": ("brianfit.optimizers", "ScipyOptimizer"),
    "Score": ("brianfit.results", "Score"),
    "SerialExecutor": ("brianfit.executors", "SerialExecutor"),
    "Sine": ("brianfit.data", "Sine"),
    "SkoptOptimizer": ("brianfit.optimizers", "SkoptOptimizer"),
    "SpikeCount": ("brianfit.metrics", "SpikeCount"),
    "SpikeFitter": ("brianfit.fitting", "SpikeFitter"),
    "SpikeMetric": ("brianfit.metrics", "AbstractSpikeMetric"),
    "SpikeRate": ("brianfit.metrics", "SpikeRate"),
    "Stagnation": ("brianfit.fitting", "Stagnation"),
    "Steps": ("brianfit.data", "Steps"),
    "Store": ("brianfit.results", "Store"),
    "StepResponse": ("brianfit.metrics", "StepResponse"),
    "SubthresholdMSE": ("brianfit.metrics", "SubthresholdMSE"),
    "TargetError": ("brianfit.fitting", "TargetError"),
    "TraceFitter": ("brianfit.fitting", "TraceFitter"),
    "TraceMetric": ("brianfit.metrics", "AbstractTraceMetric"),
    "VanRossum": ("brianfit.metrics", "VanRossum"),
    "VictorPurpura": ("brianfit.metrics", "VictorPurpura"),
    "WallClock": ("brianfit.fitting", "WallClock"),
    "add_holding": ("brianfit.data", "add_holding"),
    "brian_script": ("brianfit.fitting", "brian_script"),
    "calc_bounds": ("brianfit.optimizers", "calc_bounds"),
    "calc_eFEL": ("brianfit.metrics", "calc_eFEL"),
    "callback_none": ("brianfit.fitting", "callback_none"),
    "callback_setup": ("brianfit.fitting", "callback_setup"),
    "callback_text": ("brianfit.fitting", "callback_text"),
    "compensate_series_resistance": ("brianfit.data", "compensate_series_resistance"),
    "cross_validate": ("brianfit.fitting", "cross_validate"),
    "cut": ("brianfit.data", "cut"),
    "detect_spikes": ("brianfit.data", "detect_spikes"),
    "estimate_cell": ("brianfit.data", "estimate_cell"),
    "estimate_membrane": ("brianfit.data", "estimate_membrane"),
    "example_recording": ("brianfit.data", "example_recording"),
    "firing_rate": ("brianfit.metrics", "firing_rate"),
    "fit_many": ("brianfit.fitting", "fit_many"),
    "folds": ("brianfit.data", "folds"),
    "get_gamma_factor": ("brianfit.metrics", "get_gamma_factor"),
    "library": ("brianfit.library", None),
    "load": ("brianfit.results", "load"),
    "low_pass": ("brianfit.data", "low_pass"),
    "make_dic": ("brianfit.fitting", "make_dic"),
    "merge": ("brianfit.results", "merge"),
    "merge_repeats": ("brianfit.data", "merge_repeats"),
    "normalize_weights": ("brianfit.metrics", "normalize_weights"),
    "fit_recorded_spikes": ("brianfit.fitting", "fit_recorded_spikes"),
    "parameters_around": ("brianfit.fitting", "parameters_around"),
    "parameters_near": ("brianfit.fitting", "parameters_near"),
    "predict": ("brianfit.fitting", "predict"),
    "read": ("brianfit.data", "read"),
    "recover": ("brianfit.results", "recover"),
    "reliability": ("brianfit.analysis", "reliability"),
    "resample": ("brianfit.data", "resample"),
    "resume": ("brianfit.fitting", "resume"),
    "spike_level": ("brianfit.data", "spike_level"),
    "split": ("brianfit.data", "split"),
    "step_times": ("brianfit.data", "step_times"),
    "subtract_junction_potential": ("brianfit.data", "subtract_junction_potential"),
    "until_first_spike": ("brianfit.data", "until_first_spike"),
    "with_input_noise": ("brianfit.data", "with_input_noise"),
    "with_spike_rate": ("brianfit.data", "with_spike_rate"),
    "with_spikes": ("brianfit.data", "with_spikes"),
    "with_stimulus": ("brianfit.data", "with_stimulus"),
}

# `from brianfit import *` must not hide functions of NumPy: these are imported by name.
_BY_NAME_ONLY = {"load", "split"}

__all__ = sorted(set(_WHERE) - _BY_NAME_ONLY)  # noqa: PLE0605 - a list, made from the table

__version__ = _version("brianfit")
__version_tuple__ = tuple(int(part) for part in __version__.split(".")[:3] if part.isdigit())


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name not in _WHERE:
        raise AttributeError(f"module 'brianfit' has no attribute {name!r}")
    module, attribute = _WHERE[name]
    found = import_module(module)
    value = found if attribute is None else getattr(found, attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*_WHERE, "__version__", "__version_tuple__"])
