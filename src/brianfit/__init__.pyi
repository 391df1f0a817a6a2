# The public names: this file is the only list. `__init__.py` reads where each comes from and loads
# it when it is first used; type checkers and editors read the same lines.

from brianfit import analysis as analysis
from brianfit import comparison as comparison
from brianfit import data as data
from brianfit import engines as engines
from brianfit import executors as executors
from brianfit import experiment as experiment
from brianfit import fitter as fitter
from brianfit import fitting as fitting
from brianfit import library as library
from brianfit import likelihoods as likelihoods
from brianfit import metric as metric
from brianfit import metrics as metrics
from brianfit import model as model
from brianfit import objective as objective
from brianfit import optimizer as optimizer
from brianfit import optimizers as optimizers
from brianfit import plots as plots
from brianfit import results as results
from brianfit import sampling as sampling
from brianfit import sensitivity as sensitivity
from brianfit import simulator as simulator
from brianfit import testing as testing
from brianfit import utils as utils
from brianfit import watching as watching
from brianfit._foundation.errors import BrianfitError
from brianfit.analysis import Reliability, reliability
from brianfit.comparison import CellsComparison, Comparison, compare
from brianfit.data import (
    OrnsteinUhlenbeck,
    PlausibilityWarning,
    Ramp,
    Recording,
    RecordingSet,
    Sine,
    Steps,
    add_holding,
    compensate_electrode,
    compensate_series_resistance,
    cut,
    detect_spikes,
    estimate_cell,
    estimate_membrane,
    example_recording,
    folds,
    low_pass,
    merge_repeats,
    read,
    resample,
    spike_level,
    step_times,
    subtract_junction_potential,
    until_first_spike,
    with_input_noise,
    with_spike_rate,
    with_spikes,
    with_stimulus,
)
from brianfit.data import split as split
from brianfit.engines import AbstractEngine, ReferenceEngine
from brianfit.executors import DaskExecutor, ProcessExecutor, SerialExecutor
from brianfit.experiment import Design, design
from brianfit.fitting import (
    CrossValidation,
    EscapeRateFit,
    Fitter,
    HypervolumeStagnation,
    ManyFits,
    MaxEvaluations,
    OnlineTraceFitter,
    Posterior,
    PredictedDraws,
    ProgressBar,
    SpikeFitter,
    SpikePrediction,
    Stagnation,
    TargetError,
    TraceFitter,
    WallClock,
    brian_script,
    callback_none,
    callback_setup,
    callback_text,
    choose_input_noise,
    cross_validate,
    fit_escape_rate,
    fit_many,
    fit_recorded_spikes,
    fit_voltage_threshold_gif,
    make_dic,
    parameters_around,
    parameters_near,
    predict,
    resume,
    write_nwb,
)
from brianfit.likelihoods import AutocorrelatedGaussian, EscapeNoise, Gaussian, StudentT
from brianfit.metrics import AbstractMetric as Metric
from brianfit.metrics import AbstractSpikeMetric as SpikeMetric
from brianfit.metrics import AbstractTraceMetric as TraceMetric
from brianfit.metrics import (
    EscapeRateLikelihood,
    FeatureMetric,
    FiringPattern,
    FirstSpikeLatency,
    GammaFactor,
    ISIDistance,
    MDStar,
    MSEMetric,
    MultiWindowGamma,
    PSTHVariance,
    SpikeCount,
    SPIKEDistance,
    SpikeRate,
    StepResponse,
    SubthresholdMSE,
    VanRossum,
    VictorPurpura,
    calc_eFEL,
    firing_rate,
    get_gamma_factor,
    normalize_weights,
)
from brianfit.model import Beta, LogNormal, Model, Normal, Parameter
from brianfit.optimizers import AbstractOptimizer as Optimizer
from brianfit.optimizers import (
    CMAESOptimizer,
    DifferentialEvolution,
    GuidedCMAESOptimizer,
    LedCMAESOptimizer,
    MultiStartLeastSquares,
    NevergradOptimizer,
    ParetoOptimizer,
    ParticleSwarm,
    ScipyOptimizer,
    SkoptOptimizer,
    calc_bounds,
)
from brianfit.results import (
    FitResult,
    ParetoFront,
    Prediction,
    Score,
    Store,
    Uncertainty,
    merge,
    recover,
)
from brianfit.results import load as load

__version__: str
__version_tuple__: tuple[int, ...]

# What `from brianfit import *` gives. `load` and `split` would hide functions of NumPy, and the
# folders of the package variables of scripts: these are imported by name.
__all__ = [
    "AbstractEngine",
    "AutocorrelatedGaussian",
    "Beta",
    "BrianfitError",
    "CMAESOptimizer",
    "CellsComparison",
    "Comparison",
    "CrossValidation",
    "DaskExecutor",
    "Design",
    "DifferentialEvolution",
    "EscapeNoise",
    "EscapeRateFit",
    "EscapeRateLikelihood",
    "FeatureMetric",
    "FiringPattern",
    "FirstSpikeLatency",
    "FitResult",
    "Fitter",
    "GammaFactor",
    "Gaussian",
    "GuidedCMAESOptimizer",
    "HypervolumeStagnation",
    "ISIDistance",
    "LedCMAESOptimizer",
    "LogNormal",
    "MDStar",
    "MSEMetric",
    "ManyFits",
    "MaxEvaluations",
    "Metric",
    "Model",
    "MultiStartLeastSquares",
    "MultiWindowGamma",
    "NevergradOptimizer",
    "Normal",
    "OnlineTraceFitter",
    "Optimizer",
    "OrnsteinUhlenbeck",
    "PSTHVariance",
    "Parameter",
    "ParetoFront",
    "ParetoOptimizer",
    "ParticleSwarm",
    "PlausibilityWarning",
    "Posterior",
    "PredictedDraws",
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
    "SpikePrediction",
    "SpikeRate",
    "Stagnation",
    "StepResponse",
    "Steps",
    "Store",
    "StudentT",
    "SubthresholdMSE",
    "TargetError",
    "TraceFitter",
    "TraceMetric",
    "Uncertainty",
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
    "choose_input_noise",
    "compare",
    "compensate_electrode",
    "compensate_series_resistance",
    "cross_validate",
    "cut",
    "design",
    "detect_spikes",
    "estimate_cell",
    "estimate_membrane",
    "example_recording",
    "firing_rate",
    "fit_escape_rate",
    "fit_many",
    "fit_recorded_spikes",
    "fit_voltage_threshold_gif",
    "folds",
    "get_gamma_factor",
    "library",
    "low_pass",
    "make_dic",
    "merge",
    "merge_repeats",
    "normalize_weights",
    "parameters_around",
    "parameters_near",
    "predict",
    "read",
    "recover",
    "reliability",
    "resample",
    "resume",
    "spike_level",
    "step_times",
    "subtract_junction_potential",
    "until_first_spike",
    "with_input_noise",
    "with_spike_rate",
    "with_spikes",
    "with_stimulus",
    "write_nwb",
]
