"""Recordings as they come: other sampling steps, gaps, unequal sweeps, several inputs."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from brian2 import (
    Network,
    NeuronGroup,
    Quantity,
    SpikeMonitor,
    amp,
    ms,
    mV,
    nA,
    nS,
    pF,
    second,
    volt,
)

from brianfit import BrianfitError, MSEMetric, RecordingSet
from tests.parity.leaky import (
    BOUNDS,
    EL,
    PASSIVE,
    current,
    membrane,
    spike_fitter,
    trace_fitter,
)
from tests.parity.scripted_optimizer import ScriptedOptimizer

TRUTH = [0.5, 0.5]
TRUE_PARAMS: dict[str, Any] = {"gl": 10 * nS, "C": 100 * pF}


def _sampled(step: Quantity, duration: float = 20e-3) -> tuple[Quantity, Quantity]:
    """Current and exact voltage of the membrane, sampled with another step; onset at 5 ms."""
    time = np.arange(round(duration / float(step))) * float(step)
    values = np.where(time >= 5e-3 - 1e-9, 0.2e-9, 0.0)[np.newaxis]
    rise = 1 - np.exp(-np.clip(time - 5e-3, 0, None) / 10e-3)
    return values * amp, (float(EL) + 0.02 * rise)[np.newaxis] * volt


@pytest.mark.parametrize("step", [0.05, 0.2, 0.5, 1.0, 0.025])
def test_recordings_may_have_another_step_than_the_simulation(step: float) -> None:
    values, voltage = _sampled(step * ms)
    fitter = trace_fitter(input={"I": values}, output={"v": voltage}, recording_dt=step * ms)

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    # All these steps meet the grid of 0.1 ms at the onset, so the exact solution is met exactly.
    assert error < 1e-20 * volt**2
    assert fitter.generate().shape == (1, 200)


@pytest.mark.parametrize("step", [0.125, 0.04, 0.25])
def test_steps_need_not_be_multiples_of_each_other(step: float) -> None:
    values, voltage = _sampled(step * ms)
    fitter = trace_fitter(input={"I": values}, output={"v": voltage}, recording_dt=step * ms)

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    # The recording is interpolated linearly between its values: off by at most step**2/8 times the
    # second derivative, which is at most 20 mV/(10 ms)**2.
    off_by = (step * 1e-3) ** 2 / 8 * 0.02 / (10e-3) ** 2
    assert float(error) <= off_by**2


def test_a_coarse_recording_is_compared_at_its_own_times_only() -> None:
    values, voltage = _sampled(1 * ms)
    fitter = trace_fitter(input={"I": values}, output={"v": voltage}, recording_dt=1 * ms)
    fitter.fit(n_rounds=0, callback=None, **BOUNDS)

    compared = ~np.isnan(fitter.output_[0])

    assert compared.sum() == 20
    np.testing.assert_array_equal(np.flatnonzero(compared[0]), np.arange(0, 200, 10))


def test_every_sweep_may_have_its_own_step_and_length() -> None:
    fine, coarse = _sampled(0.05 * ms), _sampled(0.5 * ms, duration=15e-3)
    recordings = RecordingSet.from_arrays(
        dt=[0.05 * ms, 0.5 * ms],
        inputs={"I": [fine[0][0], coarse[0][0]]},
        traces={"v": [fine[1][0], coarse[1][0]]},
    )
    fitter = trace_fitter(input=recordings, output=None)

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)
    traces = np.asarray(fitter.generate())

    assert error < 1e-20 * volt**2
    assert fitter.duration == 20 * ms
    assert not np.isnan(traces[0]).any()
    np.testing.assert_array_equal(np.isnan(traces[1]), np.arange(200) >= 150)


def test_a_short_sweep_counts_as_much_as_a_long_one() -> None:
    voltage = [np.asarray(membrane())[0] + 0.001, np.asarray(membrane())[1, :100] + 0.003]
    fitter = trace_fitter(
        input={"I": [np.asarray(current())[0] * amp, np.asarray(current())[1, :100] * amp]},
        output={"v": [values * volt for values in voltage]},
    )

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    assert float(error / mV**2) == pytest.approx((1 + 9) / 2)
    per_trace = fitter.result.trace_errors["v"]
    np.testing.assert_allclose(per_trace, [1e-6, 9e-6], rtol=1e-6)


def test_what_was_not_measured_does_not_count() -> None:
    target = np.asarray(membrane()) + 0.002
    target[0, 60:120] = np.nan
    target[1, :50] = np.nan
    fitter = trace_fitter(output={"v": target * volt})

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)
    _, result = fitter.refine(TRUE_PARAMS, callback=None, max_nfev=1)

    assert float(error / mV**2) == pytest.approx(4)
    assert result.nfev == 1


def test_a_recording_without_any_value_is_refused() -> None:
    fitter = trace_fitter(output={"v": np.full((2, 200), np.nan) * volt})

    with pytest.raises(ValueError, match="v"):
        fitter.fit(callback=None, **BOUNDS)


def test_a_recording_without_any_value_after_t_start_is_refused() -> None:
    target = np.asarray(membrane()).copy()
    target[:, 100:] = np.nan
    fitter = trace_fitter(output={"v": target * volt})

    with pytest.raises(ValueError, match="t_start|nothing"):
        fitter.fit(metric=MSEMetric(t_start=12 * ms), callback=None, **BOUNDS)


def test_gaps_are_bridged_where_equations_use_the_recording() -> None:
    target = np.asarray(membrane()).copy()
    target[:, 80:90] = np.nan
    fitter = trace_fitter(
        model=PASSIVE + "seen = v_target : volt", output={"v": target * volt}, namespace={"EL": EL}
    )

    seen = np.asarray(fitter.generate("seen", params=TRUE_PARAMS))

    expected = target.copy()
    for row in expected:
        row[80:90] = np.interp(np.arange(80, 90), [79, 90], row[[79, 90]])
    np.testing.assert_allclose(seen, expected, atol=1e-12)


def test_an_input_with_a_gap_is_refused() -> None:
    values = np.asarray(current()).copy()
    values[0, 3] = np.nan

    with pytest.raises(ValueError, match="input `I` has values that are not finite"):
        trace_fitter(input={"I": values * amp})


def test_several_inputs_are_added_where_the_equations_say_so() -> None:
    equations = PASSIVE.replace("+ I)", "+ I + g_in*(E_in - v))")
    fitter = trace_fitter(
        model=equations,
        input={"I": 0 * current(), "g_in": np.full((2, 200), 30.0) * nS},
        output={"v": np.full((2, 200), -10.0) * mV},
        method="exponential_euler",
        param_init={"v": -10 * mV},
        namespace={"EL": EL, "E_in": 10 * mV},
    )

    # gl = 10 nS draws to -70 mV, 30 nS to +10 mV: the rest is at -10 mV.
    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    assert error < 1e-20 * volt**2
    assert set(fitter.input) == set(fitter.input_traces) == {"I", "g_in"}
    assert fitter.input_traces["g_in"](3 * ms, 1) == 30 * nS


def test_inputs_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="same size"):
        trace_fitter(
            model=PASSIVE.replace("+ I)", "+ I + J)"),
            input={"I": current(), "J": current()[:, :100]},
        )


def test_an_input_without_unit_is_in_si_units() -> None:
    fitter = trace_fitter(
        model=PASSIVE.replace("+ I)", "+ I*amp)"), input={"I": np.asarray(current())}
    )

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    assert error < 1e-20 * volt**2
    assert fitter.dt == 0.1e-3 * second
    assert current().dim is (1 * nA).dim


def _both() -> RecordingSet:
    """The membrane and two spikes of each sweep."""
    return RecordingSet.from_arrays(
        dt=0.1 * ms,
        inputs={"I": current()},
        traces={"v": membrane()},
        spikes=[np.array([8.0, 12.0]) * ms, np.array([7.0, 9.0]) * ms],
    )


@pytest.mark.parametrize("named", [{"output_var": "v"}, {"output": ["v"]}, {"output_var": ["v"]}])
def test_an_output_of_a_set_may_be_named_either_way(named: dict[str, Any]) -> None:
    fitter = trace_fitter(input=_both(), **{"output": None, **named})

    assert fitter.output_var == ["v"]


def test_a_set_without_its_spikes_is_one_of_traces() -> None:
    fitter = trace_fitter(input=_both().without_spikes(), output=None)

    assert fitter.output_var == ["v"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "without_spikes()"),
        ({"output_var": "w"}, "there are ['v', 'spikes']"),
        ({"output_var": "v", "input_var": "J"}, "`input_var` is given"),
        ({"output_var": "v", "recording_dt": 1 * ms}, "`recording_dt` is given"),
    ],
)
def test_what_contradicts_a_set_is_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(BrianfitError, match=re.escape(message)):
        trace_fitter(**{"input": _both(), "output": None, **given})


def test_a_spike_fitter_takes_the_spikes_of_a_set() -> None:
    fitter = spike_fitter(input=_both(), output=None)

    assert fitter.output_var == ["spikes"]


def test_spike_times_may_be_a_view_of_brian_without_unit() -> None:
    group = NeuronGroup(1, "v : 1", threshold="i == 0")
    monitor = SpikeMonitor(group)
    Network(group, monitor).run(1 * ms)

    fitter = spike_fitter(input={"I": current(1)}, output=[monitor.t_])

    np.testing.assert_array_equal(np.asarray(fitter.output[0][0]), np.asarray(monitor.t))


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ({0: np.array([1.0]) * ms}, "are a list: of a `SpikeMonitor`"),
        ({"spikes": {0: np.array([1.0]) * ms}}, "are a dictionary with the keys [0]"),
        (np.eye(2, 200), "marked the steps with a spike"),
        (np.eye(2, 200, dtype=bool), "marked the steps with a spike"),
    ],
)
def test_what_is_no_list_of_spike_times_is_named(output: Any, message: str) -> None:
    with pytest.raises(BrianfitError, match=re.escape(message)):
        spike_fitter(output=output)
