"""Ctrl-C at any moment: what was found stays, and the fit goes on to the same numbers."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brian2 import check_units, implementation, ms

from brianfit.engines import ReferenceEngine
from brianfit.fitting import TraceFitter
from brianfit.results import load
from tests.faults.cell import assert_same_numbers, fit, make_fitter, settings


@pytest.mark.parametrize(
    "place",
    [
        "brianfit.optimizers.cma_es.CMAESOptimizer.ask",
        "brianfit.optimizers.cma_es.CMAESOptimizer.tell",
        "brianfit.objective.objective.Objective.evaluate",
        "brianfit.results.store.writing.StoreWriter.add",
        "brianfit.fitting.search.search_state.Search._add",
        "brianfit.fitting.search.search_state.Search.finish_round",
    ],
)
@pytest.mark.parametrize("after", [False, True])
def test_ctrl_c_in_any_phase_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, after: bool
) -> None:
    owner, _, name = place.rpartition(".")
    module, _, class_name = owner.rpartition(".")
    kind = getattr(sys.modules[module], class_name)
    plain, calls = getattr(kind, name), iter(range(10**6))

    def interrupted(self: Any, *args: Any, **kwargs: Any) -> Any:
        is_time = next(calls) == 3
        if is_time and not after:
            signal.raise_signal(signal.SIGINT)
        found = plain(self, *args, **kwargs)
        if is_time and after:
            signal.raise_signal(signal.SIGINT)
        return found

    store = tmp_path / "cell.fit"
    fitter = make_fitter()
    with monkeypatch.context() as patch:
        patch.setattr(kind, name, interrupted)
        with pytest.raises(KeyboardInterrupt, match="^$"):
            fitter.fit(n_rounds=12, callback=None, seed=1, store=store, **settings())
    done = fitter.result.history.n_rounds

    fitter.fit(n_rounds=12 - done, callback=None)

    assert 2 <= done <= 5
    assert_same_numbers(fitter.result, fit())
    assert_same_numbers(load(store).result, fit())


def test_ctrl_c_breaks_off_a_simulation_by_brian_instead_of_cutting_it_short() -> None:
    remaining = [10**6]

    @implementation("numpy", discard_units=True)
    @check_units(x=1, result=1)
    def passed(x: Any) -> Any:
        remaining[0] -= 1
        if remaining[0] == 0:
            signal.raise_signal(signal.SIGINT)
        return x

    def fitter_by_brian() -> TraceFitter:
        return TraceFitter(
            "dv/dt = (passed(I)*x - v)/(5*ms) : 1\nx : 1 (constant)",
            input={"I": np.ones((1, 50))},
            output={"v": np.ones((1, 50))},
            dt=0.1 * ms,
            n_samples=8,
            method="euler",
            namespace={"passed": passed},
            engine=ReferenceEngine(),
        )

    whole, broken = fitter_by_brian(), fitter_by_brian()
    whole.fit(n_rounds=3, callback=None, seed=1, x=[0.1, 10.0])
    broken.fit(n_rounds=1, callback=None, seed=1, x=[0.1, 10.0])
    remaining[0] = 20
    with pytest.raises(KeyboardInterrupt, match="^$"):
        broken.fit(n_rounds=2, callback=None)

    broken.fit(n_rounds=2, callback=None)

    assert_same_numbers(broken.result, whole.result)


def test_an_interruption_is_named_as_the_reason(tmp_path: Path) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    fitter = make_fitter()
    with pytest.raises(KeyboardInterrupt, match="^$"):
        fitter.fit(
            n_rounds=3, callback=interrupt, seed=1, store=tmp_path / "cell.fit", **settings()
        )

    assert "KeyboardInterrupt" in fitter.result.stop_reason
    assert "KeyboardInterrupt" in load(tmp_path / "cell.fit").result.stop_reason


def test_a_fit_goes_on_where_interruptions_are_ignored(tmp_path: Path) -> None:
    script = (
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "from pathlib import Path\n"
        "from tests.faults.cell import fit\n"
        "def interrupt(*_): signal.raise_signal(signal.SIGINT)\n"
        f"fit(Path({str(tmp_path / 'cell.fit')!r}), callback=interrupt)\n"
        "assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-3000:]
    assert_same_numbers(load(tmp_path / "cell.fit").result, fit())
