"""The short way in: fitters, and how their search goes on and ends."""

from brianfit.fitting.brian_script import brian_script
from brianfit.fitting.callbacks import (
    ProgressBar,
    callback_none,
    callback_setup,
    callback_text,
    make_dic,
)
from brianfit.fitting.cross_validation import CrossValidation, Fold, cross_validate
from brianfit.fitting.fitter import Fitter
from brianfit.fitting.many import ManyFits, fit_many
from brianfit.fitting.near_membrane import parameters_near
from brianfit.fitting.online_trace_fitter import OnlineTraceFitter
from brianfit.fitting.prediction import predict
from brianfit.fitting.recorded_spikes import (
    RecordedSpikesFit,
    fit_recorded_spikes,
    parameters_around,
)
from brianfit.fitting.resuming import resume
from brianfit.fitting.spike_fitter import SpikeFitter
from brianfit.fitting.stopping import (
    AbstractStopRule,
    HypervolumeStagnation,
    MaxEvaluations,
    Stagnation,
    TargetError,
    WallClock,
)
from brianfit.fitting.trace_fitter import TraceFitter

__all__ = [
    "AbstractStopRule",
    "CrossValidation",
    "Fitter",
    "Fold",
    "HypervolumeStagnation",
    "ManyFits",
    "MaxEvaluations",
    "OnlineTraceFitter",
    "ProgressBar",
    "RecordedSpikesFit",
    "SpikeFitter",
    "Stagnation",
    "TargetError",
    "TraceFitter",
    "WallClock",
    "brian_script",
    "callback_none",
    "callback_setup",
    "callback_text",
    "cross_validate",
    "fit_many",
    "fit_recorded_spikes",
    "make_dic",
    "parameters_around",
    "parameters_near",
    "predict",
    "resume",
]
