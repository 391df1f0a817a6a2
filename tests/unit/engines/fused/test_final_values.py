"""Values at the end of a run, of parameters too."""

from __future__ import annotations

import numpy as np
from brian2 import Equations

from brianfit.engines import SimulationTask
from brianfit.engines.fused.engine import FusedEngine
from brianfit.model import Model


def test_a_parameter_has_the_value_of_its_own_sample_at_the_end() -> None:
    model = Model(equations=Equations("dv/dt = a/second : 1\na : 1 (constant)\nb : 1 (constant)"))
    task = SimulationTask(
        model=model,
        parameter_names=("a", "b"),
        inputs={},
        n_traces=2,
        n_steps=3,
        dt=1e-3,
        final=("b", "v"),
    )
    samples = np.column_stack([np.arange(37.0), 100 + np.arange(37.0)])

    result = FusedEngine().prepare(task).run(samples, iteration=0, seed=1)

    np.testing.assert_array_equal(result.final["b"], np.repeat(samples[:, 1:], 2, axis=1))
    np.testing.assert_allclose(result.final["v"][:, 0], 3e-3 * samples[:, 0], rtol=1e-12)
