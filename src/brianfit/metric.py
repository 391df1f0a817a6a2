"""The names of the older toolbox's module `metric`; new scripts take them from `brianfit`."""

from brianfit.metrics import AbstractMetric as Metric
from brianfit.metrics import AbstractSpikeMetric as SpikeMetric
from brianfit.metrics import AbstractTraceMetric as TraceMetric
from brianfit.metrics import (
    FeatureMetric,
    GammaFactor,
    MSEMetric,
    calc_eFEL,
    firing_rate,
    get_gamma_factor,
    normalize_weights,
)

__all__ = [
    "FeatureMetric",
    "GammaFactor",
    "MSEMetric",
    "Metric",
    "SpikeMetric",
    "TraceMetric",
    "calc_eFEL",
    "firing_rate",
    "get_gamma_factor",
    "normalize_weights",
]
