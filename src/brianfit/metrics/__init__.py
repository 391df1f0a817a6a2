"""Ready metrics, and the base classes of one's own; one file per metric."""

from brianfit.metrics._base import (
    AbstractMetric,
    AbstractSpikeMetric,
    AbstractTraceMetric,
    compares_sets,
    has_own_calc,
    is_of_sets,
    lowest_error_of,
    normalize_weights,
)
from brianfit.metrics._supports import (
    SupportsAccumulator,
    SupportsDataCheck,
    SupportsDurations,
    SupportsModelSpikes,
    SupportsParts,
    SupportsResiduals,
    SupportsSimilarity,
    SupportsSpikeCosts,
    SupportsSpikeTrains,
    SupportsTraceErrors,
    SupportsTraceSelection,
)
from brianfit.metrics.escape_rate import EscapeRateLikelihood
from brianfit.metrics.features import FeatureMetric, calc_eFEL
from brianfit.metrics.firing_pattern import FiringPattern
from brianfit.metrics.first_spike_latency import FirstSpikeLatency
from brianfit.metrics.gamma_factor import GammaFactor, firing_rate, get_gamma_factor
from brianfit.metrics.isi_distance import ISIDistance
from brianfit.metrics.md_star import MDStar
from brianfit.metrics.mean_squared_error import MSEMetric
from brianfit.metrics.multi_window_gamma import MultiWindowGamma
from brianfit.metrics.psth_variance import PSTHVariance
from brianfit.metrics.spike_count import SpikeCount, SpikeRate
from brianfit.metrics.spike_distance import SPIKEDistance
from brianfit.metrics.step_response import StepResponse
from brianfit.metrics.subthreshold_mse import SubthresholdMSE
from brianfit.metrics.van_rossum import VanRossum
from brianfit.metrics.victor_purpura import VictorPurpura

__all__ = [
    "AbstractMetric",
    "AbstractSpikeMetric",
    "AbstractTraceMetric",
    "EscapeRateLikelihood",
    "FeatureMetric",
    "FiringPattern",
    "FirstSpikeLatency",
    "GammaFactor",
    "ISIDistance",
    "MDStar",
    "MSEMetric",
    "MultiWindowGamma",
    "PSTHVariance",
    "SPIKEDistance",
    "SpikeCount",
    "SpikeRate",
    "StepResponse",
    "SubthresholdMSE",
    "SupportsAccumulator",
    "SupportsDataCheck",
    "SupportsDurations",
    "SupportsModelSpikes",
    "SupportsParts",
    "SupportsResiduals",
    "SupportsSimilarity",
    "SupportsSpikeCosts",
    "SupportsSpikeTrains",
    "SupportsTraceErrors",
    "SupportsTraceSelection",
    "VanRossum",
    "VictorPurpura",
    "calc_eFEL",
    "compares_sets",
    "firing_rate",
    "get_gamma_factor",
    "has_own_calc",
    "is_of_sets",
    "lowest_error_of",
    "normalize_weights",
]
