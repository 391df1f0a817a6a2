from brianfit import library as library
from brianfit._foundation.errors import BrianfitError as BrianfitError
from brianfit.analysis import Reliability as Reliability
from brianfit.analysis import reliability as reliability
from brianfit.data import OrnsteinUhlenbeck as OrnsteinUhlenbeck
from brianfit.data import PlausibilityWarning as PlausibilityWarning
from brianfit.data import Ramp as Ramp
from brianfit.data import Recording as Recording
from brianfit.data import RecordingSet as RecordingSet
from brianfit.data import Sine as Sine
from brianfit.data import Steps as Steps
from brianfit.data import add_holding as add_holding
from brianfit.data import compensate_series_resistance as compensate_series_resistance
from brianfit.data import cut as cut
from brianfit.data import detect_spikes as detect_spikes
from brianfit.data import example_recording as example_recording
from brianfit.data import folds as folds
from brianfit.data import low_pass as low_pass
from brianfit.data import merge_repeats as merge_repeats
from brianfit.data import read as read
from brianfit.data import resample as resample
from brianfit.data import spike_level as spike_level
from brianfit.data import split as split
from brianfit.data import step_times as step_times
from brianfit.data import subtract_junction_potential as subtract_junction_potential
from brianfit.data import until_first_spike as until_first_spike
from brianfit.data import with_spike_rate as with_spike_rate
from brianfit.data import with_spikes as with_spikes
from brianfit.data import with_stimulus as with_stimulus
from brianfit.engines import AbstractEngine as AbstractEngine
from brianfit.engines import ReferenceEngine as ReferenceEngine
from brianfit.executors import (
    DaskExecutor as DaskExecutor,
)
from brianfit.executors import (
    ProcessExecutor as ProcessExecutor,
)
from brianfit.executors import (
    SerialExecutor as SerialExecutor,
)
from brianfit.fitting import CrossValidation as CrossValidation
from brianfit.fitting import (
    Fitter as Fitter,
)
from brianfit.fitting import (
    ManyFits as ManyFits,
)
from brianfit.fitting import (
    MaxEvaluations as MaxEvaluations,
)
from brianfit.fitting import (
    OnlineTraceFitter as OnlineTraceFitter,
)
from brianfit.fitting import (
    ProgressBar as ProgressBar,
)
from brianfit.fitting import (
    SpikeFitter as SpikeFitter,
)
from brianfit.fitting import (
    Stagnation as Stagnation,
)
from brianfit.fitting import (
    TargetError as TargetError,
)
from brianfit.fitting import (
    TraceFitter as TraceFitter,
)
from brianfit.fitting import (
    WallClock as WallClock,
)
from brianfit.fitting import brian_script as brian_script
from brianfit.fitting import (
    callback_none as callback_none,
)
from brianfit.fitting import (
    callback_setup as callback_setup,
)
from brianfit.fitting import (
    callback_text as callback_text,
)
from brianfit.fitting import cross_validate as cross_validate
from brianfit.fitting import (
    fit_many as fit_many,
)
from brianfit.fitting import (
    make_dic as make_dic,
)
from brianfit.fitting import predict as predict
from brianfit.fitting import (
    resume as resume,
)
from brianfit.metrics import (
    AbstractMetric as Metric,
)
from brianfit.metrics import (
    AbstractSpikeMetric as SpikeMetric,
)
from brianfit.metrics import (
    AbstractTraceMetric as TraceMetric,
)
from brianfit.metrics import EscapeRateLikelihood as EscapeRateLikelihood
from brianfit.metrics import (
    FeatureMetric as FeatureMetric,
)
from brianfit.metrics import (
    FiringPattern as FiringPattern,
)
from brianfit.metrics import FirstSpikeLatency as FirstSpikeLatency
from brianfit.metrics import (
    GammaFactor as GammaFactor,
)
from brianfit.metrics import ISIDistance as ISIDistance
from brianfit.metrics import MDStar as MDStar
from brianfit.metrics import (
    MSEMetric as MSEMetric,
)
from brianfit.metrics import PSTHVariance as PSTHVariance
from brianfit.metrics import SpikeCount as SpikeCount
from brianfit.metrics import SPIKEDistance as SPIKEDistance
from brianfit.metrics import SpikeRate as SpikeRate
from brianfit.metrics import StepResponse as StepResponse
from brianfit.metrics import SubthresholdMSE as SubthresholdMSE
from brianfit.metrics import VanRossum as VanRossum
from brianfit.metrics import VictorPurpura as VictorPurpura
from brianfit.metrics import (
    calc_eFEL as calc_eFEL,
)
from brianfit.metrics import (
    firing_rate as firing_rate,
)
from brianfit.metrics import (
    get_gamma_factor as get_gamma_factor,
)
from brianfit.metrics import (
    normalize_weights as normalize_weights,
)
from brianfit.model import Model as Model
from brianfit.model import Parameter as Parameter
from brianfit.optimizers import (
    AbstractOptimizer as Optimizer,
)
from brianfit.optimizers import (
    CMAESOptimizer as CMAESOptimizer,
)
from brianfit.optimizers import (
    DifferentialEvolution as DifferentialEvolution,
)
from brianfit.optimizers import (
    GuidedCMAESOptimizer as GuidedCMAESOptimizer,
)
from brianfit.optimizers import (
    MultiStartLeastSquares as MultiStartLeastSquares,
)
from brianfit.optimizers import (
    NevergradOptimizer as NevergradOptimizer,
)
from brianfit.optimizers import (
    ParticleSwarm as ParticleSwarm,
)
from brianfit.optimizers import (
    SkoptOptimizer as SkoptOptimizer,
)
from brianfit.optimizers import (
    calc_bounds as calc_bounds,
)
from brianfit.results import (
    FitResult as FitResult,
)
from brianfit.results import Prediction as Prediction
from brianfit.results import Score as Score
from brianfit.results import (
    Store as Store,
)
from brianfit.results import (
    load as load,
)
from brianfit.results import (
    merge as merge,
)
from brianfit.results import (
    recover as recover,
)

__version__: str
__version_tuple__: tuple[int, ...]

from brianfit.fitting import HypervolumeStagnation as HypervolumeStagnation
from brianfit.optimizers import ParetoOptimizer as ParetoOptimizer
from brianfit.optimizers import ScipyOptimizer as ScipyOptimizer
from brianfit.results import ParetoFront as ParetoFront

__all__ = [
    "AbstractEngine",
    "BrianfitError",
    "CMAESOptimizer",
    "CrossValidation",
    "DaskExecutor",
    "DifferentialEvolution",
    "EscapeRateLikelihood",
    "FeatureMetric",
    "FirstSpikeLatency",
    "FitResult",
    "Fitter",
    "GammaFactor",
    "GuidedCMAESOptimizer",
    "HypervolumeStagnation",
    "ISIDistance",
    "MDStar",
    "MSEMetric",
    "ManyFits",
    "MaxEvaluations",
    "Metric",
    "Model",
    "MultiStartLeastSquares",
    "NevergradOptimizer",
    "OnlineTraceFitter",
    "Optimizer",
    "OrnsteinUhlenbeck",
    "PSTHVariance",
    "Parameter",
    "ParetoFront",
    "ParetoOptimizer",
    "ParticleSwarm",
    "PlausibilityWarning",
    "Prediction",
    "ProcessExecutor",
    "ProgressBar",
    "Ramp",
    "Recording",
    "RecordingSet",
    "ReferenceEngine",
    "Reliability",
    "SPIKEDistance",
    "ScipyOptimizer",
    "Score",
    "SerialExecutor",
    "Sine",
    "SkoptOptimizer",
    "SpikeCount",
    "SpikeFitter",
    "SpikeMetric",
    "SpikeRate",
    "Stagnation",
    "StepResponse",
    "Steps",
    "Store",
    "SubthresholdMSE",
    "TargetError",
    "TraceFitter",
    "TraceMetric",
    "VanRossum",
    "VictorPurpura",
    "WallClock",
    "add_holding",
    "brian_script",
    "calc_bounds",
    "calc_eFEL",
    "callback_none",
    "callback_setup",
    "callback_text",
    "compensate_series_resistance",
    "cross_validate",
    "cut",
    "firing_rate",
    "fit_many",
    "folds",
    "get_gamma_factor",
    "low_pass",
    "make_dic",
    "merge",
    "merge_repeats",
    "normalize_weights",
    "predict",
    "read",
    "recover",
    "reliability",
    "resample",
    "resume",
    "spike_level",
    "step_times",
    "subtract_junction_potential",
    "with_spike_rate",
    "with_spikes",
    "with_stimulus",
]
from brianfit.data import estimate_cell as estimate_cell
from brianfit.data import estimate_membrane as estimate_membrane
from brianfit.data import with_input_noise as with_input_noise
from brianfit.fitting import fit_recorded_spikes as fit_recorded_spikes
from brianfit.fitting import parameters_around as parameters_around
from brianfit.fitting import parameters_near as parameters_near
from brianfit.metrics import MultiWindowGamma as MultiWindowGamma
