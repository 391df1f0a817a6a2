"""Simulate through Brian 2, on the device that is active when a simulation is run."""

from __future__ import annotations

from threading import RLock
from typing import final

import numpy as np

from brianfit._foundation.arguments import check_shape
from brianfit._foundation.errors import NoDerivativesError
from brianfit._foundation.random import integer_for
from brianfit._foundation.shapes import Float
from brianfit.engines._base import (
    AbstractEngine,
    AbstractSimulation,
    SimulationResult,
    SimulationTask,
)
from brianfit.engines._brian_messages import clear_errors, quiet
from brianfit.engines._task_checks import check_task
from brianfit.engines.reference.borrowed_device import is_standalone
from brianfit.engines.reference.definitions import define
from brianfit.engines.reference.runtime import RuntimeRunner
from brianfit.engines.reference.standalone import StandaloneRunner
from brianfit.engines.reference.trial import try_out
from brianfit.model.random_models import draws_random_numbers

_ONE_AT_A_TIME = RLock()


@final
class ReferenceEngine(AbstractEngine):
    """Brian 2 itself; where engines differ, this one is right.

    References
    ----------
    Stimberg, Brette, Goodman (2019), Brian 2, an intuitive and efficient neural simulator.
    eLife 8:e47314, doi 10.7554/eLife.47314.
    """

    def prepare(self, task: SimulationTask) -> AbstractSimulation:
        check_task(task)
        if task.directions:
            raise NoDerivativesError(
                "Brian 2 itself has no derivatives with respect to parameters; use the fused "
                "engine, or finite differences."
            )
        return ReferenceSimulation(task)


@final
class ReferenceSimulation(AbstractSimulation):
    """One task as Brian networks."""

    def __init__(self, task: SimulationTask) -> None:
        self._task = task
        with _ONE_AT_A_TIME, quiet(), clear_errors("Brian cannot run the model"):
            definitions = define(task)
            self._source = try_out(task, definitions)
        self._runtime = RuntimeRunner(task, definitions)
        self._standalone = StandaloneRunner(task, definitions)

    def __reduce__(self) -> tuple[type[ReferenceSimulation], tuple[SimulationTask]]:
        """Travel to other processes as the task alone: networks and programs stay here."""
        return ReferenceSimulation, (self._task,)

    def run(
        self,
        samples: Float[np.ndarray, "n_samples n_parameters"],
        *,
        iteration: int,
        seed: int,
        first_sample: int = 0,
    ) -> SimulationResult:
        n_parameters = len(self._task.parameter_names)
        shape = (samples.shape[0], n_parameters)
        check_shape("samples", samples, shape, ("n_samples", "n_parameters"))
        noise_seed = integer_for(seed, f"noise of round {iteration} from sample {first_sample}")
        # Brian has one clock, one stream of random numbers, one active device.
        with _ONE_AT_A_TIME, quiet(), clear_errors("The simulation failed"):
            runner = self._standalone if is_standalone() else self._runtime
            return runner.run(samples, iteration=iteration, seed=noise_seed)

    @property
    def source(self) -> str:
        return self._source

    @property
    def needs_whole_rounds(self) -> bool:
        """Whether results depend on which samples are simulated together, as noise of Brian does.

        Brian draws the random numbers of all neurons from one stream.
        """
        return draws_random_numbers(self._task.model)
