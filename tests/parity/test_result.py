"""What a fit leaves behind: best parameters, errors, history, settings, seed, and a summary."""

from __future__ import annotations

import re

import numpy as np
import pytest
from brian2 import ms, mV, nS, pF, siemens, volt

from brianfit import CMAESOptimizer, FitResult, MSEMetric, Parameter, TraceFitter, __version__
from tests.parity.leaky import BOUNDS, PASSIVE, membrane, spike_fitter, trace_fitter
from tests.parity.scripted_optimizer import ScriptedOptimizer

TRUTH = [0.5, 0.5]
TWO_OUTPUTS = PASSIVE + "twice = 2*v : volt\nC2 : farad (constant)"


def _fitted() -> TraceFitter:
    """A fit of two outputs whose errors are 1 and 4 mV**2 on two sweeps; 16 if normalized."""
    offset = np.array([[1.0], [3.0]]) * mV
    fitter = trace_fitter(
        model=TWO_OUTPUTS, output={"v": membrane() + 1 * mV, "twice": 2 * membrane() + offset}
    )
    fitter.fit(
        ScriptedOptimizer([[0.3, 0.5], [0.5, 0.0], TRUTH]),
        {"v": MSEMetric(), "twice": MSEMetric(normalization=2)},
        n_rounds=2,
        callback=None,
        seed=17,
        **BOUNDS,
        C2=Parameter(tied="2*C"),
    )
    return fitter


def test_holds_the_best_sample_with_units_and_as_numbers() -> None:
    result = _fitted().result

    assert isinstance(result, FitResult)
    assert result.best_values == pytest.approx({"gl": 1e-8, "C": 1e-10, "C2": 2e-10})
    assert result.best_params["gl"].dim is siemens.dim
    assert float(result.best_params["C2"] / pF) == pytest.approx(200)


def test_holds_the_errors_of_outputs_and_traces() -> None:
    result = _fitted().result

    # v: 1 mV everywhere; twice: 1 and 3 mV, halved by the normalization.
    assert result.raw_output_errors == pytest.approx({"v": 1e-6, "twice": 5e-6})
    assert result.output_errors == pytest.approx({"v": 1e-6, "twice": 1.25e-6})
    assert result.error == pytest.approx(2.25e-6)
    assert result.best_error.dim is (volt**2).dim
    np.testing.assert_allclose(result.trace_errors["v"], [1e-6, 1e-6])
    np.testing.assert_allclose(result.trace_errors["twice"], [0.25e-6, 2.25e-6])


def test_holds_every_sample_in_arrays() -> None:
    history = _fitted().result.history

    assert history.parameter_names == ("gl", "C")
    assert history.output_names == ("v", "twice")
    assert history.values.shape == (6, 2)
    assert history.errors.shape == (6,)
    assert history.output_errors.shape == history.raw_output_errors.shape == (6, 2)
    assert history.round_of.tolist() == [0, 0, 0, 1, 1, 1]
    assert [round_.iteration for round_ in history.rounds] == [0, 1]
    assert history.best == 2
    np.testing.assert_allclose(history.best_per_round, 2.25e-6)
    np.testing.assert_allclose(history.errors, history.output_errors.sum(axis=1))
    np.testing.assert_allclose(
        history.raw_output_errors[:, 1], 4 * history.output_errors[:, 1], rtol=1e-12
    )


def test_tells_what_was_asked_for() -> None:
    fitter = _fitted()

    result = fitter.result

    assert "dv/dt = (gl*(EL - v) + I)/C" in result.settings["model"]
    assert result.settings["method"] == "exact"
    assert result.settings["samples per round"] == "3"
    assert result.settings["simulation step"] == "100. us"
    assert result.settings["external constants"] == "{'EL': -70. * mvolt}"
    assert result.settings["metric of twice"].startswith("MSEMetric")
    assert result.settings["logarithmic parameters"] == "gl, C"
    assert "Scripted" in result.settings["optimizer"]
    assert result.bounds == {
        "gl": pytest.approx((1e-9, 1e-7)),
        "C": pytest.approx((1e-11, 1e-9)),
    }


def test_tells_versions_and_seed() -> None:
    result = _fitted().result

    assert result.seed == 17
    assert result.versions["brianfit"] == __version__
    assert set(result.versions) >= {"python", "brian2", "numpy", "scipy"}


def test_a_seed_that_was_drawn_repeats_the_fit() -> None:
    first, again = trace_fitter(), trace_fitter()

    first.fit(n_rounds=2, callback=None, **BOUNDS)
    again.fit(n_rounds=2, callback=None, seed=first.result.seed, **BOUNDS)

    np.testing.assert_array_equal(first.result.history.values, again.result.history.values)


def test_fits_without_a_seed_differ() -> None:
    one, other = trace_fitter(), trace_fitter()

    for fitter in (one, other):
        fitter.fit(callback=None, **BOUNDS)

    assert one.result.seed != other.result.seed
    assert not np.array_equal(one.result.history.values, other.result.history.values)


def test_tells_parameters_at_a_bound() -> None:
    fitter = trace_fitter()

    fitter.fit(
        ScriptedOptimizer([[0.0, 1.0]]), callback=None, gl=[10 * nS, 90 * nS], C=[10 * pF, 100 * pF]
    )

    assert fitter.result.at_bound == {"gl": "lower", "C": "upper"}
    lines = str(fitter.result).splitlines()
    assert "  gl  10 nS   in [10 nS, 90 nS]   AT ITS LOWER BOUND" in lines
    assert "  C   100 pF   in [10 pF, 100 pF]   AT ITS UPPER BOUND" in lines


def test_the_summary_can_be_read() -> None:
    text = re.sub(r"[\d.e-]+ s$", "# s", str(_fitted().result), flags=re.MULTILINE)

    assert text == "\n".join(
        [
            "Fit of 2 parameters",
            "  6 evaluations in 2 rounds, # s",
            "  stopped because the rounds asked for were done",
            "  error 2.25 mV^2",
            "  3 evaluations repeated a sample known already",
            "  seed 17",
            "The fit is good.",
            "Parameters",
            "  gl  10 nS   in [1 nS, 100 nS]",
            "  C   100 pF   in [10 pF, 1 nF]",
            "  C2  200 pF   (fixed or tied)",
            "Errors",
            "  v: 1 mV^2",
            "    sweep 0: 1 mV^2",
            "    sweep 1: 1 mV^2",
            "  twice: 5 mV^2 (normalized 1.25 mV^2)",
            "    sweep 0: 1 mV^2",
            "    sweep 1: 9 mV^2",
        ]
    )


def test_the_summary_of_spikes_has_numbers_without_units() -> None:
    trains = spike_fitter().generate_spikes({"gl": 10 * nS, "C": 100 * pF})
    fitter = spike_fitter(output=trains)

    fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    assert "Fit of 2 parameters\n  1 evaluation in 1 round" in str(fitter.result)
    assert "  error 0\n" in str(fitter.result)
    assert "  spikes: 0\n    sweep 0: 0\n    sweep 1: 0" in str(fitter.result)


def test_the_summary_of_a_continued_fit_covers_all_rounds() -> None:
    fitter = _fitted()

    fitter.fit(n_rounds=3, callback=None)

    assert fitter.result.history.n_rounds == 5
    assert "15 evaluations in 5 rounds" in str(fitter.result)


def test_a_refined_result_tells_the_errors_before_and_after() -> None:
    fitter = trace_fitter(output={"v": membrane() + 2 * mV})
    fitter.fit(ScriptedOptimizer([[0.45, 0.55]]), callback=None, **BOUNDS)
    before = fitter.best_error

    fitter.refine(callback=None)

    line = next(line for line in str(fitter.result).splitlines() if "refined" in line)
    assert fitter.best_error < before
    assert re.search(r"refined by least squares: [\d.]+ mV\^2 -> [\d.]+ mV\^2 after \d+ eval", line)
    assert fitter.result.error == pytest.approx(float(fitter.best_error))


def test_an_earlier_result_stays_as_it_was() -> None:
    fitter = trace_fitter()
    fitter.fit(CMAESOptimizer(), n_rounds=1, callback=None, seed=1, **BOUNDS)
    earlier = fitter.result
    text = str(earlier)

    fitter.fit(n_rounds=3, callback=None)

    assert str(earlier) == text
    assert earlier.history.n_rounds == 1
    assert fitter.dt == 0.1 * ms
