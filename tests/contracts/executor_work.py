"""Functions that executors are asked to evaluate; workers find them here."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np


def squares(factor: float, values: np.ndarray, first_sample: int) -> np.ndarray:
    """Return the squares of samples, and their numbers."""
    numbers = first_sample + np.arange(len(values))
    return np.column_stack([factor * values[:, 0] ** 2, numbers])


def process_of_each(_shared: object, values: np.ndarray, _first: int) -> np.ndarray:
    """Return the number of the process that evaluated each sample."""
    return np.full(len(values), os.getpid())


def dies_once(mark: Path, values: np.ndarray, first_sample: int) -> np.ndarray:
    """End the process that evaluates sample 3, the first time."""
    if first_sample <= 3 < first_sample + len(values) and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return values[:, 0]


def dies(_shared: object, values: np.ndarray, _first: int) -> np.ndarray:
    """End the process."""
    os.kill(os.getpid(), signal.SIGKILL)
    return values[:, 0]


def sleeps(seconds: float, values: np.ndarray, _first: int) -> np.ndarray:
    """Sleep for samples below zero."""
    time.sleep(seconds if np.any(values < 0) else 0)
    return values[:, 0]


def spins(seconds: float, values: np.ndarray, _first: int) -> np.ndarray:
    """Run Python code all the time for samples below zero, as a metric may that comes to no end."""
    ends = time.monotonic() + (seconds if np.any(values < 0) else 0)
    while time.monotonic() < ends:
        time.sleep(0.001)
    return values[:, 0]


def fails(_shared: object, values: np.ndarray, first_sample: int) -> np.ndarray:
    """Raise."""
    raise ValueError(f"no result for {len(values)} samples from {first_sample}")


def infinite(_shared: object, n_samples: int) -> np.ndarray:
    """Return the result for samples that came to no end."""
    return np.full(n_samples, np.inf)
