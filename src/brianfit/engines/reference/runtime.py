"""Run a task within this process: NumPy, Cython, whatever target Brian is set to."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import final

import numpy as np
from brian2.core.network import Network
from brian2.core.preferences import prefs
from brian2.core.variables import Variable
from brian2.devices.device import get_device
from brian2.devices.device import seed as seed_brian

from brianfit.engines._base import SimulationResult, SimulationTask
from brianfit.engines.reference.definitions import Definitions
from brianfit.engines.reference.network import BuiltNetwork, build_network

N_KEPT = 2
"""Networks of so many numbers of samples are kept."""

KEPT_BYTES = 64 * 2**20
"""A network whose monitors recorded more is not kept: Brian never gives their memory back."""


@final
class RuntimeRunner:
    """Networks in memory, one for each of the last numbers of samples."""

    def __init__(self, task: SimulationTask, definitions: Definitions) -> None:
        self._task = task
        self._definitions = definitions
        self._networks: OrderedDict[int, BuiltNetwork] = OrderedDict()

    def run(self, samples: np.ndarray, *, iteration: int, seed: int) -> SimulationResult:
        """Simulate; `seed` is that of Brian's random numbers."""
        built = self._network(samples.shape[0])
        built.network.restore()
        with seeded(seed), broken_off_by_ctrl_c():
            built.set_columns(samples, iteration, _write)
            built.set_initial_values()
            built.run(self._task.n_steps)
        result = built.result(_read)
        if sum(traces.nbytes for traces in result.traces.values()) > KEPT_BYTES:
            del self._networks[samples.shape[0]]
        return result

    def _network(self, n_samples: int) -> BuiltNetwork:
        if n_samples not in self._networks:
            built = build_network(self._task, self._definitions, n_samples)
            built.network.store()
            self._networks[n_samples] = built
            if len(self._networks) > N_KEPT:
                self._networks.popitem(last=False)
        self._networks.move_to_end(n_samples)
        return self._networks[n_samples]


def _write(variable: Variable, values: np.ndarray) -> None:
    variable.set_value(values)


def _read(variable: Variable) -> np.ndarray:
    return np.asarray(variable.get_value())


@contextmanager
def broken_off_by_ctrl_c() -> Iterator[None]:
    """Let Ctrl-C end the block; Brian would end the simulation early and go on with half of it."""
    before = prefs.core.stop_on_keyboard_interrupt
    prefs.core.stop_on_keyboard_interrupt = False
    try:
        yield
    finally:
        prefs.core.stop_on_keyboard_interrupt = before
        Network._globally_running = False


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed Brian's random numbers, and leave NumPy's and Brian's as they were."""
    device = get_device()
    state = device.get_random_state()
    seed_brian(seed)
    try:
        yield
    finally:
        device.set_random_state(state)
