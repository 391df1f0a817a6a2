"""Whatever is given to a fit, it runs, or says in words what is wrong, before it simulates.

``python -m tests.fuzz.arguments`` tries it. ``BRIANFIT_FUZZ_CASES`` is the number of cases, 200 by
default; 2000 are for every night.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from brian2 import ms, mV, nA, nS, prefs
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from brianfit._foundation.errors import BrianfitError
from brianfit.engines import ReferenceEngine
from brianfit.fitting import TraceFitter
from tests.fuzz import strategies

CASES = int(os.environ.get("BRIANFIT_FUZZ_CASES", "200"))

GOOD: Mapping[str, Any] = {
    "model": strategies.EQUATIONS,
    "input": {"I": np.zeros((1, 20)) * nA},
    "output": {"v": np.full((1, 20), -70.0) * mV},
    "dt": 0.1 * ms,
    "n_samples": 3,
    "method": "euler",
    "engine": ReferenceEngine(),
}
GOOD_FIT: Mapping[str, Any] = {"n_rounds": 1, "seed": 1, "callback": None, "g": [1, 100] * nS}

ODD: Mapping[str, strategies.Strategy] = {
    "model": strategies.models,
    "input": strategies.named_traces,
    "output": strategies.named_traces,
    "dt": strategies.steps,
    **strategies.options,
}
ODD_FIT: Mapping[str, strategies.Strategy] = {"g": strategies.bounds, **strategies.fit_options}


@st.composite
def replaced(draw: st.DrawFn) -> dict[str, Any]:
    """One to three arguments that replace good ones."""
    every = {**ODD, **ODD_FIT}
    names = draw(st.lists(st.sampled_from(list(every)), min_size=1, max_size=3, unique=True))
    return {name: draw(every[name]) for name in names}


@settings(
    max_examples=CASES,
    deadline=None,
    derandomize=CASES <= 200,
    suppress_health_check=list(HealthCheck),
    database=None,
)
@given(odd=replaced())
def a_fit_runs_or_says_what_is_wrong_before_it_simulates(odd: dict[str, Any]) -> None:
    note(f"odd arguments: {odd}")
    made = {**GOOD, **{name: value for name, value in odd.items() if name in ODD}}
    asked = {**GOOD_FIT, **{name: value for name, value in odd.items() if name in ODD_FIT}}
    fitter = None

    try:
        fitter = TraceFitter(**made)
        fitter.fit(**asked)
    except BrianfitError as problem:
        message = str(problem)
    else:
        return
    assert len(message) > 10
    search = None if fitter is None else fitter._session.search
    assert search is None or search.history.n_rounds == 0


if __name__ == "__main__":
    prefs.codegen.target = "numpy"  # nothing to compile
    a_fit_runs_or_says_what_is_wrong_before_it_simulates()
