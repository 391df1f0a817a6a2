"""Run a task as a C++ program: compiled once per number of samples, then run with new values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, final

import numpy as np
from brian2.core.preferences import prefs
from brian2.core.variables import Variable
from brian2.devices.cpp_standalone.device import CPPStandaloneDevice
from brian2.devices.device import get_device

from brianfit._foundation.errors import SimulationError
from brianfit.engines._base import SimulationResult, SimulationTask
from brianfit.engines.reference.borrowed_device import borrowed_device
from brianfit.engines.reference.definitions import Definitions
from brianfit.engines.reference.network import BuiltNetwork, build_network
from brianfit.engines.reference.program import BuildDirectory, Program, new_directory

_NOT_OURS = ("directory", "compile", "run", "run_args", "with_output", "results_directory")
"""Build options of the user that do not apply to programs that are run again and again."""


@final
class StandaloneRunner:
    """Programs, one for each number of samples."""

    def __init__(self, task: SimulationTask, definitions: Definitions) -> None:
        self._task = task
        self._definitions = definitions
        self._compiled: dict[int, _Compiled] = {}

    def run(self, samples: np.ndarray, *, iteration: int, seed: int) -> SimulationResult:
        """Simulate; `seed` is that of Brian's random numbers."""
        n_samples = samples.shape[0]
        if n_samples not in self._compiled:
            self._compiled[n_samples] = _Compiled(self._task, self._definitions, n_samples)
        return self._compiled[n_samples].run(samples, iteration, seed)


@final
class _Compiled:
    """The program for one number of samples."""

    def __init__(self, task: SimulationTask, definitions: Definitions, n_samples: int) -> None:
        options = dict(get_device().build_options or {})
        directory = new_directory(options.get("directory"))
        for name in _NOT_OURS:
            options.pop(name, None)
        with borrowed_device() as device:
            self._written: dict[Variable, str] = {}
            self._seed_file = _seed_from_file(device)
            self._network = self._queue(device, task, definitions, n_samples)
            _build(device, directory, options)
            self._results = {
                variable: device.get_array_filename(variable) for variable in device.arrays
            }
            self._program = Program(directory, dict(device.run_environment_variables))

    def run(self, samples: np.ndarray, iteration: int, seed: int) -> SimulationResult:
        self._network.set_columns(samples, iteration, self._rewrite)
        self._program.write(self._seed_file, np.array([seed], dtype=np.int64))
        self._program.run()
        return self._network.result(self._read)

    def _queue(
        self,
        device: CPPStandaloneDevice,
        task: SimulationTask,
        definitions: Definitions,
        n_samples: int,
    ) -> BuiltNetwork:
        """Queue all that the program does, in order."""

        def set_from_file(variable: Variable, values: np.ndarray) -> None:
            array = device.get_array_name(variable, access_data=False)
            self._written[variable] = device.static_array(f"brianfit{array}", values)
            device.main_queue.append(("set_by_array", (array, self._written[variable], False)))
            device.array_cache[variable] = None

        network = build_network(task, definitions, n_samples)
        network.set_columns(np.zeros((n_samples, len(task.parameter_names))), 0, set_from_file)
        network.set_initial_values()
        network.run(task.n_steps)
        return network

    def _rewrite(self, variable: Variable, values: np.ndarray) -> None:
        self._program.write(self._written[variable], values)

    def _read(self, variable: Variable) -> np.ndarray:
        values = self._program.read(self._results[variable], np.dtype(variable.dtype))
        is_table = isinstance(variable.size, tuple)
        return values.reshape(-1, variable.size[1]) if is_table else values


def _build(
    device: CPPStandaloneDevice, directory: BuildDirectory, options: Mapping[str, Any]
) -> None:
    try:
        device.build(directory=str(directory.path), run=False, **options)
    except RuntimeError as error:
        raise SimulationError(
            f"The simulation could not be compiled in {directory.path}: {error} Brian's device "
            "'cpp_standalone' needs a C++ compiler and make; set_device('runtime') does without."
        ) from error


def _seed_from_file(device: CPPStandaloneDevice) -> str:
    """Let the program take its seed from a static array; return the array's name."""
    name = str(device.static_array("brianfit_seed", np.zeros(1, dtype=np.int64)))
    n_generators = max(1, prefs.devices.cpp_standalone.openmp_threads)
    device.insert_code(
        "main",
        f"for (int _i=0; _i<{n_generators}; _i++)\n"
        f"    brian::_random_generators[_i].seed({name}[0] + _i);",
    )
    return name
