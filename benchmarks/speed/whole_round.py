"""A whole round of a fit, end to end: asking, simulating, comparing, telling.

The default fit against the way it is usually done: Brian 2 at run time, and Nevergrad with one
scalar per parameter. Run it with ``make bench`` or ``python -m benchmarks.speed.whole_round``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any

import brian2
import numpy as np
from brian2 import amp, second, volt

from benchmarks.speed.neuron_models import hodgkin_huxley
from benchmarks.tables import Row, Table
from brianfit import MSEMetric, Optimizer, ReferenceEngine, TraceFitter


class NaiveNevergrad(Optimizer):
    """Nevergrad's DE with one Scalar per parameter, sample by sample."""

    def initialize(
        self, parameter_names: Sequence[str], popsize: int, rounds: int, /, **bounds: Any
    ) -> int:
        import nevergrad

        scalars = {
            name: nevergrad.p.Scalar(lower=low, upper=high) for name, (low, high) in bounds.items()
        }
        self._names = list(bounds)
        self._optimizer = nevergrad.optimizers.registry["DE"](
            parametrization=nevergrad.p.Instrumentation(**scalars),
            budget=popsize * rounds,
            num_workers=popsize,
        )
        return popsize

    def ask(self, n_samples: int) -> list[dict[str, float]]:
        self._candidates = [self._optimizer.ask() for _ in range(n_samples)]
        return [dict(candidate.kwargs) for candidate in self._candidates]

    def tell(self, parameters: Any, errors: Any) -> None:
        for candidate, error in zip(self._candidates, errors, strict=True):
            self._optimizer.tell(candidate, float(error))

    def recommend(self) -> Any:
        return self._optimizer.provide_recommendation().kwargs


def seconds_per_round(optimizer: Any, engine: Any, n_rounds: int) -> float:
    """Return the time of a round of 200 samples on 5 traces of 10,000 steps, after the first."""
    timed = hodgkin_huxley()
    fitter = TraceFitter(
        model=timed.model.equations,
        input={"I": timed.current * amp},
        output={"v": np.full(timed.current.shape, -0.065) * volt},
        dt=timed.dt * second,
        n_samples=200,
        method="exponential_euler",
        param_init={"v": "VT"},
        namespace=timed.model.namespace,
        use_units=False,
        engine=engine,
    )
    fitter.fit(optimizer, MSEMetric(), callback=None, seed=1, **timed.ranges)
    started = time.perf_counter()
    fitter.fit(n_rounds=n_rounds, callback=None)
    return (time.perf_counter() - started) / n_rounds


def run() -> Table:
    """Measure both ways."""
    table = Table("A whole round: 200 samples x 5 traces x 10,000 steps, Hodgkin-Huxley")
    before = brian2.prefs["codegen.target"]
    brian2.prefs["codegen.target"] = "cython"
    try:
        usual = seconds_per_round(NaiveNevergrad(), ReferenceEngine(), 2)
    finally:
        brian2.prefs["codegen.target"] = before
    default = seconds_per_round(None, None, 5)
    table.extend(
        [
            Row("Brian 2 (Cython) and Nevergrad, one Scalar per parameter", usual, "s"),
            Row("default", default, "s"),
            Row("ratio", usual / default, "times", at_least=10),
        ]
    )
    return table


if __name__ == "__main__":
    sys.stdout.write(str(run()) + "\n")
