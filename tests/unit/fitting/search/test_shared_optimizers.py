"""One optimizer object in two fits: its state belongs to the one that began last."""

from __future__ import annotations

import copy

import pytest

from brianfit import Parameter
from brianfit._foundation.errors import FitStateError
from tests.ready_parts import OPTIMIZER_NAMES, OPTIMIZERS
from tests.unit.fitting.line_fits import fit

pytestmark = pytest.mark.slow


MORE = {"n_rounds": 1, "callback": None}


@pytest.mark.parametrize("name", OPTIMIZER_NAMES)
def test_the_fit_that_began_first_does_not_go_on_with_the_search_of_another(name: str) -> None:
    optimizer = OPTIMIZERS[name]()
    first = fit(optimizer, n_rounds=2)
    before = first.result.history.n_rounds
    second = fit(optimizer, n_rounds=2, a=[0, 5])

    with pytest.raises(FitStateError, match=f"{name} has begun another one since"):
        first.fit(**MORE)
    second.fit(**MORE)

    assert first.result.history.n_rounds == before
    assert second.result.history.n_rounds == 3


def test_the_first_fit_can_begin_anew() -> None:
    optimizer = OPTIMIZERS["RandomSearch"]()
    first, _ = fit(optimizer, n_rounds=2), fit(optimizer, n_rounds=2)

    first.fit(restart=True, **MORE)

    assert first.result.history.n_rounds == 1


def test_a_copy_of_a_fitter_goes_on_by_itself() -> None:
    first = fit(OPTIMIZERS["RandomSearch"](), n_rounds=2)
    second = copy.deepcopy(first)

    first.fit(**MORE)
    second.fit(**MORE)

    assert first.best_error == second.best_error


def test_a_fit_within_the_callback_of_another_is_noticed() -> None:
    optimizer = OPTIMIZERS["CMAESOptimizer"]()

    def observe(*arguments: object) -> None:
        fit(optimizer, n_rounds=1, a=Parameter(0, 10))

    with pytest.raises(FitStateError, match="begun another one"):
        fit(optimizer, n_rounds=3, callback=observe)
