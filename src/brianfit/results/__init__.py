"""What a fit leaves behind: its history and its result."""

from brianfit.results.diagnostics import Cluster, Diagnostics, LocalSearch
from brianfit.results.fit_result import FitResult
from brianfit.results.history import REFINE, SEARCH, History, Round
from brianfit.results.intervals.uncertainty import Interval, Profile, Uncertainty
from brianfit.results.pareto_front import ParetoFront, is_on_front, pareto_front
from brianfit.results.prediction import Prediction
from brianfit.results.problem_record import (
    EventRecord,
    ParameterRecord,
    PartRecord,
    ProblemRecord,
    RegularRecord,
)
from brianfit.results.score import Score, ValidationCourse
from brianfit.results.store import (
    Store,
    StoreCheck,
    StoredFit,
    StoredRound,
    StoreWriter,
    check_store,
    load,
    load_problems,
    merge,
    open_store,
    recover,
    set_aside,
)
from brianfit.results.store.copying import PathLike
from brianfit.results.tables import FORMATS, Dimensions, results_table
from brianfit.results.trials import SetScore, Trials
from brianfit.results.verdict import Verdict, verdict_on

__all__ = [
    "FORMATS",
    "REFINE",
    "SEARCH",
    "Cluster",
    "Diagnostics",
    "Dimensions",
    "EventRecord",
    "FitResult",
    "History",
    "Interval",
    "LocalSearch",
    "ParameterRecord",
    "ParetoFront",
    "PartRecord",
    "PathLike",
    "Prediction",
    "ProblemRecord",
    "Profile",
    "RegularRecord",
    "Round",
    "Score",
    "SetScore",
    "Store",
    "StoreCheck",
    "StoreWriter",
    "StoredFit",
    "StoredRound",
    "Trials",
    "Uncertainty",
    "ValidationCourse",
    "Verdict",
    "check_store",
    "is_on_front",
    "load",
    "load_problems",
    "merge",
    "open_store",
    "pareto_front",
    "recover",
    "results_table",
    "set_aside",
    "verdict_on",
]
