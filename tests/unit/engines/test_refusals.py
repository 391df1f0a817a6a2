"""What Brian refuses, every engine refuses, for the same reason."""

from __future__ import annotations

import numpy as np
import pytest

from brianfit._foundation.errors import BrianfitError
from brianfit.engines import AbstractEngine, DefaultEngine, ReferenceEngine
from brianfit.engines.fused import FusedEngine
from tests.unit.engines.wrong_models import WRONG, task_of

pytestmark = pytest.mark.slow


N_WRONG = 60
"""At least so many are asked for."""


@pytest.mark.parametrize("engine", [FusedEngine(), DefaultEngine(), ReferenceEngine()])
def test_the_model_without_mistakes_runs(engine: AbstractEngine) -> None:
    final = engine.prepare(task_of({})).run(np.array([[5e-9]]), iteration=0, seed=1).final["v"]

    np.testing.assert_allclose(final, -70e-3, rtol=1e-9)


@pytest.mark.parametrize("name", WRONG)
def test_what_brian_refuses_every_engine_refuses(name: str) -> None:
    assert len(WRONG) >= N_WRONG
    task = task_of(WRONG[name])
    with pytest.raises(BrianfitError, match=".") as of_brian:
        ReferenceEngine().prepare(task)

    with pytest.raises(type(of_brian.value), match=".") as of_fused:
        FusedEngine().prepare(task)

    assert str(of_fused.value) == str(of_brian.value)
