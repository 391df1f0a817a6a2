"""Derivatives of traces by finite differences of the plain simulation, with their own accuracy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from brian2 import Equations, Quantity

from brianfit.engines import SimulationTask
from brianfit.engines.fused import FusedEngine
from tests.against_reference.corpus import samples_of, task_of

STEPS = 10.0 ** np.arange(-1.0, -6.0, -0.5)
"""Relative steps, of which each derivative takes the best."""

STENCIL = {1: 8 / 12, -1: -8 / 12, 2: -1 / 12, -2: 1 / 12}
"""Central differences of fourth order."""


ROUNDING = 1e-13
"""Of the largest value of a trace: what some hundred steps may add up to."""

RESERVED = frozenset({"pi", "e", "inf"})
"""Constants that cannot be a parameter: Brian knows them by these names."""

N_DIRECTIONS = 6
"""Parameters by which a model is differentiated; to compile more takes long."""


def free_task(
    entry: dict[str, Any], *, method: str | None, n_steps: int
) -> tuple[SimulationTask, np.ndarray]:
    """Return an entry of the corpus with everything that can be a parameter as one.

    Those are its parameters, the initial values of its differential equations, and its external
    constants; some of all of them are the directions. Returns also the values of one neuron.
    """
    task = task_of(entry, method=method, n_steps=n_steps)
    start = samples_of(entry)[:1]
    model, values = task.model, dict(zip(task.parameter_names, start[0], strict=True))
    constants = {
        name: value
        for name, value in model.namespace.items()
        if np.ndim(value) == 0 and isinstance(value, Quantity | float) and name not in RESERVED
    }
    added = "\n".join(f"{name} : {_unit(value)} (constant)" for name, value in constants.items())
    equations = model.equations + Equations(added)
    values |= {name: float(value) for name, value in constants.items()}
    initial = dict(model.initial_values)
    for name in (*model.parameter_names, *model.differential_variables):
        given = initial.get(name)
        is_free = name not in values and equations[name].var_type == "float"
        if is_free and not isinstance(given, str) and "shared" not in equations[name].flags:
            initial.pop(name, None)
            values[name] = 0.0 if given is None else float(np.asarray(given))
    rest = {name: value for name, value in model.namespace.items() if name not in constants}
    changed = replace(model, equations=equations, namespace=rest, initial_values=initial)
    names = tuple(values)
    directions = names[:: -(-len(names) // N_DIRECTIONS)] if names else ()
    free = replace(
        task,
        model=changed,
        parameter_names=names,
        directions=directions,
        sloped=task.recorded if directions else (),
    )
    return free, np.array([list(values.values())])


def _unit(value: Any) -> str:
    has_unit = isinstance(value, Quantity) and not value.dim.is_dimensionless
    return repr(value.dim) if has_unit else "1"


def by_engine(task: SimulationTask, values: np.ndarray) -> Mapping[str, np.ndarray]:
    """Return the derivative of every recorded trace, shape (n_steps, n_directions)."""
    result = FusedEngine(threads=1).prepare(task).run(values, iteration=0, seed=1)
    return {name: slopes[0, 0] for name, slopes in result.slopes.items()}


def by_differences(
    task: SimulationTask, values: np.ndarray
) -> tuple[Mapping[str, tuple[np.ndarray, np.ndarray]], int]:
    """Return derivatives, their accuracy by parameter, and up to which step they are smooth.

    The accuracy is the disagreement with the next larger step, of the best of all steps, or what
    rounding does; smooth is what comes before the first spike of any of the simulations, and before
    any of them diverges.
    """
    x = values[0]
    numbers = [task.parameter_names.index(name) for name in task.directions]
    scale = np.where(x == 0.0, 1e-3, np.abs(x))[numbers]
    moves = [(size, point, k) for size in STEPS for point in STENCIL for k in range(len(numbers))]
    samples = np.tile(x, (len(moves) + 1, 1))
    for row, (size, point, k) in enumerate(moves):
        samples[row, numbers[k]] += point * size * scale[k]
    plain = replace(task, directions=(), sloped=())
    result = FusedEngine(threads=1).prepare(plain).run(samples, iteration=0, seed=1)
    smooth = task.n_steps
    if result.spikes is not None and result.spikes.times.size:
        smooth = round(result.spikes.times.min() / task.dt) + 1
    is_finite = np.all([np.isfinite(t).all(axis=(0, 1)) for t in result.traces.values()], axis=0)
    smooth = min(smooth, task.n_steps if is_finite.all() else int(is_finite.argmin()))
    weights = np.array(list(STENCIL.values()))
    found = {}
    for name, traces in result.traces.items():
        shape = (len(STEPS), len(STENCIL), len(numbers), -1)
        parts = traces[:-1, 0, :smooth].reshape(shape)
        widths = STEPS[:, np.newaxis, np.newaxis] * scale[:, np.newaxis]
        slopes = np.einsum("hqpn,q->hpn", parts, weights) / widths
        derivatives, accuracy = _best(slopes)
        rounding = ROUNDING * np.nanmax(np.abs(parts)) / scale
        found[name] = derivatives, np.maximum(accuracy, rounding)
    return found, smooth


def _best(slopes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    with np.errstate(invalid="ignore"):
        accuracy = np.abs(np.diff(slopes, axis=0)).max(axis=2)
    accuracy = np.where(np.isfinite(accuracy), accuracy, np.inf)
    best = accuracy.argmin(axis=0)
    numbers = np.arange(slopes.shape[1])
    return slopes[best + 1, numbers].T, accuracy[best, numbers]
