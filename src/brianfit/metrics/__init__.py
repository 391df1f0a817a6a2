"""Ready metrics, and the base classes of one's own; one file per metric."""

from brianfit.metrics._base import (
    AbstractMetric,
    AbstractSpikeMetric,
    AbstractTraceMetric,
    normalize_weights,
)
from brianfit.metrics._supports import (
    SupportsAccumulator,
    SupportsDataCheck,
    SupportsDurations,
    SupportsParts,
    SupportsResiduals,
    SupportsSimilarity,
    SupportsSpikeTrains,
    SupportsTraceErrors,
    SupportsTraceSelection,
    SupportsTrainSets,
)
from brianfit.metrics.features import FeatureMetric, calc_eFEL
from brianfit.metrics.firing_pattern import FiringPattern
from brianfit.metrics.gamma_factor import GammaFactor, firing_rate, get_gamma_factor
from brianfit.metrics.md_star import MDStar
from brianfit.metrics.mean_squared_error import MSEMetric

__all__ = [
    "AbstractMetric",
    "AbstractSpikeMetric",
    "AbstractTraceMetric",
    "FeatureMetric",
    "FiringPattern",
    "GammaFactor",
    "MDStar",
    "MSEMetric",
    "SupportsAccumulator",
    "SupportsDataCheck",
    "SupportsDurations",
    "SupportsParts",
    "SupportsResiduals",
    "SupportsSimilarity",
    "SupportsSpikeTrains",
    "SupportsTraceErrors",
    "SupportsTraceSelection",
    "SupportsTrainSets",
    "calc_eFEL",
    "firing_rate",
    "get_gamma_factor",
    "normalize_weights",
]
