"""Whatever is given to a metric, an optimizer or a function beside them: it works, or is refused.

Every public class and function of the two packages is tried, as they are found there, with every
argument of its constructor, `calc`, `initialize`, `ask` and `tell`. To run it, without checked
types as users run brianfit: ``python -m tests.fuzz.odd_parts`` prints what raised anything else.
"""

from __future__ import annotations

import inspect
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from brian2 import mV, second

from brianfit import metrics, optimizers
from brianfit._foundation.errors import BrianfitError
from brianfit.metrics import AbstractSpikeMetric, SupportsDurations
from tests.ready_parts import (
    METRIC_ARGUMENTS,
    METRICS,
    OPTIMIZERS,
    make_metric,
)

ODD = (
    None, True, 0, -1, 2.5, float("nan"), float("inf"), 1e300, 3 + 4j, "", "text", b"bytes", (), [],
    [1, "a"], [[1], [2, 3]], {}, {"a": "b"}, {1: 2}, {"f": None}, object(), int, len, ...,
    3 * mV, -1 * second, np.zeros((2, 3)), np.array(["a"]), np.array([], dtype=object),
)  # fmt: skip
FUNCTIONS = {
    name: function
    for module in (metrics, optimizers)
    for name, function in vars(module).items()
    if inspect.isfunction(function) and name in module.__all__
}
SPARED = {"compares_sets", "has_own_calc", "is_of_sets", "lowest_error_of"}
"""Functions that are asked about metrics only, by the objective."""

FOUND: list[str] = []
"""What raised something else than an error of brianfit."""


def works_or_is_refused(call: Callable[[], Any], what: str) -> None:
    try:
        call()
    except BrianfitError as problem:
        if len(str(problem)) < 10:
            FOUND.append(f"{what} raised {type(problem).__name__} without words")
    except Exception as problem:  # noqa: BLE001 - whatever it is, it must not be
        FOUND.append(f"{what} raised {type(problem).__name__}: {problem}")


def arguments_of(function: Any) -> Iterator[str]:
    for name, parameter in inspect.signature(function).parameters.items():
        if name != "self" and parameter.kind is not parameter.VAR_KEYWORD:
            yield name


def try_constructors_of_metrics(name: str) -> None:
    good = METRIC_ARGUMENTS.get(name, {})
    for argument in arguments_of(METRICS[name].__init__):
        for odd in ODD:
            arguments = {**good, argument: odd}
            works_or_is_refused(lambda a=arguments: METRICS[name](**a), f"{name}({arguments})")


def try_constructors_of_optimizers(name: str) -> None:
    for argument in [*arguments_of(OPTIMIZERS[name].__init__), "unknown", "seed", "random_state"]:
        for odd in ODD:
            works_or_is_refused(
                lambda o=odd, a=argument: OPTIMIZERS[name](**{a: o}), f"{name}({argument}={odd!r})"
            )


def try_calc_of_metrics(name: str) -> None:
    metric = make_metric(name)
    if isinstance(metric, SupportsDurations):
        metric = metric.with_durations(np.array([4e-3]))
    good: list[Any] = [np.ones((1, 1, 4)), np.array([[0.0, 1.0, 0.0, 2.0]]), 1e-3]
    if isinstance(metric, AbstractSpikeMetric):
        good[:2] = [[[np.array([1e-3, 2e-3])]], [np.array([1e-3])]]
    for place in range(3):
        for odd in ODD:
            arguments = [odd if k == place else value for k, value in enumerate(good)]
            works_or_is_refused(
                lambda a=arguments: metric.calc(*a), f"{name}.calc, argument {place}: {odd!r}"
            )


def try_initialize_ask_and_tell_of_optimizers(name: str) -> None:
    names, bounds = ["a", "b"], {"a": [0, 1], "b": [0, 1]}
    for odd in ODD:
        optimizer = OPTIMIZERS[name]()
        for call in (
            lambda o=odd, x=optimizer: x.initialize(o, 5, 2, **bounds),
            lambda o=odd, x=optimizer: x.initialize(names, o, 2, **bounds),
            lambda o=odd, x=optimizer: x.initialize(names, 5, o, **bounds),
            lambda o=odd, x=optimizer: x.initialize(names, 5, 2, a=o, b=[0, 1]),
            optimizer.recommend,
            lambda o=odd, x=optimizer: x.tell(o, [1.0]),
        ):
            works_or_is_refused(call, f"{name}, {odd!r}")
    optimizer = OPTIMIZERS[name]()
    for odd in ODD:
        n_samples = optimizer.initialize(names, 5, 2, **bounds)
        if odd is not True and not (isinstance(odd, float) and odd > 1e6):
            works_or_is_refused(lambda o=odd: optimizer.ask(o), f"{name}.ask({odd!r})")
        asked = optimizer.ask(n_samples)
        works_or_is_refused(
            lambda o=odd, a=asked: optimizer.tell(o, np.ones(len(a))), f"{name}.tell({odd!r}, ...)"
        )
        works_or_is_refused(
            lambda o=odd, a=asked: optimizer.tell(a, o), f"{name}.tell(..., {odd!r})"
        )


def try_functions_beside_them(name: str) -> None:
    parameters = inspect.signature(FUNCTIONS[name]).parameters
    good = {
        "model": [0.1], "data": [0.1], "delta": 1e-3, "time": 1.0, "dt": 1e-4, "spikes": [0.1],
        "t_weights": [1.0], "traces": np.zeros((1, 50)), "inp_times": [0, 5], "feat_list": ["x"],
        "parameter_names": ["a"],
    }  # fmt: skip
    needed = {n: good[n] for n, p in parameters.items() if p.default is p.empty and n in good}
    for argument in arguments_of(FUNCTIONS[name]):
        for odd in ODD:
            arguments = {**needed, argument: odd}
            works_or_is_refused(lambda a=arguments: FUNCTIONS[name](**a), f"{name}({arguments})")


def main() -> int:
    """Try everything; return 1 if something raised what it should not."""
    for name in METRICS:
        try_constructors_of_metrics(name)
        try_calc_of_metrics(name)
    for name in OPTIMIZERS:
        try_constructors_of_optimizers(name)
        try_initialize_ask_and_tell_of_optimizers(name)
    for name in sorted(FUNCTIONS.keys() - SPARED):
        try_functions_beside_them(name)
    sys.stderr.write("\n".join(FOUND))
    return int(bool(FOUND))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main())
