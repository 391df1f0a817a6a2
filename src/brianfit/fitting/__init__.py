"""The short way in: fitters, and how their search goes on and ends."""

from brianfit.fitting.after.brian_script import brian_script
from brianfit.fitting.after.input_noise import InputNoise, choose_input_noise
from brianfit.fitting.after.nwb_copy import write_nwb
from brianfit.fitting.after.predict import predict
from brianfit.fitting.escape_rates.dictionary import fit_voltage_threshold_gif
from brianfit.fitting.escape_rates.fit import fit_escape_rate
from brianfit.fitting.escape_rates.outcome import EscapeRateFit, SpikePrediction
from brianfit.fitting.fitters.fitter import Fitter
from brianfit.fitting.fitters.online_trace_fitter import OnlineTraceFitter
from brianfit.fitting.fitters.spike_fitter import SpikeFitter
from brianfit.fitting.fitters.trace_fitter import TraceFitter
from brianfit.fitting.posteriors.posterior import Posterior
from brianfit.fitting.posteriors.predicted_draws import PredictedDraws
from brianfit.fitting.problem.parameters_near import parameters_near
from brianfit.fitting.search.callbacks import (
    ProgressBar,
    callback_none,
    callback_setup,
    callback_text,
    make_dic,
)
from brianfit.fitting.search.stop_rules import (
    AbstractStopRule,
    HypervolumeStagnation,
    MaxEvaluations,
    Stagnation,
    TargetError,
    WallClock,
)
from brianfit.fitting.studies.cross_validation import CrossValidation, Fold, cross_validate
from brianfit.fitting.studies.fit_many import ManyFits, fit_many
from brianfit.fitting.studies.recorded_spikes import (
    RecordedSpikesFit,
    fit_recorded_spikes,
    parameters_around,
)
from brianfit.fitting.studies.resume import resume

__all__ = [
    "AbstractStopRule",
    "CrossValidation",
    "EscapeRateFit",
    "Fitter",
    "Fold",
    "HypervolumeStagnation",
    "InputNoise",
    "ManyFits",
    "MaxEvaluations",
    "OnlineTraceFitter",
    "Posterior",
    "PredictedDraws",
    "ProgressBar",
    "RecordedSpikesFit",
    "SpikeFitter",
    "SpikePrediction",
    "Stagnation",
    "TargetError",
    "TraceFitter",
    "WallClock",
    "brian_script",
    "callback_none",
    "callback_setup",
    "callback_text",
    "choose_input_noise",
    "cross_validate",
    "fit_escape_rate",
    "fit_many",
    "fit_recorded_spikes",
    "fit_voltage_threshold_gif",
    "make_dic",
    "parameters_around",
    "parameters_near",
    "predict",
    "resume",
    "write_nwb",
]
