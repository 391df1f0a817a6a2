"""Searches under way, for the tests of optimizers: what is asked for, and errors to be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, final

import numpy as np
from brian2 import ms

from brianfit.engines import AbstractEngine
from brianfit.fitting import TraceFitter
from brianfit.optimizers import AbstractOptimizer, Batch, BatchAnswer, Offer, Want
from brianfit.optimizers.batches import as_batches
from brianfit.results import FitResult

ErrorFunction = Callable[[np.ndarray], np.ndarray]

BOUNDS = {"x": (-2.0, 3.0), "y": (10.0, 20.0)}
CENTRE = np.array([-0.5, 17.0])  # in unit coordinates: 0.3 and 0.7


def fit_in_a_store(
    optimizer: AbstractOptimizer,
    engine: AbstractEngine,
    n_samples: int,
    store: Path | None,
    *,
    stop: int | None,
) -> FitResult:
    """Fit two traces in four rounds, or stop after `stop` of them as if interrupted."""
    fitter = TraceFitter(
        "dv/dt = (I*x - v)/(y*ms) : 1\nx : 1 (constant)\ny : 1 (constant)",
        input={"I": np.array([[1.0], [2.0]]).repeat(20, axis=1)},
        output={"v": np.array([[1.0], [2.5]]).repeat(20, axis=1)},
        dt=0.1 * ms,
        n_samples=n_samples,
        method="exponential_euler",
        engine=engine,
    )
    fitter.fit(
        optimizer,
        n_rounds=4,
        callback=lambda *arguments: arguments[4] + 1 == stop,
        seed=1,
        store=store,
        x=[0.1, 10.0],
        y=[0.5, 5.0],
    )
    return fitter.result


@final
class Run:
    """A search under way, and everything it has asked for.

    Attributes
    ----------
    has_limits : bool
        Whether samples had limits; those that passed them were given up.
    has_changed_errors : bool
        Whether the optimizer wrote into what it was told last.
    """

    def __init__(
        self,
        optimizer: AbstractOptimizer,
        bounds: Mapping[str, tuple[float, float]],
        *,
        popsize: int,
        n_rounds: int,
        seed: int = 1,
    ) -> None:
        self.optimizer = optimizer
        self.names = list(bounds)
        self.errors: list[float] = []
        self.has_limits = self.has_changed_errors = False
        self._samples: list[np.ndarray] = []
        self._asked: Any = None
        costs = dict.fromkeys(optimizer.wants, 1)
        costs.pop(Want.SYNCHRONISED, None)
        optimizer.expect(Offer(costs=costs, races=True))
        optimizer.seed(np.random.default_rng(seed))
        self.n_samples = optimizer.initialize(self.names, popsize, n_rounds, **bounds)

    @property
    def samples(self) -> np.ndarray:
        """All samples told, in an array."""
        return np.array(self._samples)

    @property
    def recommended(self) -> np.ndarray:
        """What the optimizer recommends."""
        row: np.ndarray = as_rows([self.optimizer.recommend()], self.names)[0]
        return row

    def ask(self) -> None:
        """Ask for the samples of a round."""
        self._asked = self.optimizer.ask(self.n_samples)

    def tell(self, function: ErrorFunction) -> None:
        """Tell the errors of the samples asked for last."""
        batches = as_batches(self._asked)
        rows = [as_rows(batch.samples, self.names) for batch in batches]
        found = [
            self._given_up(batch, function(some)) for batch, some in zip(batches, rows, strict=True)
        ]
        errors = np.concatenate(found)
        before = errors.copy()
        self.optimizer.tell(self._told(batches, rows, found, function), errors)
        self.has_changed_errors = not np.array_equal(errors, before)
        self._samples.extend(np.concatenate(rows))
        self.errors.extend(before)

    def _told(
        self,
        batches: Sequence[Batch],
        rows: Sequence[np.ndarray],
        found: Sequence[np.ndarray],
        function: ErrorFunction,
    ) -> Any:
        """Return what was asked for, with answers where it was asked for in batches."""
        if batches[0].samples is self._asked:
            return self._asked
        return [
            batch.answered(_answer(batch, function, some, errors))
            for batch, some, errors in zip(batches, rows, found, strict=True)
        ]

    def _given_up(self, batch: Batch, errors: np.ndarray) -> np.ndarray:
        """Return errors, those beyond a limit of the optimizer replaced by lower bounds."""
        if batch.limits is None:
            return errors
        self.has_limits = True
        return np.where(errors > batch.limits, np.nextafter(batch.limits, np.inf), errors)

    def rounds(self, n_rounds: int, function: ErrorFunction) -> None:
        """Do rounds."""
        for _ in range(n_rounds):
            self.ask()
            self.tell(function)


def _answer(
    batch: Batch, function: ErrorFunction, rows: np.ndarray, errors: np.ndarray
) -> BatchAnswer:
    if batch.wants is Want.ERRORS:
        return BatchAnswer(errors=errors)
    gradients, matrices = slopes_of_root(function, rows)
    return BatchAnswer(
        errors=errors, squares=np.abs(errors), gradients=gradients, normal_matrices=matrices
    )


def as_rows(asked: Any, names: Sequence[str]) -> np.ndarray:
    """Return samples, in any of the forms that `ask` may return, as an array."""
    rows = [
        [sample[name] for name in names] if isinstance(sample, Mapping) else sample
        for sample in asked
    ]
    return np.array(rows, dtype=float).reshape(len(rows), len(names))


def slopes_of_root(function: ErrorFunction, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return gradients and normal matrices of an error that is the square of one residual."""
    errors = function(rows)[:, np.newaxis]
    step = 1e-6
    moved = [function(rows + step * unit) for unit in np.eye(rows.shape[1])]
    with np.errstate(invalid="ignore"):
        slopes = (np.array(moved).T - errors) / step
    slopes = np.where(np.isfinite(slopes), slopes, 0.0)
    products = slopes[:, :, np.newaxis] * slopes[:, np.newaxis]
    return slopes / 2, products / (4 * np.maximum(np.abs(errors[:, :, np.newaxis]), 1e-12))


def sphere(samples: np.ndarray) -> np.ndarray:
    """Return squared distances from the centre, in unit coordinates of `BOUNDS`."""
    low, high = np.array(list(BOUNDS.values())).T
    distances: np.ndarray = np.sum(((samples - CENTRE) / (high - low)) ** 2, axis=1)
    return distances


def diverging_sphere(samples: np.ndarray) -> np.ndarray:
    """Return `sphere`, but inf for a strip that covers a third of the box."""
    strip = (samples[:, 1] > 13.0) & (samples[:, 1] < 16.3)
    errors: np.ndarray = np.where(strip, np.inf, sphere(samples))
    return errors
