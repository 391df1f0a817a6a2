"""Ready metrics, and the base classes of one's own; one file per metric."""

from brianfit.metrics._base import (
    AbstractMetric,
    AbstractSpikeMetric,
    AbstractTraceMetric,
    SupportsAccumulator,
    SupportsDataCheck,
    SupportsDurations,
    SupportsResiduals,
    SupportsSpikeTrains,
    SupportsTraceErrors,
    SupportsTraceSelection,
    normalize_weights,
)
from brianfit.metrics.mean_squared_error import MSEMetric

__all__ = [
    "AbstractMetric",
    "AbstractSpikeMetric",
    "AbstractTraceMetric",
    "MSEMetric",
    "SupportsAccumulator",
    "SupportsDataCheck",
    "SupportsDurations",
    "SupportsResiduals",
    "SupportsSpikeTrains",
    "SupportsTraceErrors",
    "SupportsTraceSelection",
    "normalize_weights",
]
