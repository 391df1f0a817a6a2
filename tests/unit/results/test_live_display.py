"""A display that a notebook keeps up to date."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any, final

import numpy as np
import pytest
from brian2 import nS

from brianfit import ProgressBar
from brianfit.fitting.search.callbacks import callback_setup
from brianfit.results import live_display
from brianfit.results.live_display import LiveDisplay
from tests.unit.plots.fitted import prediction, result


@final
class Display:
    """Notes what a notebook would show."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def __call__(self, thing: Any, *, display_id: bool) -> Display:
        assert display_id
        self.update(thing)
        return self

    def update(self, thing: Any) -> None:
        """Note what is shown in the place of what was there."""
        self.shown.append(thing._repr_html_())


def test_a_display_shows_error_traces_and_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_display, "_PAUSE", 0.0)
    monkeypatch.setattr(live_display, "_SHARE", 0.0)
    display, simulated = Display(), []
    found = result(simulate=lambda one: simulated.append(one) or prediction())
    live = LiveDisplay(display, 4, lambda: found)

    for errors in ([3.0, np.inf], [2.0, 5.0], [2.0, 9.0]):
        live(None, np.array(errors), {"g_L": 10 * nS}, min(errors), 0, {})
    live.close()

    assert len(display.shown) == 4
    assert "Round 3 of 4, 6 evaluations: error 2" in display.shown[-1]
    assert "10. nS" in display.shown[-1] or "10 nS" in display.shown[-1]
    assert display.shown[-1].count("<svg") == 3  # the error, and v of two sweeps
    assert len(simulated) == 2  # the third round was no better than the second


def test_a_display_waits_until_a_drawing_is_a_hundredth_of_the_time() -> None:
    display = Display()
    live = LiveDisplay(display)

    for _ in range(5):
        live(None, np.array([1.0]), None, None, 0, {})

    assert len(display.shown) == 1


def test_elsewhere_than_in_a_notebook_it_is_a_bar() -> None:
    bar = callback_setup("live", 3)

    assert isinstance(bar, ProgressBar)
    bar.close()


def test_in_a_notebook_it_is_a_display(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = ModuleType("IPython")
    shell.get_ipython = lambda: SimpleNamespace(kernel=True)  # type: ignore[attr-defined]
    shown = ModuleType("IPython.display")
    shown.display = Display()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", shell)
    monkeypatch.setitem(sys.modules, "IPython.display", shown)

    assert isinstance(callback_setup("live", 3), LiveDisplay)
