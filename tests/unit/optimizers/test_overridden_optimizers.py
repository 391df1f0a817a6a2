"""An optimizer derived from a ready one is asked and told by the methods that it has written."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brianfit.optimizers import DifferentialEvolution, ParticleSwarm, RandomSearch
from brianfit.optimizers.batches import as_batches
from tests.ready_parts import OPTIMIZER_NAMES, OPTIMIZERS
from tests.unit.fitting.line_fits import Lines, fit


@pytest.mark.parametrize("name", OPTIMIZER_NAMES)
def test_a_fit_tells_the_errors_to_the_tell_that_is_written_anew(name: str) -> None:
    told: list[int] = []

    def tell(self: Any, parameters: Any, errors: Any) -> None:
        told.append(len(errors))

    optimizer = type("Derived", (OPTIMIZERS[name],), {"tell": tell})()

    history = fit(optimizer, n_rounds=2).result.history

    assert len(told) == 2
    assert sum(told) <= len(history.errors)


@pytest.mark.parametrize("name", OPTIMIZER_NAMES)
def test_a_fit_simulates_what_the_ask_that_is_written_anew_returns(name: str) -> None:
    asked: list[int] = []

    def ask(self: Any, n_samples: int) -> Any:
        asked.append(n_samples)
        return OPTIMIZERS[name].ask(self, n_samples)

    plain = fit(OPTIMIZERS[name](), n_rounds=2).result.history
    optimizer = type("Derived", (OPTIMIZERS[name],), {"ask": ask})()

    history = fit(optimizer, n_rounds=2).result.history

    assert len(asked) == 2
    np.testing.assert_array_equal(history.values, plain.values)


@pytest.mark.parametrize("make", [DifferentialEvolution, ParticleSwarm, RandomSearch])
def test_samples_of_an_ask_without_limits_are_not_given_up(make: Any) -> None:
    def ask(self: Any, n_samples: int) -> Any:
        (batch,) = as_batches(make.ask(self, n_samples))
        return batch.samples

    optimizer = type("Derived", (make,), {"ask": ask})(racing=True)

    history = fit(optimizer, engine=Lines(beyond=1.001)).result.history

    assert not history.is_bound.any()
