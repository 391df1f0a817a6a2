"""Model, data, metrics and engine as one function of samples."""

from brianfit.objective.evaluation import Evaluation, joined
from brianfit.objective.linearisation import Linearisation, joined_linearisations
from brianfit.objective.objective import MEMORY_LIMIT, Objective, build_objective
from brianfit.objective.outputs import SPIKES, Output, SpikeOutput, TraceOutput, metric_words

__all__ = [
    "MEMORY_LIMIT",
    "SPIKES",
    "Evaluation",
    "Linearisation",
    "Objective",
    "Output",
    "SpikeOutput",
    "TraceOutput",
    "build_objective",
    "joined",
    "joined_linearisations",
    "metric_words",
]
