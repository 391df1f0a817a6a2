"""Loops written by hand in C++: how fast the Hodgkin-Huxley model can be on this machine.

``hh_plain.cpp`` is the loop as one writes it down, ``hh_best.cpp`` the fastest that we know. Both
are compiled for the CPU at hand. Run it with ``python -m benchmarks.speed.cpp_yardstick``.
"""

from __future__ import annotations

import ctypes
import functools
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.shared_folder import NotPossibleHere

NAMES = ("plain", "best")
PARAMETERS = ("gl", "g_na", "g_kd", "Cm")
FLAGS = ("-std=c++17", "-O3", "-march=native", "-mprefer-vector-width=512", "-ffast-math")
_SOURCES = Path(__file__).parent
_FLOATS = ctypes.POINTER(ctypes.c_double)


@dataclass(frozen=True, kw_only=True)
class HodgkinHuxleyTask:
    """What is simulated.

    Attributes
    ----------
    parameters
        gl, g_na, g_kd [S] and Cm [F] of every sample, shape (n_samples, 4).
    current
        Input [A], shape (n_traces, n_steps).
    target
        What the voltage is compared with [V], shape (n_traces, n_steps).
    start_step
        The first step that counts in the error.
    dt
        The time step [s].
    """

    parameters: np.ndarray
    current: np.ndarray
    target: np.ndarray
    start_step: int = 0
    dt: float = 1e-5

    @property
    def n_neuron_steps(self) -> int:
        """Return how many times a neuron is taken one step further."""
        return len(self.parameters) * self.current.size


class _Problem(ctypes.Structure):
    _fields_ = (
        *((name, _FLOATS) for name in ("parameters", "input", "target", "errors")),
        *((name, ctypes.c_int64) for name in ("n_samples", "n_traces", "n_steps", "start_step")),
        ("dt", ctypes.c_double),
    )


def example_task(*, n_samples: int, n_traces: int, n_steps: int) -> HodgkinHuxleyTask:
    """Return samples spread over ranges in which the model spikes, under steps of current."""
    low = np.array([1e-8, 1e-5, 3e-6, 1.5e-10])
    high = np.array([3e-8, 3e-5, 1e-5, 2.5e-10])
    current = np.zeros((n_traces, n_steps))
    current[:, n_steps // 10 : -(n_steps // 10)] = 1e-10 * np.arange(1, n_traces + 1)[:, None]
    return HodgkinHuxleyTask(
        parameters=np.random.default_rng(1).uniform(low, high, size=(n_samples, len(low))),
        current=current,
        target=np.full((n_traces, n_steps), -0.065),
    )


@functools.cache
def compiled(name: str) -> Callable[[HodgkinHuxleyTask, int], np.ndarray]:
    """Compile a loop; the result takes a task and a number of threads and returns the errors.

    Raises
    ------
    NotPossibleHere
        If there is no g++.
    """
    if name not in NAMES:
        raise ValueError(f"Expected one of {NAMES}, but found {name!r}.")
    compiler = shutil.which("g++")
    if compiler is None:
        raise NotPossibleHere(
            "Expected the compiler g++ on the path, but found none; the loops written by hand "
            "need it. Install it, for example with `apt install g++`."
        )
    with tempfile.TemporaryDirectory() as folder:
        object_file, library = Path(folder, "loop.o"), Path(folder, "loop.so")
        source = _SOURCES / f"hh_{name}.cpp"
        subprocess.run(
            [compiler, *FLAGS, "-fPIC", "-pthread", "-c", source, "-o", object_file], check=True
        )
        # Linked with -ffast-math, a library would change how all of Python treats tiny numbers.
        subprocess.run([compiler, "-shared", "-pthread", object_file, "-o", library], check=True)
        function = ctypes.CDLL(str(library)).mean_squared_errors
    function.restype = None

    def errors(task: HodgkinHuxleyTask, n_threads: int = 1) -> np.ndarray:
        """Return the mean squared distance of every sample [V**2], shape (n_samples,)."""
        return _call(function, task, n_threads)

    return errors


def hh_nanoseconds(
    name: str, *, n_samples: int, n_traces: int, n_steps: int, n_threads: int = 1, repeats: int = 5
) -> float:
    """Return the median time for one step of one neuron [ns]."""
    times = all_nanoseconds(
        name,
        example_task(n_samples=n_samples, n_traces=n_traces, n_steps=n_steps),
        n_threads,
        repeats,
    )
    return statistics.median(times)


def all_nanoseconds(
    name: str, task: HodgkinHuxleyTask, n_threads: int = 1, repeats: int = 5
) -> list[float]:
    """Return the time for one step of one neuron in each of several runs [ns]."""
    errors = compiled(name)
    clock = time.process_time if n_threads == 1 else time.perf_counter
    times = []
    for _ in range(repeats):
        started = clock()
        errors(task, n_threads)
        times.append((clock() - started) / task.n_neuron_steps * 1e9)
    return times


def _call(function: Callable[..., None], task: HodgkinHuxleyTask, n_threads: int) -> np.ndarray:
    n_samples, (n_traces, n_steps) = len(task.parameters), task.current.shape
    if task.target.shape != task.current.shape:
        raise ValueError(
            f"Expected `target` to have the shape of `current`, {task.current.shape}, but it has "
            f"shape {task.target.shape}."
        )
    arrays = [
        np.ascontiguousarray(array, dtype=float)
        for array in (task.parameters.T, task.current, task.target, np.empty(n_samples))
    ]
    pointers = [array.ctypes.data_as(_FLOATS) for array in arrays]
    problem = _Problem(*pointers, n_samples, n_traces, n_steps, task.start_step, task.dt)
    function(ctypes.byref(problem), ctypes.c_int(n_threads))
    return arrays[-1]


def main() -> None:
    """Print the times of both loops with one and two threads."""
    task = example_task(n_samples=200, n_traces=5, n_steps=10_000)
    for name in NAMES:
        for n_threads in (1, 2):
            times = all_nanoseconds(name, task, n_threads)
            print(
                f"hh_{name}.cpp, {n_threads} thread(s): median {statistics.median(times):.2f} ns, "
                f"least {min(times):.2f} ns per neuron-step"
            )


if __name__ == "__main__":
    main()
