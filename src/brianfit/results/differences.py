"""What two problems differ in, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from brianfit._foundation.parts import same_value
from brianfit._foundation.units import readable
from brianfit.data import RecordingSet
from brianfit.results.problem_record import ParameterRecord, ProblemRecord

_LONGEST = 80

_WORDS: Mapping[str, str] = {
    "threshold": "the threshold",
    "reset": "the reset",
    "refractory": "the refractory period",
    "method": "the integration method",
    "method_options": "the options of the method",
    "events": "the events",
    "run_regularly": "the code that is run regularly",
    "dt": "the simulation step",
    "output_names": "the outputs",
    "weights": "the weights",
    "penalty": "the penalty",
    "optimizer": "the optimizer",
    "engine": "the engine",
    "simulation": "the engine that was chosen",
    "n_samples": "n_samples",
    "seed": "the seed",
    "n_repeats": "n_repeats",
}
"""Fields that are compared as a whole; those in `_PARTLY` are compared part by part.

Versions may differ, and so may the rounds foreseen: whether numbers are still the same shows when
the fit goes on.
"""


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return, one a line, what of a problem changed.

    Parameters
    ----------
    before, now
        Fields of a `ProblemRecord`, all or some; those that both have are compared.
    """
    found: list[str] = []
    for name in (name for name in before if name in now):
        if name in _PARTLY:
            found += _PARTLY[name](before[name], now[name])
        elif name in _WORDS:
            found += _whole(_WORDS[name], before[name], now[name])
    return found


def record_differences(before: ProblemRecord, now: ProblemRecord) -> list[str]:
    """Return, one a line, what is not the same in two records."""
    return differences(vars(before), vars(now))


def _whole(words: str, before: Any, now: Any) -> Iterator[str]:
    if not same_value(before, now):
        yield f"{words}: was {_shown(before)}, is {_shown(now)}"


def _shown(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def _equations(before: str, now: str) -> Iterator[str]:
    old, new = before.splitlines(), now.splitlines()
    for line in old:
        if line not in new:
            yield f"the equations: '{line}' is gone"
    for line in new:
        if line not in old:
            yield f"the equations: '{line}' is new"


def _by_name(what: str) -> Callable[[Mapping[str, Any], Mapping[str, Any]], Iterator[str]]:
    def compare(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
        for name in {**before, **now}:
            if name not in now:
                yield f"{what} '{name}' is gone"
            elif name not in before:
                yield f"{what} '{name}' is new"
            else:
                yield from _whole(f"{what} '{name}'", before[name], now[name])

    return compare


def _parameters(
    before: tuple[ParameterRecord, ...], now: tuple[ParameterRecord, ...]
) -> Iterator[str]:
    old = {parameter.name: _described(parameter) for parameter in before}
    new = {parameter.name: _described(parameter) for parameter in now}
    yield from _by_name("parameter")(old, new)
    if set(old) == set(new) and list(old) != list(new):
        yield f"the order of the parameters: was {', '.join(old)}, is {', '.join(new)}"
    if old == new and before != now:
        yield "the parameters differ in digits that are not shown"


def _described(parameter: ParameterRecord) -> str:
    dimensions = parameter.dimensions
    if parameter.tied is not None:
        return f"tied to {parameter.tied!r}"
    if parameter.fixed is not None:
        return f"fixed to {readable(parameter.fixed, dimensions)}"
    if parameter.low is None or parameter.high is None:
        return "without bounds"
    text = f"in [{readable(parameter.low, dimensions)}, {readable(parameter.high, dimensions)}]"
    prior = "" if parameter.prior is None else f", prior {parameter.prior.words(dimensions)}"
    return f"{text}, {parameter.scale}{_start_words(parameter)}{prior}"


def _start_words(parameter: ParameterRecord) -> str:
    if parameter.start is None:
        return ""
    if isinstance(parameter.start, tuple):
        return f", from {len(parameter.start)} values"
    return f", from {readable(parameter.start, parameter.dimensions)}"


def _recordings(before: RecordingSet, now: RecordingSet) -> Iterator[str]:
    if before is now:
        return
    if len(before) != len(now):
        yield f"the recordings: were {len(before)} sweeps, are {len(now)}"
        return
    for number, (old, new) in enumerate(zip(before, now, strict=True)):
        what = f"the recordings, sweep {number}:"
        if old.dt != new.dt:
            yield f"{what} the sampling step was {old.dt:g} s, is {new.dt:g} s"
        for kind in ("inputs", "traces"):
            yield from _arrays(what, getattr(old, kind), getattr(new, kind))
        trains = [[train.tolist() for train in sweep.spike_trains] for sweep in (old, new)]
        if trains[0] != trains[1]:
            yield f"{what} other spike times"
    if dict(before.dimensions) != dict(now.dimensions):
        yield "the recordings: other units"


def _arrays(
    what: str, before: Mapping[str, np.ndarray], now: Mapping[str, np.ndarray]
) -> Iterator[str]:
    for name in {**before, **now}:
        if name not in now or name not in before:
            yield f"{what} '{name}' is {'new' if name in now else 'gone'}"
        elif not np.array_equal(before[name], now[name], equal_nan=True):
            yield f"{what} other values of '{name}'"


_PARTLY: Mapping[str, Callable[[Any, Any], Iterator[str]]] = {
    "equations": _equations,
    "recordings": _recordings,
    "parameters": _parameters,
    "initial_values": _by_name("the initial value of"),
    "constants": _by_name("the external constant"),
    "metrics": _by_name("the metric of"),
}
