"""What the error of a fit is: targets, penalties, weights, normalization, several outputs."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import DimensionMismatchError, ms, mV, nS, volt

from brianfit import MSEMetric
from tests.parity.leaky import BOUNDS, EL, PASSIVE, membrane, trace_fitter
from tests.parity.scripted_optimizer import ScriptedOptimizer

TRUTH = [0.5, 0.5]


def test_the_recorded_output_can_be_used_in_the_equations() -> None:
    equations = """
    dv/dt = (gl*(EL - v) + I)/C + coupling*(v_target - v) : volt
    gl : siemens (constant)
    C : farad (constant)
    coupling : hertz (constant)
    """
    bounds = {**BOUNDS, "coupling": [0 / ms, 20 / ms]}
    fitter = trace_fitter(model=equations, method="euler", output={"v": membrane() + 5 * mV})

    fitter.fit(ScriptedOptimizer([[0.5, 0.5, 0.0], [0.5, 0.5, 0.2]]), callback=None, **bounds)

    errors = fitter.result.history.errors
    assert errors[1] < 0.2 * errors[0]


def test_a_penalty_is_added_at_the_end() -> None:
    equations = PASSIVE + "cost = (gl/nS)*mV**2 : volt**2"
    fitter = trace_fitter(model=equations, penalty="cost")

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    assert float(error / mV**2) == pytest.approx(10.0)
    assert fitter.penalty == "cost"


def test_a_penalty_of_fit_replaces_that_of_the_fitter() -> None:
    equations = PASSIVE + "cost = (gl/nS)*mV**2 : volt**2\nother = 2*cost : volt**2"
    fitter = trace_fitter(model=equations, penalty="cost")

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), penalty="other", callback=None, **BOUNDS)

    assert float(error / mV**2) == pytest.approx(20.0)


def test_a_penalty_in_another_unit_is_refused() -> None:
    fitter = trace_fitter(penalty="v")

    with pytest.raises(DimensionMismatchError, match="penalty 'v' has the unit V.*V\\^2"):
        fitter.fit(callback=None, **BOUNDS)


def test_what_happens_before_t_start_does_not_count() -> None:
    target = membrane()
    target[:, :100] += 50 * mV
    fitter = trace_fitter(output={"v": target})

    _, error = fitter.fit(
        ScriptedOptimizer([TRUTH]), MSEMetric(t_start=10 * ms), callback=None, **BOUNDS
    )

    assert error < 1e-20 * volt**2


def test_weights_choose_what_counts() -> None:
    target = membrane()
    target[:, 100:] += 2 * mV
    weights = np.ones(200)
    weights[:100] = 3
    fitter = trace_fitter(output={"v": target})

    _, error = fitter.fit(
        ScriptedOptimizer([TRUTH]), MSEMetric(t_weights=weights), callback=None, **BOUNDS
    )

    # Half of the steps are 2 mV off, with a quarter of all weight.
    assert float(error / mV**2) == pytest.approx(0.25 * 4)


def test_weights_of_another_length_are_refused() -> None:
    fitter = trace_fitter()

    with pytest.raises(ValueError, match="t_weights.*200"):
        fitter.fit(metric=MSEMetric(t_weights=np.ones(7)), callback=None, **BOUNDS)


def test_normalization_divides_the_error_and_its_unit() -> None:
    fitter = trace_fitter(output={"v": membrane() + 6 * mV})

    _, error = fitter.fit(
        ScriptedOptimizer([TRUTH]), MSEMetric(normalization=2 * mV), callback=None, **BOUNDS
    )

    assert type(error) is float
    assert error == pytest.approx(9.0)
    assert fitter.best_objective_errors is not None
    assert float(fitter.best_objective_errors["v"] / mV**2) == pytest.approx(36.0)
    assert fitter.best_objective_errors_normalized == {"v": pytest.approx(9.0)}


def test_several_outputs_are_added() -> None:
    equations = PASSIVE + "twice = 2*v : volt"
    fitter = trace_fitter(
        model=equations,
        output={"v": membrane() + 1 * mV, "twice": 2 * membrane() + 4 * mV},
    )
    metrics = {"v": MSEMetric(), "twice": MSEMetric(normalization=2)}

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), metrics, callback=None, **BOUNDS)

    assert float(error / mV**2) == pytest.approx(1 + 16 / 4)
    assert fitter.best_objective_errors is not None
    assert float(fitter.best_objective_errors["twice"] / mV**2) == pytest.approx(16)


def test_a_list_of_metrics_is_in_the_order_of_the_outputs() -> None:
    fitter = trace_fitter(
        model=PASSIVE + "twice = 2*v : volt",
        output={"twice": 2 * membrane() + 4 * mV, "v": membrane() + 1 * mV},
    )
    for_twice, for_v = MSEMetric(normalization=2), MSEMetric()

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), [for_twice, for_v], callback=None, **BOUNDS)

    assert fitter.output_var == ["twice", "v"]
    assert fitter.metric == [for_twice, for_v]
    assert float(error / mV**2) == pytest.approx(16 / 4 + 1)


def test_one_metric_serves_all_outputs() -> None:
    fitter = trace_fitter(
        model=PASSIVE + "twice = 2*v : volt",
        output={"v": membrane() + 1 * mV, "twice": 2 * membrane() + 4 * mV},
    )
    metric = MSEMetric()

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), metric, callback=None, **BOUNDS)

    assert fitter.metric == [metric, metric]
    assert float(error / mV**2) == pytest.approx(1 + 16)


def test_a_penalty_is_the_value_at_the_end_of_the_run_averaged_over_traces() -> None:
    # Per trace: (5 mV + t * 1 mV/ms)**2 at 20 ms is 625 mV**2, and the input adds 1 or 2 mV**2.
    equations = PASSIVE + "dclock/dt = 1*mV/ms : volt\ncost = clock**2 + I/(0.2*nA)*mV**2 : volt**2"
    fitter = trace_fitter(
        model=equations, param_init={"v": EL, "clock": 5 * mV}, method="exponential_euler"
    )

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), penalty="cost", callback=None, **BOUNDS)

    assert float(error / mV**2) == pytest.approx(625 + 1.5, rel=1e-3)


def test_a_penalty_in_the_unit_of_a_normalized_error_is_added() -> None:
    fitter = trace_fitter(model=PASSIVE + "cost = gl/nS : 1", output={"v": membrane() + 6 * mV})

    _, error = fitter.fit(
        ScriptedOptimizer([TRUTH]),
        MSEMetric(normalization=2 * mV),
        penalty="cost",
        callback=None,
        **BOUNDS,
    )

    assert error == pytest.approx(9 + 10)


def test_a_subexpression_is_an_output() -> None:
    fitter = trace_fitter(
        model=PASSIVE + "current_out = gl*(v - EL) : amp",
        output={"current_out": 10 * nS * (membrane() - EL)},
    )

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    assert float(error) < 1e-40


def test_metrics_keep_the_inverse_of_the_normalization_and_know_the_units_of_errors() -> None:
    metric = MSEMetric(normalization=2 * mV)

    assert metric.normalization == pytest.approx(1 / 2e-3)
    assert metric.get_dimensions(volt.dim) is (volt**2).dim
    assert metric.get_normalized_dimensions(volt.dim).is_dimensionless
    assert metric.revert_normalization(9.0) == pytest.approx(36e-6)


def test_metrics_are_used_without_a_fitter() -> None:
    simulated = np.zeros((3, 2, 10))
    simulated[1] = 0.002
    metric = MSEMetric(t_start=0.5 * ms)

    errors = metric.calc(simulated, np.zeros((2, 10)), 0.1 * ms)

    np.testing.assert_allclose(errors, [0, 4e-6, 0])
