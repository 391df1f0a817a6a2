"""The engine that is used when none is named."""

from __future__ import annotations

import logging
from typing import final

from brian2.devices.device import get_device

from brianfit._foundation.errors import NoDerivativesError, UnsupportedByFusedEngine
from brianfit.engines._base import (
    AbstractEngine,
    AbstractSimulation,
    SimulationTask,
    SupportsDerivatives,
)
from brianfit.engines.reference import ReferenceEngine

_logger = logging.getLogger(__name__)


@final
class DefaultEngine(AbstractEngine):
    """The fused engine where it can run a model, the reference engine elsewhere.

    When the user has chosen another device of Brian than its runtime, such as C++ standalone, that
    choice stands and the reference engine uses it.
    """

    def __init__(self) -> None:
        self._said: set[str] = set()

    def prepare(self, task: SimulationTask) -> AbstractSimulation:
        """Make `task` ready to run; a reason not to use the fused engine is said once."""
        if type(get_device()).__name__ != "RuntimeDevice":
            return ReferenceEngine().prepare(task)
        from brianfit.engines.fused import FusedEngine

        try:
            return FusedEngine().prepare(task)
        except UnsupportedByFusedEngine as reason:
            if str(reason) not in self._said:
                self._said.add(str(reason))
                _logger.warning("Simulating with Brian 2 itself, which is slower: %s", reason)
            return ReferenceEngine().prepare(task)

    def prepare_derivatives(self, task: SimulationTask) -> AbstractSimulation:
        """Make a task with directions ready to run; only the fused engine can."""
        if type(get_device()).__name__ != "RuntimeDevice":
            raise NoDerivativesError("Brian 2 itself has no derivatives.")
        from brianfit.engines.fused import FusedEngine

        return FusedEngine().prepare_derivatives(task)


def derivative_simulation(
    engine: AbstractEngine, task: SimulationTask
) -> AbstractSimulation | None:
    """Return a task with directions made ready to run; None if `engine` has no derivatives."""
    if not isinstance(engine, SupportsDerivatives):
        return None
    try:
        return engine.prepare_derivatives(task)
    except (NoDerivativesError, UnsupportedByFusedEngine) as reason:
        _logger.info("Derivatives are finite differences: %s", reason)
        return None
