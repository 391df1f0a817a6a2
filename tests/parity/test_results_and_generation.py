"""`results`, `generate`, `generate_traces`, `generate_spikes` as users know them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from brian2 import Quantity, ms, mV, nS, pF, second, siemens, volt

from brianfit import MSEMetric, TraceFitter
from tests.parity.leaky import (
    BOUNDS,
    PASSIVE,
    SPIKING,
    current,
    membrane,
    spike_fitter,
    trace_fitter,
)
from tests.parity.scripted_optimizer import ScriptedOptimizer

TRUTH = [0.5, 0.5]
TRUE_PARAMS = {"gl": 10 * nS, "C": 100 * pF}


def _two_outputs() -> TraceFitter:
    fitter = trace_fitter(
        model=PASSIVE + "twice = 2*v : volt",
        output={"v": membrane() + 1 * mV, "twice": 2 * membrane() + 4 * mV},
    )
    metrics = {"v": MSEMetric(), "twice": MSEMetric(normalization=2)}
    fitter.fit(ScriptedOptimizer([TRUTH, [0.4, 0.5]]), metrics, callback=None, **BOUNDS)
    return fitter


def test_results_as_a_list_have_every_sample_with_units() -> None:
    fitter = trace_fitter()
    fitter.fit(ScriptedOptimizer([TRUTH, [0.4, 0.6]]), n_rounds=2, callback=None, **BOUNDS)

    rows = fitter.results()

    assert len(rows) == 4
    assert set(rows[0]) == {"gl", "C", "error"}
    assert rows[0]["gl"].dim is siemens.dim
    assert rows[0]["error"].dim is (volt**2).dim


def test_results_as_a_list_without_units_are_numbers() -> None:
    fitter = trace_fitter()
    fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    row = fitter.results("list", use_units=False)[0]

    assert not isinstance(row["gl"], Quantity)
    assert row["gl"] == pytest.approx(1e-8)


def test_results_as_a_dictionary_are_arrays() -> None:
    fitter = trace_fitter()
    fitter.fit(ScriptedOptimizer([TRUTH, [0.4, 0.6]]), n_rounds=2, callback=None, **BOUNDS)

    table = fitter.results(format="dict")

    assert table["gl"].shape == (4,)
    assert table["gl"].dim is siemens.dim
    assert table["error"].shape == (4,)


def test_results_as_a_table_are_plain_numbers() -> None:
    fitter = trace_fitter()
    fitter.fit(ScriptedOptimizer([TRUTH, [0.4, 0.6]]), callback=None, **BOUNDS)

    table = fitter.results(format="dataframe")

    assert isinstance(table, pd.DataFrame)
    assert list(table.columns) == ["gl", "C", "error"]
    assert table.dtypes.unique().tolist() == [np.dtype(float)]


def test_units_for_a_table_are_warned_about() -> None:
    fitter = trace_fitter()
    fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    with pytest.warns(UserWarning, match="plain SI numbers"):
        fitter.results(format="dataframe", use_units=True)


def test_an_unknown_format_is_refused() -> None:
    fitter = trace_fitter()
    fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    with pytest.raises(ValueError, match="`format` must be one of"):
        fitter.results(format="tabel")


def test_results_before_a_fit_are_refused() -> None:
    with pytest.raises(RuntimeError, match="call fit"):
        trace_fitter().results()


def test_several_outputs_add_their_errors_to_the_list() -> None:
    row = _two_outputs().results()[0]

    assert float(row["objective_errors"]["v"] / mV**2) == pytest.approx(1)
    assert float(row["objective_errors"]["twice"] / mV**2) == pytest.approx(16)
    assert float(row["objective_errors_normalized"]["twice"] / mV**2) == pytest.approx(4)


def test_several_outputs_add_columns_to_the_table() -> None:
    table = _two_outputs().results("dataframe")

    assert list(table.columns) == [
        "gl",
        "C",
        "error",
        "error_v",
        "error_twice",
        "normalized_error_v",
        "normalized_error_twice",
    ]
    assert table["error_twice"][0] == pytest.approx(16e-6)


def test_generates_the_outputs_of_the_best_sample() -> None:
    fitter = trace_fitter()
    fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    traces = fitter.generate_traces()

    assert traces.dim is volt.dim
    np.testing.assert_allclose(np.asarray(traces), np.asarray(membrane()), atol=1e-12)


def test_generates_from_given_parameters_without_a_fit() -> None:
    traces = trace_fitter().generate(params=TRUE_PARAMS)

    np.testing.assert_allclose(np.asarray(traces), np.asarray(membrane()), atol=1e-12)


def test_generates_from_numbers_without_units() -> None:
    traces = trace_fitter().generate(params={"gl": 1e-8, "C": 1e-10})

    np.testing.assert_allclose(np.asarray(traces), np.asarray(membrane()), atol=1e-12)


def test_generates_any_variable_parameters_included() -> None:
    found = trace_fitter().generate(output_var=["v", "gl"], params=TRUE_PARAMS)

    assert set(found) == {"v", "gl"}
    assert found["gl"].shape == (2, 200)
    assert found["gl"][0, 0] == 10 * nS


def test_a_list_of_one_name_gives_a_dictionary() -> None:
    found = trace_fitter().generate(output_var=["gl"], params=TRUE_PARAMS)

    assert list(found) == ["gl"]


def test_a_trace_fitter_generates_spikes() -> None:
    fitter = trace_fitter(
        model=SPIKING,
        threshold="v > -60*mV",
        reset="v = -70*mV",
        refractory=1 * ms,
        method="exponential_euler",
    )

    trains = fitter.generate("spikes", params=TRUE_PARAMS)

    assert [train.dim for train in trains] == [second.dim] * 2
    assert len(trains[1]) > len(trains[0]) > 0


def test_spikes_of_a_model_without_threshold_are_refused() -> None:
    with pytest.raises(TypeError, match="no `threshold`"):
        trace_fitter().generate("spikes", params=TRUE_PARAMS)


def test_a_spike_fitter_generates_traces() -> None:
    traces = spike_fitter().generate("v", params=TRUE_PARAMS)

    assert traces.shape == (2, 200)
    assert traces.max() < -49 * mV


def test_generate_spikes_equals_the_threshold_crossings() -> None:
    fitter = spike_fitter(refractory=False, model=PASSIVE)

    trains = fitter.generate_spikes(params=TRUE_PARAMS)
    voltage = np.asarray(fitter.generate("v", params=TRUE_PARAMS))

    # A spike resets v within its step, so the next recorded value is the reset value.
    resets = np.flatnonzero(np.diff(voltage[1]) < -0.01)
    np.testing.assert_allclose(np.asarray(trains[1]) / 1e-4, resets, atol=1e-6)


def test_initial_values_replace_those_of_the_fitter() -> None:
    fitter = trace_fitter()

    traces = fitter.generate(params=TRUE_PARAMS, param_init={"v": -60 * mV})

    assert traces[0, 0] == -60 * mV
    assert fitter.generate(params=TRUE_PARAMS)[0, 0] == -70 * mV


def test_the_iteration_outside_of_a_fit_is_large_unless_told() -> None:
    fitter = trace_fitter(model=PASSIVE + "number = iteration : 1")

    assert fitter.generate("number", params=TRUE_PARAMS)[0, 0] == 1e9
    assert fitter.generate("number", params=TRUE_PARAMS, iteration=3)[0, 0] == 3


def test_generating_without_parameters_before_a_fit_is_refused() -> None:
    with pytest.raises(RuntimeError, match="call fit"):
        trace_fitter().generate()


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({"output_var": "w"}, NameError, "'w' is not a variable"),
        ({"params": {"gl": 1 * nS}}, TypeError, "no value for parameter 'C'"),
        ({"params": {**TRUE_PARAMS, "g": 1 * nS}}, ValueError, "names 'g'.*Did you mean 'gl'"),
        ({"params": {**TRUE_PARAMS, "gl": 1 * mV}}, Exception, "must have the unit S"),
        ({"param_init": {"V": 1 * mV}}, ValueError, "`param_init` names 'V'"),
        ({"param_init": {"v": 1 * ms}}, Exception, "must have the unit V"),
    ],
)
def test_wrong_arguments_of_generate_are_named(arguments, kind, message) -> None:
    with pytest.raises(kind, match=message):
        trace_fitter().generate(**{"params": TRUE_PARAMS, **arguments})


def test_sweeps_of_different_length_end_in_nan() -> None:
    full, half = np.asarray(current()), np.asarray(membrane())
    fitter = trace_fitter(
        input={"I": [full[0], full[1, :120]]},
        output={"v": [half[0] * volt, half[1, :120] * volt]},
        model=PASSIVE.replace("+ I)", "+ I*amp)"),
    )

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)
    traces = np.asarray(fitter.generate())

    assert error < 1e-20 * volt**2
    assert not np.isnan(traces[0]).any()
    assert np.isnan(traces[1, 120:]).all()
    assert not np.isnan(traces[1, :120]).any()
