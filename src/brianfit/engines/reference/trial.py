"""Let Brian read and translate a task once, before it is run, so that every error shows at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from brian2.core.preferences import prefs
from brian2.core.variables import Variable

from brianfit.engines._base import SimulationTask
from brianfit.engines.reference.borrowed_device import borrowed_device, is_standalone
from brianfit.engines.reference.definitions import Definitions
from brianfit.engines.reference.network import BuiltNetwork, build_network
from brianfit.engines.reference.runtime import seeded


def try_out(task: SimulationTask, definitions: Definitions) -> str:
    """Translate the task without simulating a step or compiling; return what Brian will run.

    The active device translates it; at run time to NumPy, which needs no compilation.
    """
    if is_standalone():
        with borrowed_device():
            return _readable(_translated(task, definitions))
    with _numpy_target(), seeded(0):
        return _readable(_translated(task, definitions))


def _translated(task: SimulationTask, definitions: Definitions) -> BuiltNetwork:
    built = build_network(task, definitions, 1)
    built.set_columns(np.ones((1, len(task.parameter_names))), 0, _write)
    built.set_initial_values()
    built.run(0)
    return built


def _write(variable: Variable, values: np.ndarray) -> None:
    variable.set_value(values)


@contextmanager
def _numpy_target() -> Iterator[None]:
    chosen = prefs["codegen.target"]
    prefs["codegen.target"] = "numpy"
    try:
        yield
    finally:
        prefs["codegen.target"] = chosen


def _readable(built: BuiltNetwork) -> str:
    """Return the equations and the abstract code of a network that has been translated."""
    group = built.group
    sections = [("equations", str(group.equations))]
    if built.definitions.code_at_start:
        sections.append(("start of every step", built.definitions.code_at_start))
    sections.append(("state update", group.state_updater.abstract_code))
    for event, thresholder in group.thresholder.items():
        sections.append((f"condition of the event '{event}'", thresholder.abstract_code))
    for event, resetter in group.resetter.items():
        sections.append((f"code at the event '{event}'", resetter.abstract_code))
    return "\n\n".join(f"# {title}\n{text.strip()}" for title, text in sections if text) + "\n"
