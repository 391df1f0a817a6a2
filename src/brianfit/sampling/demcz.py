"""Differential evolution Markov chains that jump by differences of their past: no derivatives.

References
----------
ter Braak, Vrugt (2008), Differential Evolution Markov Chain with snooker updater and fewer chains.
Statistics and Computing 18(4). Equations are of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.sampling.density import Density, log_posterior, log_prior
from brianfit.sampling.sampler import AbstractSampler, Batch, Draws, State

_SNOOKER = 0.1
"""How often a jump is along the line through a point of the past."""

_WHOLE_JUMP = 0.1
"""How often a jump is a whole difference, which leads from mode to mode."""

_SPREAD = 0.05
"""By how much a jump may differ from the difference it is made of."""

_NUDGE = 1e-6
_BETWEEN_ADDITIONS = 10

_Where = tuple[np.ndarray, np.ndarray]
"""Points and their log posterior."""


@final
@dataclass(frozen=True, kw_only=True)
class DifferentialEvolutionChains(AbstractSampler[Density]):
    """Chains of DE-MC(Z), side by side.

    The first draws are thrown away, with the older half of the past.

    Attributes
    ----------
    past
        Points whose differences make the first jumps, the best ones first: there the chains begin.
    n_chains
        Chains, which are simulated side by side; at most as many as points in `past`.
    n_draws
        Of every chain, after the warm-up.
    n_warm_up
        Draws of every chain before that.
    thinning
        Steps from one draw to the next.
    batch_size
        Draws of every chain in a batch.
    """

    past: Float[np.ndarray, "n_past n_parameters"]
    n_draws: int
    n_chains: int = 32
    n_warm_up: int = 500
    thinning: int = 1
    batch_size: int = 50

    def begin(self, density: Density, generator: np.random.Generator) -> Batch:
        points = self.past[: self.n_chains]
        state = {
            "points": points,
            "log_posterior": log_posterior(density, points),
            "past": self.past,
            "n_done": np.array(0),
            "n_accepted": np.array(0.0),
        }
        return self._batch(density, state, generator)

    def advance(
        self, density: Density, before: State, number: int, generator: np.random.Generator
    ) -> Batch:
        return self._batch(density, before, generator)

    def _batch(self, density: Density, before: State, generator: np.random.Generator) -> Batch:
        state = dict(before)
        found: list[_Where] = []
        n_all = self.n_warm_up + self.n_draws
        n_done = int(state["n_done"])
        for _ in range(min(self.batch_size, n_all - n_done)):
            for step in range(self.thinning):
                is_kept = (n_done * self.thinning + step) % _BETWEEN_ADDITIONS == 0
                self._step(density, state, is_kept, generator)
            n_done += 1
            if n_done == self.n_warm_up:
                state["past"] = state["past"][state["past"].shape[0] // 2 :]
                state["n_accepted"] = np.array(0.0)
            elif n_done > self.n_warm_up:
                found.append((state["points"], state["log_posterior"]))
        state["n_done"] = np.array(n_done)
        n_steps = max(n_done - self.n_warm_up, 1) * self.thinning
        return Batch(
            state=state,
            draws=_as_draws(found, self.n_chains, self.past.shape[1]),
            is_last=n_done >= n_all,
            notes={"accepted": float(state["n_accepted"]) / n_steps},
        )

    def _step(
        self,
        density: Density,
        state: dict[str, np.ndarray],
        is_kept: bool,
        generator: np.random.Generator,
    ) -> None:
        """Move every chain once, within `state`."""
        before = state["points"], state["log_posterior"]
        points, log_posterior, is_accepted = _moved(density, before, state["past"], generator)
        state["points"], state["log_posterior"] = points, log_posterior
        state["n_accepted"] = np.asarray(state["n_accepted"] + is_accepted.mean())
        if is_kept:
            state["past"] = np.concatenate([state["past"], points])


def _moved(
    density: Density, before: _Where, past: np.ndarray, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return points, log posterior, and which jumps were accepted."""
    points, value = before
    if generator.uniform() < _SNOOKER:
        proposed, log_factor = _snooker(points, past, generator)
    else:
        proposed, log_factor = _difference(points, past, generator), np.zeros(points.shape[0])
    new = log_posterior(density, proposed)
    with np.errstate(invalid="ignore"):
        change = np.where(np.isfinite(new), new - value + log_factor, -np.inf)
    is_accepted = np.log(generator.uniform(size=value.size)) < change
    return (
        np.where(is_accepted[:, np.newaxis], proposed, points),
        np.where(is_accepted, new, value),
        is_accepted,
    )


def _difference(points: np.ndarray, past: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return the points after a jump by the difference of two others (eq. 2)."""
    n_chains, n_parameters = points.shape
    first, second = _pairs(n_chains, past.shape[0], generator)
    usual = 2.38 / np.sqrt(2 * n_parameters)
    length = np.where(generator.uniform(size=(n_chains, 1)) < _WHOLE_JUMP, 1.0, usual)
    factor = length * (1 + generator.uniform(-_SPREAD, _SPREAD, size=points.shape))
    nudge = _NUDGE * generator.standard_normal(points.shape)
    return np.asarray(points + factor * (past[first] - past[second]) + nudge)


def _snooker(
    points: np.ndarray, past: np.ndarray, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return the points after a jump on the line to another, and the log of eq. 4's factor."""
    n_chains, n_parameters = points.shape
    anchors = past[generator.integers(past.shape[0], size=n_chains)]
    first, second = _pairs(n_chains, past.shape[0], generator)
    along = points - anchors
    distance = np.linalg.norm(along, axis=1)
    direction = along / np.where(distance > 0, distance, 1.0)[:, np.newaxis]
    projected = np.sum((past[first] - past[second]) * direction, axis=1)
    length = generator.uniform(1.2, 2.2, size=n_chains) * projected
    proposed = points + length[:, np.newaxis] * direction
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = (n_parameters - 1) * np.log(np.linalg.norm(proposed - anchors, axis=1) / distance)
    return proposed, np.where(distance > 0, factor, -np.inf)


def _pairs(
    n_pairs: int, n_past: int, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers of points, two different ones in each pair."""
    first = generator.integers(n_past, size=n_pairs)
    second = (first + generator.integers(1, n_past, size=n_pairs)) % n_past
    return first, second


def _as_draws(found: Sequence[_Where], n_chains: int, n_parameters: int) -> Draws:
    if not found:
        return Draws.none(n_chains, n_parameters)
    points = np.stack([points for points, _ in found], axis=1)
    value = np.stack([value for _, value in found], axis=1)
    return Draws(points=points, log_likelihood=value - log_prior(points))
