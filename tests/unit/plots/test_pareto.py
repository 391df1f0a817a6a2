"""Errors of two outputs against each other."""

from __future__ import annotations

import numpy as np
import pytest

from brianfit._foundation.errors import InvalidValueError
from brianfit.plots import plot_pareto_front
from brianfit.results import History
from tests.unit.plots.fitted import result


def test_draws_scored_evaluations_and_those_that_none_beats_in_both() -> None:
    axes = plot_pareto_front(result())

    evaluations, front, chosen = axes.get_lines()
    assert len(evaluations.get_xdata()) == 7
    np.testing.assert_allclose(front.get_xydata(), [[0.5, 0.5]])
    np.testing.assert_allclose(chosen.get_xydata(), [[0.5, 0.5]])
    assert axes.get_xlabel() == "error of v [mV²]"
    assert axes.get_ylabel() == "error of spikes"


def test_the_outputs_can_be_chosen() -> None:
    axes = plot_pareto_front(result(), outputs=("spikes", "v"))

    assert axes.get_ylabel() == "error of v [mV²]"


def test_refuses_a_fit_of_one_output() -> None:
    history = History(parameter_names=("g_L",), output_names=("v",))

    with pytest.raises(InvalidValueError, match="two different outputs"):
        plot_pareto_front(result(history=history))
