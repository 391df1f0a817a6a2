"""Ready metrics, and the base classes of one's own; one file per metric."""

from brianfit.metrics._base import (
    AbstractMetric,
    AbstractSpikeMetric,
    AbstractTraceMetric,
    SupportsAccumulator,
    SupportsResiduals,
    SupportsSpikeTrains,
    SupportsTraceErrors,
)

__all__ = [
    "AbstractMetric",
    "AbstractSpikeMetric",
    "AbstractTraceMetric",
    "SupportsAccumulator",
    "SupportsResiduals",
    "SupportsSpikeTrains",
    "SupportsTraceErrors",
]
