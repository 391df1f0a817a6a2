"""What a user's own code raises: the message says whose it was, and what was found stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from brian2 import check_units, implementation, ms

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError, UserCodeError
from brianfit.engines import ReferenceEngine
from brianfit.fitting import SpikeFitter, TraceFitter
from brianfit.metrics import AbstractTraceMetric
from brianfit.optimizers import AbstractOptimizer
from tests.faults.cell import make_fitter, settings


class OwnError(Exception):
    """Nothing that brianfit knows."""


def fails(*_: Any) -> Any:
    raise OwnError("no luck")


class Own(AbstractOptimizer):
    """Random samples; what is asked for in the third round is replaced."""

    def __init__(self, **replaced: Callable[..., Any]) -> None:
        self.replaced = replaced
        self.n_asked = 0

    def _method(self, name: str, default: Callable[..., Any]) -> Callable[..., Any]:
        return self.replaced.get(name, default) if self.n_asked in {0, 3} else default

    def initialize(self, names: Any, popsize: int, rounds: int, /, **bounds: Any) -> Any:
        return self._method("initialize", lambda: popsize)()

    def ask(self, n_samples: int) -> Any:
        self.n_asked += 1
        return self._method("ask", lambda: self.generator.random((n_samples, 2)))()

    def tell(self, parameters: Any, errors: Any) -> None:
        self._method("tell", lambda: None)()

    def recommend(self) -> Any:
        return np.zeros(2)


class OwnMetric(AbstractTraceMetric):
    """Its dimensions cannot be had."""

    def get_features(self, model: Any, data: Any, dt: float) -> Any:
        return np.abs(model - data).mean(axis=2)

    def get_errors(self, features: Any) -> Any:
        return features.mean(axis=1)

    def get_dimensions(self, output_dim: Any) -> Any:
        raise OwnError("no unit")


@pytest.mark.parametrize(
    ("arguments", "whose", "n_kept"),
    [
        ({"callback": fails}, "The callback 'fails' raised OwnError: no luck", 1),
        ({"callback": len}, "The callback 'len' raised TypeError", 1),
        ({"stop": fails}, "The stop rule 'fails' raised OwnError: no luck", 1),
        ({"stop": len}, "The stop rule 'len' raised TypeError", 1),
        ({"optimizer": Own(ask=fails)}, "The optimizer Own raised OwnError: no luck", 2),
        ({"optimizer": Own(tell=fails)}, "The optimizer Own raised OwnError: no luck", 3),
    ],
)
def test_whoever_raises_during_a_fit_is_named_and_the_rounds_stay(
    arguments: dict[str, Any], whose: str, n_kept: int
) -> None:
    fitter = make_fitter()

    with pytest.raises(UserCodeError, match=whose) as problem:
        fitter.fit(**{"n_rounds": 5, "callback": None, "seed": 1, **settings(), **arguments})

    assert problem.value.__cause__ is not None
    assert fitter.result.history.n_rounds == n_kept
    assert fitter.best_error == fitter.result.history.errors.min()
    assert type(problem.value.__cause__).__name__ in fitter.result.stop_reason


@pytest.mark.parametrize(
    ("arguments", "whose"),
    [
        ({"optimizer": Own(initialize=fails)}, "The optimizer Own raised OwnError: no luck"),
        ({"metric": OwnMetric()}, "The metric OwnMetric of 'v' raised OwnError: no unit"),
    ],
)
def test_whoever_raises_before_the_first_round_is_named(
    arguments: dict[str, Any], whose: str
) -> None:
    with pytest.raises(UserCodeError, match=whose):
        make_fitter().fit(**{"callback": None, **settings(), **arguments})


@pytest.mark.parametrize("asked", [None, [], [["a", "b"]], [[np.nan, 0.5]], 3.0])
def test_an_optimizer_that_returns_no_samples_is_named(asked: Any) -> None:
    fitter = make_fitter()

    with pytest.raises(InvalidValueError, match="The optimizer (must return|returned) samples"):
        fitter.fit(n_rounds=5, callback=None, **{**settings(), "optimizer": Own(ask=lambda: asked)})

    assert fitter.result.history.n_rounds == 2


@pytest.mark.parametrize("found", [None, "10", 2.5])
def test_an_optimizer_that_does_not_say_how_many_samples_it_asks_for_is_named(found: Any) -> None:
    own = Own(initialize=lambda: found)

    with pytest.raises(InvalidTypeError, match=r"Own\.initialize` must be a whole number"):
        make_fitter().fit(callback=None, **{**settings(), "optimizer": own})


def test_a_callback_of_a_refinement_is_named() -> None:
    fitter = make_fitter()
    fitter.fit(n_rounds=1, callback=None, seed=1, **settings())

    with pytest.raises(UserCodeError, match="The callback 'fails' raised OwnError"):
        fitter.refine(callback=fails)


def test_a_callback_of_a_fit_of_spikes_is_named() -> None:
    fitter = SpikeFitter(
        "dv/dt = (I*x - v)/(5*ms) : 1\nx : 1 (constant)",
        input={"I": np.full((1, 50), 2.0)},
        output=[np.array([3.0]) * ms],
        dt=0.1 * ms,
        n_samples=4,
        method="euler",
        threshold="v > 1",
        reset="v = 0",
    )

    with pytest.raises(UserCodeError, match="The callback 'fails' raised OwnError"):
        fitter.fit(n_rounds=2, callback=fails, x=[0.1, 10.0])

    assert fitter.result.history.n_rounds == 1


def test_a_function_that_the_equations_call_is_named() -> None:
    @implementation("numpy", discard_units=True)
    @check_units(x=1, result=1)
    def passed(x: Any) -> Any:
        raise OwnError("not today")

    fitter = TraceFitter(
        "dv/dt = (passed(I)*x - v)/(5*ms) : 1\nx : 1 (constant)",
        input={"I": np.ones((1, 50))},
        output={"v": np.ones((1, 50))},
        dt=0.1 * ms,
        n_samples=4,
        method="euler",
        namespace={"passed": passed},
        engine=ReferenceEngine(),
    )

    with pytest.raises(UserCodeError, match="function 'passed' of the namespace raised OwnError"):
        fitter.fit(callback=None, x=[0.1, 10.0])


class Returning(AbstractTraceMetric):
    """Its errors, which are right, come in a form of their own."""

    def __init__(self, form: Callable[[Any], Any]) -> None:
        super().__init__()
        self.form = form

    def get_features(self, model: Any, data: Any, dt: float) -> Any:
        return np.abs(model - data).mean(axis=2)

    def get_errors(self, features: Any) -> Any:
        return self.form(features.mean(axis=1))


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (lambda errors: errors * 1j, "of the type complex128"),
        (lambda errors: errors.astype(object), "of the type object"),
        (lambda errors: [10**30] * len(errors), "of the type object"),
        (lambda errors: errors.astype(np.int8), "of the type int8"),
        (lambda errors: errors.astype(np.int32), "of the type int32"),
        (lambda errors: errors.astype(np.float16), "of the type float16"),
        (lambda errors: errors > 1, "of the type bool"),
        (lambda errors: errors.astype(str), "of the type <U"),
        (lambda errors: errors.astype("datetime64[s]"), "of the type datetime64"),
        (lambda errors: np.ma.masked_greater(errors, 0.0), "are masked"),
    ],
)
def test_errors_that_are_no_real_numbers_are_refused(
    form: Callable[[Any], Any], words: str
) -> None:
    with pytest.raises(InvalidTypeError, match=words):
        make_fitter().fit(callback=None, **{**settings(), "metric": Returning(form)})


@pytest.mark.parametrize("form", [list, np.float32, np.ma.masked_invalid])
def test_errors_in_another_form_of_real_numbers_are_taken(form: Callable[[Any], Any]) -> None:
    fitter = make_fitter()

    fitter.fit(n_rounds=1, callback=None, **{**settings(), "metric": Returning(form)})

    assert np.isfinite(fitter.result.error)
