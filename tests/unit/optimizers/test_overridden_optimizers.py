"""An optimizer derived from a ready one is asked and told by the methods that it has written."""

from __future__ import annotations

from typing import Any

import pytest

from brianfit import optimizers
from brianfit._foundation.parts import Capability
from tests.ready_parts import OPTIMIZER_NAMES, OPTIMIZERS
from tests.unit.fitting.line_fits import fit

CAPABILITIES = [kind for kind in vars(optimizers).values() if isinstance(kind, Capability)]


@pytest.mark.parametrize("name", OPTIMIZER_NAMES)
def test_a_fit_tells_the_errors_to_the_tell_that_is_written_anew(name: str) -> None:
    told: list[int] = []

    def tell(self: Any, parameters: Any, errors: Any) -> None:
        told.append(len(errors))

    optimizer = type("Derived", (OPTIMIZERS[name],), {"tell": tell})()
    offered = [kind.__name__ for kind in CAPABILITIES if isinstance(optimizer, kind)]

    fit(optimizer, n_rounds=2)

    assert len(told) == 2
    assert offered == []


@pytest.mark.parametrize("name", OPTIMIZER_NAMES)
def test_an_ask_that_is_written_anew_is_not_raced_or_led_by_the_one_of_the_base(name: str) -> None:
    asked: list[int] = []

    def ask(self: Any, n_samples: int) -> Any:
        asked.append(n_samples)
        return OPTIMIZERS[name].ask(self, n_samples)

    optimizer = type("Derived", (OPTIMIZERS[name],), {"ask": ask})()
    offered = {kind.__name__ for kind in CAPABILITIES if isinstance(optimizer, kind)}

    fit(optimizer, n_rounds=2)

    assert len(asked) == 2
    # They follow errors and derivatives of whatever was asked for.
    assert offered <= {"SupportsLinearisation", "SupportsPartErrors"}
