"""Where samples are evaluated."""

from brianfit.executors._base import AbstractExecutor
from brianfit.executors.dask import DaskExecutor
from brianfit.executors.processes import ProcessExecutor
from brianfit.executors.serial import SerialExecutor
from brianfit.executors.shared_work import SharedWork, SupportsWholeRounds

__all__ = [
    "AbstractExecutor",
    "DaskExecutor",
    "ProcessExecutor",
    "SerialExecutor",
    "SharedWork",
    "SupportsWholeRounds",
]
