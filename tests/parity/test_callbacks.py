"""Callbacks as users know them."""

from __future__ import annotations

from functools import partial

import pytest
from brian2 import nS

from brianfit import ProgressBar, callback_none, callback_setup, callback_text, make_dic
from tests.parity.leaky import BOUNDS, trace_fitter
from tests.parity.scripted_optimizer import ScriptedOptimizer

TWO = [[0.5, 0.5], [0.4, 0.5]]


def _as_function(recorder: Recorder):
    def function(*arguments):
        return recorder(*arguments)

    return function


class Recorder:
    """Keep what a callback is given."""

    def __init__(self, answer: object = None) -> None:
        self.calls: list[tuple] = []
        self.answer = answer

    def __call__(self, params, errors, best_params, best_error, index, additional_info) -> object:
        self.calls.append((params, errors, best_params, best_error, index, additional_info))
        return self.answer

    method = __call__


def test_a_callback_is_given_everything_about_a_round() -> None:
    recorder = Recorder()
    fitter = trace_fitter()

    fitter.fit(ScriptedOptimizer(TWO), n_rounds=2, callback=recorder, **BOUNDS)

    params, errors, best_params, best_error, index, info = recorder.calls[1]
    assert len(recorder.calls) == 2
    assert params[0] == pytest.approx({"gl": 1e-8, "C": 1e-10})
    assert errors.shape == (2,)
    assert abs(best_params["gl"] - 10 * nS) < 1e-6 * nS
    assert best_error == fitter.best_error
    assert index == 1
    assert info["output_var"] == ["v"]
    assert len(info["objective_errors"]) == len(info["objective_errors_normalized"]) == 2


@pytest.mark.parametrize("wrap", [lambda r: r, lambda r: r.method, partial, _as_function])
def test_anything_that_can_be_called_is_a_callback_and_true_ends_the_fit(wrap) -> None:
    recorder = Recorder(answer=True)
    fitter = trace_fitter()

    fitter.fit(ScriptedOptimizer(TWO), n_rounds=5, callback=wrap(recorder), **BOUNDS)

    assert len(recorder.calls) == 1
    assert fitter.result.stop_reason == "the callback asked for it"


def test_the_text_callback_prints_a_line_every_round(capsys) -> None:
    trace_fitter().fit(ScriptedOptimizer(TWO), n_rounds=3, callback="text", **BOUNDS)

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert "best error" in lines[0]
    assert "gl=10 nS" in lines[0]


def test_the_progress_bar_shows_rounds(capsys) -> None:
    trace_fitter().fit(ScriptedOptimizer(TWO), n_rounds=3, callback="progressbar", **BOUNDS)

    assert "3/3" in capsys.readouterr().err


def test_no_callback_is_silent(capsys) -> None:
    trace_fitter().fit(ScriptedOptimizer(TWO), callback=None, **BOUNDS)

    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


def test_names_stand_for_callbacks() -> None:
    assert callback_setup("text", 3) is callback_text
    assert callback_setup(None, 3) is callback_none
    assert isinstance(callback_setup("progressbar", 3), ProgressBar)


def test_names_and_values_become_a_dictionary() -> None:
    assert make_dic(["a", "b"], [1, 2]) == {"a": 1, "b": 2}
