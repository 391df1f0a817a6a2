"""Values with arrays compare by what they hold."""

from __future__ import annotations

import copy
import dataclasses
import inspect
from dataclasses import dataclass
from typing import final

import numpy as np
import pytest
from brian2 import ms, mV, nS

import brianfit
from brianfit import RecordingSet, analysis, data, fitting, library, model, results
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit.model import Parameter

PLAIN = (int, float, str, bool)
PUBLIC = {
    kind
    for module in (data, model, library, results, fitting, analysis)
    for kind in map(module.__dict__.get, module.__all__)
    if inspect.isclass(kind) and dataclasses.is_dataclass(kind)
}


def recordings(voltage: float) -> RecordingSet:
    return RecordingSet.from_arrays(
        dt=0.1 * ms,
        inputs={"I": np.zeros((2, 3))},
        traces={"v": np.full((2, 3), voltage) * mV},
        spikes=[[0.1] * ms, [] * ms],
    )


@pytest.mark.parametrize("kind", sorted(PUBLIC, key=lambda kind: kind.__name__))
def test_public_values_that_may_hold_arrays_are_compared_by_value(kind: type) -> None:
    text = " ".join(str(field.type) for field in dataclasses.fields(kind))
    is_plain = not any(word in text for word in ("ndarray", "Mapping", "Any", "tuple", "Like"))

    says_how = not kind.__dataclass_params__.eq  # type: ignore[attr-defined]
    by_value = getattr(kind.__eq__, "__module__", "") == "brianfit._foundation.parts.same_values"
    assert is_plain or says_how or by_value, text


def test_recordings_are_equal_if_their_arrays_are() -> None:
    first = recordings(1.0)

    assert first == recordings(1.0)
    assert first != recordings(2.0)
    assert first != first[[0]]
    assert first.recordings[0] != first.recordings[1]
    assert first != "recordings"


def test_parameters_with_several_starts_can_be_compared() -> None:
    assert Parameter(1 * nS, 9 * nS, value=[2, 3] * nS) == Parameter(
        1 * nS, 9 * nS, value=[2, 3] * nS
    )
    assert Parameter(1 * nS, 9 * nS, value=[2, 3] * nS) != Parameter(1 * nS, 9 * nS)


def test_a_model_of_the_library_equals_its_copy() -> None:
    adex = brianfit.library.get("adex")

    assert adex == copy.deepcopy(adex)
    assert adex != brianfit.library.get("lif")


def test_nan_equals_nan_where_nothing_was_measured() -> None:
    @final
    @compared_by_value
    @dataclass(frozen=True)
    class Trace:
        values: np.ndarray

    assert Trace(np.array([1.0, np.nan])) == Trace(np.array([1.0, np.nan]))
    assert Trace(np.array([1.0, np.nan])) != Trace(np.array([1.0, 2.0]))
