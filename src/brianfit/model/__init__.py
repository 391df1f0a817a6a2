"""What is simulated: equations, parameters, values given over time, running sums."""

from brianfit.model.accumulators import Accumulator
from brianfit.model.model import Event, Model, RegularOperation
from brianfit.model.parameters import Parameter, ParameterSpace, uses_log_scale
from brianfit.model.priors import AbstractPrior, Beta, LogNormal, Normal, Prior
from brianfit.model.timed_values import TimedValues

__all__ = [
    "AbstractPrior",
    "Accumulator",
    "Beta",
    "Event",
    "LogNormal",
    "Model",
    "Normal",
    "Parameter",
    "ParameterSpace",
    "Prior",
    "RegularOperation",
    "TimedValues",
    "uses_log_scale",
]
