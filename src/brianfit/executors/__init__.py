"""Where samples are evaluated."""

from brianfit.executors._base import AbstractExecutor
from brianfit.executors.dask import DaskExecutor
from brianfit.executors.processes import ProcessExecutor
from brianfit.executors.serial import SerialExecutor
from brianfit.executors.shared_work import SharedWork

__all__ = [
    "AbstractExecutor",
    "DaskExecutor",
    "ProcessExecutor",
    "SerialExecutor",
    "SharedWork",
]
