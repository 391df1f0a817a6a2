"""Whatever is given to a fit, it runs, or says what is wrong with which argument.

An error must be one of brianfit, name one of the odd arguments (or what it describes), and come
before anything is simulated; code of the user that raises during a fit is named then.

``python -m tests.fuzz.arguments`` tries it. ``BRIANFIT_FUZZ_CASES`` is the number of cases, 200 by
default; 2000 are for every night.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from brian2 import ms, mV, nA, nS, prefs
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from brianfit._foundation.errors import BrianfitError, UserCodeError
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


WORDS: Mapping[str, str] = {
    "model": r"\bequations?\b|\bthe model\b|\bparameter '?[hnbg]\b",
    "input": r"\binputs?\b",
    "output": r"\boutputs?\b",
    "g": r"\bparameter '?g\b",
    "metric": r"\bmetric\b",
    "penalty": r"\bpenalty\b",
    "stop": r"\bstop rule\b",
    "callback": r"\bcallback\b",
    "store": r"\bstore\b",
}
"""What else names an argument: the thing that it describes."""


def is_named(name: str, given: Any, message: str) -> bool:
    """Return whether a message tells that it is about an argument, or something given in it."""
    names = [name, *(map(str, given) if isinstance(given, Mapping) else ())]
    patterns = [rf"[`']{re.escape(each)}\b" for each in names if each]
    patterns += [f"(?i:{WORDS[name]})"] if name in WORDS else []
    return re.search("|".join(patterns), message) is not None


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
        message, is_of_user = str(problem), isinstance(problem, UserCodeError)
    else:
        return
    assert any(is_named(name, given, message) for name, given in odd.items()), message
    search = None if fitter is None else fitter._session.search
    assert is_of_user or search is None or search.history.n_rounds == 0


if __name__ == "__main__":
    prefs.codegen.target = "numpy"  # nothing to compile
    a_fit_runs_or_says_what_is_wrong_before_it_simulates()
