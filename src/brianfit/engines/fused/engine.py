"""The fused engine: the stages in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import final

import numpy as np

from brianfit._foundation.arguments import check_choice, check_positive_integer, check_shape
from brianfit._foundation.shapes import Float
from brianfit._foundation.threads import available_threads
from brianfit.engines._base import (
    AbstractEngine,
    AbstractSimulation,
    SimulationResult,
    SimulationTask,
    SumLimits,
)
from brianfit.engines.fused.build import build
from brianfit.engines.fused.kernel import Kernel, signature_of
from brianfit.engines.fused.sources import Emitted, emitted_source

PRECISIONS = ("float64", "float32")


@final
class FusedEngine(AbstractEngine):
    """Compiles equations, events and running sums of a model to one loop.

    Parameters
    ----------
    threads
        How many threads share the neurons; all processors by default. Results do not depend on it.
    precision
        'float64', or 'float32' for less accuracy in less time.
    common_noise
        Whether all samples get the same noise on a trace, so that they differ by their
        parameters only.
    """

    def __init__(
        self,
        *,
        threads: int | None = None,
        precision: str = "float64",
        common_noise: bool = False,
    ) -> None:
        check_choice("precision", precision, PRECISIONS)
        self._threads = None if threads is None else check_positive_integer("threads", threads)
        self._precision = precision
        self._common_noise = common_noise

    def prepare(self, task: SimulationTask) -> AbstractSimulation:
        emitted = emitted_source(task, self._precision)
        function = build(
            emitted.source,
            signature=signature_of(emitted.tables, stoppable=task.stoppable),
            functions=emitted.functions,
        )
        kernel = Kernel(
            function,
            task,
            emitted.tables,
            threads=self._threads or available_threads(),
            common_noise=self._common_noise,
            n_states=emitted.n_states,
        )
        return FusedSimulation(self, task, emitted, kernel)

    def prepare_derivatives(self, task: SimulationTask) -> AbstractSimulation:
        """Make a task with directions ready to run."""
        return self.prepare(task)


@final
class FusedSimulation(AbstractSimulation):
    """One task as a compiled function."""

    def __init__(
        self, engine: FusedEngine, task: SimulationTask, emitted: Emitted, kernel: Kernel
    ) -> None:
        self._engine = engine
        self._task = task
        self._emitted = emitted
        self._kernel = kernel

    def __reduce__(
        self,
    ) -> tuple[Callable[[SimulationTask], AbstractSimulation], tuple[SimulationTask]]:
        """Travel to other processes as the task alone; compiled code stays here."""
        return self._engine.prepare, (self._task,)

    def run(
        self,
        samples: Float[np.ndarray, "n_samples n_parameters"],
        *,
        iteration: int,
        seed: int,
        first_sample: int = 0,
    ) -> SimulationResult:
        shape = (samples.shape[0], len(self._task.parameter_names))
        check_shape("samples", samples, shape, ("n_samples", "n_parameters"))
        return self._kernel.run(samples, iteration=iteration, seed=seed, first_sample=first_sample)

    def run_within(
        self,
        samples: Float[np.ndarray, "n_samples n_parameters"],
        *,
        limits: SumLimits,
        iteration: int,
        seed: int,
        first_sample: int = 0,
    ) -> SimulationResult:
        """Simulate as `run` does; of a task that is `stoppable`, give up samples on the way."""
        return self._kernel.run(
            samples, iteration=iteration, seed=seed, first_sample=first_sample, limits=limits
        )

    @property
    def source(self) -> str:
        return self._emitted.source
