"""Where samples are evaluated."""

from brianfit.executors._base import AbstractExecutor
from brianfit.executors.serial import SerialExecutor

__all__ = ["AbstractExecutor", "SerialExecutor"]
