"""What a fit leaves behind: its history and its result."""

from brianfit.results.fit_result import FitResult
from brianfit.results.history import History, Round
from brianfit.results.prediction import Prediction
from brianfit.results.problem_record import (
    EventRecord,
    ParameterRecord,
    PartRecord,
    ProblemRecord,
)
from brianfit.results.store import (
    Store,
    StoredFit,
    StoredRound,
    StoreWriter,
    load,
    merge,
    open_store,
    recover,
)
from brianfit.results.tables import FORMATS, Dimensions, results_table

__all__ = [
    "FORMATS",
    "Dimensions",
    "EventRecord",
    "FitResult",
    "History",
    "ParameterRecord",
    "PartRecord",
    "Prediction",
    "ProblemRecord",
    "Round",
    "Store",
    "StoreWriter",
    "StoredFit",
    "StoredRound",
    "load",
    "merge",
    "open_store",
    "recover",
    "results_table",
]
