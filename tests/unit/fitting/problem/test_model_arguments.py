"""What is wrong with threshold, reset, refractory, method and initial values is said by name."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from brian2 import ms, mV

from brianfit._foundation.errors import InvalidValueError
from brianfit.fitting import TraceFitter
from brianfit.fitting.problem.model_arguments import check_model_arguments

GOOD: dict[str, Any] = {
    "threshold": "v > -40*mV",
    "reset": """
        v = -70*mV  # rest
        w += 1*nA
    """,
    "refractory": 2 * ms,
    "method": "euler",
    "initial_values": {"v": "-70*mV", "w": 0},
}


def complaints(**changes: Any) -> list[str]:
    return [str(problem) for problem in check_model_arguments(**{**GOOD, **changes})]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"threshold": None, "reset": None, "refractory": False, "method": None},
        {"reset": ""},
        {"refractory": "v > 0*mV and t < 5*ms"},
        {"refractory": 0 * ms},
        {"refractory": True},
    ],
)
def test_what_brian_takes_is_accepted(changes: dict[str, Any]) -> None:
    assert complaints(**changes) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"threshold": ""}, "`threshold` must be a condition, .* but is empty"),
        ({"threshold": 3}, "`threshold` must be a condition, .* but is 3"),
        ({"threshold": "v >"}, "`threshold` must be a condition, .* 'v >' cannot be read"),
        ({"reset": "v ="}, "`reset` must be statements, .* 'v =' cannot be read"),
        ({"reset": []}, "`reset` must be statements"),
        ({"threshold": None}, "`reset` .* needs a `threshold`"),
        ({"refractory": 5}, "`refractory` must have the unit s"),
        ({"refractory": -1 * ms}, "`refractory` must be a finite time"),
        ({"refractory": np.nan * ms}, "`refractory` must be a finite time"),
        ({"refractory": 5 * mV}, "`refractory` must have the unit s"),
        ({"refractory": {}}, "`refractory` must be"),
        ({"method": 3}, "`method` must be the name of a method"),
        ({"initial_values": 3}, "`param_init` must be a dictionary"),
        ({"initial_values": {"v": "2*"}}, r"`param_init\['v'\]` must be a value"),
    ],
)
def test_what_cannot_be_is_named(changes: dict[str, Any], message: str) -> None:
    found = complaints(**changes)

    assert len(found) == 1
    assert re.search(message, found[0])


def test_all_problems_are_told() -> None:
    found = complaints(threshold=3, refractory={}, method=3)

    assert len(found) == 3


def test_a_method_that_does_not_suit_the_equations_is_named() -> None:
    fitter = TraceFitter(
        "dv/dt = (a - v**2 + I)/ms : 1\na : 1 (constant)",
        input={"I": np.zeros((1, 5))},
        output={"v": np.ones((1, 5))},
        dt=0.1 * ms,
        method="exponential_euler",
    )

    with pytest.raises(InvalidValueError, match=r"The `method` cannot integrate .* choose another"):
        fitter.fit(callback=None, a=[0, 1])
