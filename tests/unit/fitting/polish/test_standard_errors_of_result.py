"""A refined result knows how sure its parameters are, until a better sample is found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from brian2 import ms, mV, nA, nS, pF

from brianfit.engines import ReferenceEngine
from brianfit.fitting import TraceFitter
from brianfit.results import Round

pytestmark = pytest.mark.slow


def _fitter() -> TraceFitter:
    current = np.zeros((1, 300))
    current[0, 100:] = 0.2
    rise = 1 - np.exp(-np.clip(np.arange(300) - 100, 0, None) / 100)
    noise = np.random.default_rng(3).normal(0, 0.1, (1, 300))
    fitter = TraceFitter(
        model="dv/dt = (gl*(El - v) + I)/C : volt\ngl : siemens (constant)\nC : farad (constant)",
        input={"I": current * nA},
        output={"v": (-70 + 20 * rise + noise) * mV},
        dt=0.1 * ms,
        n_samples=10,
        method="exponential_euler",
        param_init={"v": "El"},
        namespace={"El": -70 * mV},
        engine=ReferenceEngine(),
    )
    fitter.fit(n_rounds=2, gl=[1 * nS, 100 * nS], C=[10 * pF, 1000 * pF], seed=1, callback=None)
    return fitter


def test_the_result_takes_over_the_standard_errors_of_a_refinement() -> None:
    fitter = _fitter()
    before = fitter.result

    _, refined = fitter.refine(callback=None)

    assert before.standard_errors == {}
    assert fitter.result.standard_errors == {
        name: float(error) for name, error in refined.standard_errors.items()
    }
    assert "±" in str(fitter.result)


def test_errors_belong_to_the_sample_that_was_refined() -> None:
    fitter = _fitter()
    fitter.refine(callback=None)
    search = fitter._session.require_search()
    assert search.best is not None
    better = replace(search.best.evaluation, errors=search.best.evaluation.errors / 2)
    found = Round.of(search.best.values[np.newaxis] * 1.1, better, iteration=9, seconds=0.0)

    own = fitter.result.standard_errors
    search.past.begin_round()
    search.finish_round(found)

    assert own["gl"] < 1e-6
    assert fitter.result.standard_errors == {}
