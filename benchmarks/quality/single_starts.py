"""Local searches by themselves on the ionBench problem: simulations for every success.

As published, starts are drawn from the box and kept if all rates stay within their bounds over the
voltages of the protocol; the whole box is shown besides. A search counts until it reaches the
target, or ends. Simulations are counted as they are made, with derivatives, and as they would be by
finite differences: one more for every parameter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.quality.problems import ionbench_hh
from benchmarks.quality.problems.ionbench_hh import BOUNDS, voltage
from benchmarks.tables import Row, Table
from brianfit import Parameter
from brianfit.optimizers import MultiStartLeastSquares

N_STARTS = 100
SEED = 1
MOST_ROUNDS = 200
LOWEST_RATE, HIGHEST_RATE = 1.67e-5, 1e3  # per ms

Values = dict[str, np.ndarray]


def run() -> Table:
    """Search from starts within the bounds of the rates, then from the whole box."""
    table = Table(f"ionBench HH: {N_STARTS} single starts of least squares")
    for name, accepts in (
        ("rates within bounds", has_rates_within_bounds),
        ("whole box", lambda values: np.ones(len(values["p1"]), dtype=bool)),
    ):
        watch = searched(drawn(accepts))
        table.extend(rows(name, watch, is_judged=accepts is has_rates_within_bounds))
    return table


def drawn(accepts: Callable[[Values], np.ndarray]) -> np.ndarray:
    """Return starts in coordinates from 0 to 1, spread evenly over the box, that are accepted."""
    generator, starts = np.random.default_rng(SEED), np.empty((0, len(BOUNDS)))
    while len(starts) < N_STARTS:
        parts = generator.random((10_000, len(BOUNDS)))
        starts = np.concatenate([starts, parts[accepts(values_of(parts))]])
    return starts[:N_STARTS]


def values_of(parts: np.ndarray) -> Values:
    """Return the values at coordinates from 0 to 1."""
    return {
        name: bound.low * (bound.high / bound.low) ** part
        if bound.scale == "log"
        else bound.low + part * (bound.high - bound.low)
        for (name, bound), part in zip(BOUNDS.items(), parts.T, strict=True)
    }


def has_rates_within_bounds(p: Values) -> np.ndarray:
    """Return which samples have all rates within their bounds at the extreme voltages."""
    ends = np.array([[voltage().min()], [voltage().max()]])
    rates = np.concatenate(
        [
            p["p1"] * np.exp(p["p2"] * ends),
            p["p3"] * np.exp(-p["p4"] * ends),
            p["p5"] * np.exp(p["p6"] * ends),
            p["p7"] * np.exp(-p["p8"] * ends),
        ]
    )
    return np.all((rates >= LOWEST_RATE) & (rates <= HIGHEST_RATE), axis=0)


class Watch:
    """Follows local searches that advance side by side.

    Attributes
    ----------
    n_points
        Of each start: points with derivatives until the target, or the end.
    is_solved, is_over
        Whether it has reached the target, and whether it goes on.
    """

    def __init__(
        self, optimizer: MultiStartLeastSquares, starts: np.ndarray, target: float
    ) -> None:
        self.n_points = np.zeros(len(starts), dtype=int)
        self.is_solved = np.zeros(len(starts), dtype=bool)
        self.is_over = np.zeros(len(starts), dtype=bool)
        self._optimizer, self._starts, self._target = optimizer, starts, target
        self._running = list(range(len(starts)))
        self._n_ended = 0

    def __call__(self, _params: Any, errors: np.ndarray, *_: Any) -> bool:
        """Note a round; return whether all starts are over."""
        for number, error in zip(self._running, errors, strict=False):  # new searches come last
            self.n_points[number] += not self.is_over[number]
            self.is_solved[number] |= error <= self._target
        self.is_over |= self.is_solved
        for end in self._optimizer.ends[self._n_ended :]:
            away = np.abs(self._starts - end.start).max(axis=1)
            if away.min() < 1e-6:
                number = int(away.argmin())
                self._running.remove(number)
                self.is_over[number] = True
        self._n_ended = len(self._optimizer.ends)
        return bool(self.is_over.all())


def searched(starts: np.ndarray) -> Watch:
    """Search from all starts, side by side."""
    problem = ionbench_hh.problem()
    optimizer = MultiStartLeastSquares()
    watch = Watch(optimizer, starts, problem.target)
    problem.make_fitter(len(starts)).fit(
        optimizer,
        n_rounds=MOST_ROUNDS,
        callback=watch,
        seed=SEED,
        metric=problem.arguments["metric"],
        **{
            name: Parameter(bound.low, bound.high, scale=bound.scale, value=values_of(starts)[name])
            for name, bound in BOUNDS.items()
        },
    )
    return watch


def rows(name: str, watch: Watch, *, is_judged: bool) -> list[Row]:
    """Return the lines of one way to draw starts."""
    share = 100 * float(watch.is_solved.mean())
    points = float(watch.n_points.sum() / max(watch.is_solved.sum(), 1))
    limits = (85, 40, 275) if is_judged else (None, None, None)
    return [
        Row(f"{name}: starts that succeed", share, "%", limits[0]),
        Row(f"{name}: simulations with derivatives per success", points, "", at_most=limits[1]),
        Row(
            f"{name}: the same by finite differences",
            points * (1 + len(BOUNDS)),
            "",
            at_most=limits[2],
        ),
    ]
