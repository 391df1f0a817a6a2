"""Hamiltonian Monte Carlo: many chains side by side, in the metric of the curvature at a top.

References
----------
[1] Hoffman, Gelman (2014), The No-U-Turn Sampler. Journal of Machine Learning Research 15 (section
3.2: dual averaging of the step size).
[2] Neal (2011), MCMC using Hamiltonian dynamics. Handbook of Markov Chain Monte Carlo, chapter 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.sampling.density import SupportsCurvature, curved_log_posterior, log_prior
from brianfit.sampling.sampler import AbstractSampler, Batch, Draws, State
from brianfit.sampling.student_t import StudentT

_TARGET = 0.8
"""The mean acceptance at which the step size is aimed."""

_ADAPTED = (0.05, 10.0, 0.75)
"""Gamma, t0 and kappa of the dual averaging of [1], section 3.2."""

_DIVERGED = 1000.0
"""An energy that changes by more than this is not followed any longer ([1], section 3.1.1)."""

_QUARTER_TURN = 0.5 * np.pi
"""After this time a normal distribution has forgotten where it came from."""

_MOST_STEPS = 50
_STARTS_TRIED = 8
_SHRUNK_BY = 2.0


class _Position(NamedTuple):
    """Where the chains are, with log posterior and gradient in whitened directions."""

    points: np.ndarray
    log_posterior: np.ndarray
    gradient: np.ndarray


@final
@dataclass(frozen=True, kw_only=True)
class HamiltonianChains(AbstractSampler[SupportsCurvature]):
    """Chains of Hamiltonian Monte Carlo, all of one step size and metric.

    The first draws, which find the step size and, from all chains together, the metric, are thrown
    away.

    Attributes
    ----------
    top, curvature
        Where the chains begin: spread as the normal approximation around there.
    n_chains
        Chains, which are simulated side by side.
    n_draws
        Of every chain, after the warm-up.
    n_warm_up
        Draws of every chain before that.
    batch_size
        Draws of every chain in a batch.
    """

    top: Float[np.ndarray, " n_parameters"]
    curvature: Float[np.ndarray, "n_parameters n_parameters"]
    n_draws: int
    n_chains: int = 32
    n_warm_up: int = 200
    batch_size: int = 25

    def begin(self, density: SupportsCurvature, generator: np.random.Generator) -> Batch:
        around = StudentT.with_precision(self.top, self.curvature)
        root = around.root
        position = self._starts(density, around, generator)
        state = {
            **_as_state(position, root),
            **_fresh_step(1.0),
            "window": np.empty((self.n_chains, 0, self.top.size)),
            "n_done": np.array(0),
            "n_divergent": np.array(0),
            "accepted": np.array(0.0),
        }
        return self._batch(density, state, generator)

    def advance(
        self,
        density: SupportsCurvature,
        before: State,
        number: int,
        generator: np.random.Generator,
    ) -> Batch:
        return self._batch(density, before, generator)

    def _starts(
        self, density: SupportsCurvature, around: StudentT, generator: np.random.Generator
    ) -> _Position:
        """Return draws of the normal approximation; those without a likelihood go to the top."""
        points = around.draw(self.n_chains, generator)
        for _ in range(_STARTS_TRIED):
            position = _position(density, points, around.root)
            is_lost = ~np.isfinite(position.log_posterior)
            if not is_lost.any():
                break
            points = np.where(
                is_lost[:, np.newaxis], self.top + (points - self.top) / _SHRUNK_BY, points
            )
        return position

    def _batch(
        self, density: SupportsCurvature, before: State, generator: np.random.Generator
    ) -> Batch:
        state = dict(before)
        position = _Position(*(state[name] for name in _Position._fields))
        found, n_done = [], int(state["n_done"])
        n_all = self.n_warm_up + self.n_draws
        for _ in range(min(self.batch_size, n_all - n_done)):
            is_warm_up = n_done < self.n_warm_up
            log_step = state["log_step" if is_warm_up else "mean_log_step"]
            position, accepted = _moved(density, position, state, float(log_step), generator)
            n_done += 1
            if is_warm_up:
                state.update(_adapted_step(state, float(np.maximum(accepted, 0.0).mean())))
                state["window"] = np.append(state["window"], position.points[:, np.newaxis], axis=1)
                if n_done in self._window_ends:
                    position, renewed = _renewed_metric(density, position, state)
                    state.update(renewed)
            else:
                found.append(position)
                accepted_before, n_before = state["accepted"], state["n_divergent"]
                state["accepted"] = np.asarray(accepted_before + np.maximum(accepted, 0.0).mean())
                state["n_divergent"] = np.asarray(n_before + np.count_nonzero(accepted < 0))
        state.update(_as_state(position, state["root"]), n_done=np.array(n_done))
        n_drawn = max(n_done - self.n_warm_up, 0)
        return Batch(
            state=state,
            draws=_as_draws(found, self.n_chains, self.top.size),
            is_last=n_done >= n_all,
            notes={
                "step_size": float(np.exp(state["mean_log_step"])),
                "accepted": float(state["accepted"]) / max(n_drawn, 1),
                "n_divergent": float(state["n_divergent"]),
            },
        )

    @property
    def _window_ends(self) -> tuple[int, ...]:
        """After how many draws the metric is taken from the chains."""
        return (self.n_warm_up // 4, self.n_warm_up // 2, self.n_warm_up * 3 // 4)


def _moved(
    density: SupportsCurvature,
    before: _Position,
    state: State,
    log_step: float,
    generator: np.random.Generator,
) -> tuple[_Position, np.ndarray]:
    """Return where the chains are after one trajectory each, and its acceptance.

    The length of the trajectories is drawn anew each time, the same for all chains. A chain that
    diverged has the acceptance -1.
    """
    momentum = generator.standard_normal(before.points.shape)
    step = np.exp(log_step)
    length = _QUARTER_TURN * generator.uniform(0.5, 1.5)
    n_steps = int(np.clip(np.round(length / step), 1, _MOST_STEPS))
    energy = before.log_posterior - 0.5 * np.sum(momentum**2, axis=1)
    now, momentum = _trajectory(density, before, momentum, state["root"], (step, n_steps))
    with np.errstate(invalid="ignore", over="ignore"):
        change = now.log_posterior - 0.5 * np.sum(momentum**2, axis=1) - energy
    change = np.where(np.isnan(change), -np.inf, change)
    probability = np.exp(np.minimum(change, 0.0))
    is_accepted = (generator.uniform(size=change.size) < probability)[:, np.newaxis]
    position = _Position(
        points=np.where(is_accepted, now.points, before.points),
        log_posterior=np.where(is_accepted[:, 0], now.log_posterior, before.log_posterior),
        gradient=np.where(is_accepted, now.gradient, before.gradient),
    )
    return position, np.where(change < -_DIVERGED, -1.0, probability)


def _trajectory(
    density: SupportsCurvature,
    before: _Position,
    momentum: np.ndarray,
    root: np.ndarray,
    steps: tuple[float, int],
) -> tuple[_Position, np.ndarray]:
    """Return the end of a leapfrog trajectory ([2], section 2.3) and the momentum there."""
    step, n_steps = steps
    now = before
    momentum = momentum + 0.5 * step * now.gradient
    for number in range(n_steps):
        now = _position(density, now.points + step * momentum @ root.T, root)
        is_end = number == n_steps - 1
        momentum = momentum + (0.5 if is_end else 1.0) * step * now.gradient
    return now, momentum


def _position(density: SupportsCurvature, points: np.ndarray, root: np.ndarray) -> _Position:
    found = curved_log_posterior(density, points)
    return _Position(points, found.value, found.gradient @ root)


def _as_state(position: _Position, root: np.ndarray) -> dict[str, np.ndarray]:
    return {**position._asdict(), "root": root}


def _fresh_step(step: float) -> dict[str, np.ndarray]:
    return {
        "log_step": np.array(np.log(step)),
        "mean_log_step": np.array(np.log(step)),
        "step_centre": np.array(np.log(10 * step)),
        "step_error": np.array(0.0),
        "n_adapted": np.array(0),
    }


def _adapted_step(state: State, acceptance: float) -> dict[str, np.ndarray]:
    """Return the step size after one more draw of the warm-up ([1], eq. 6)."""
    gamma, t0, kappa = _ADAPTED
    t = int(state["n_adapted"]) + 1
    part = 1 / (t + t0)
    error = (1 - part) * state["step_error"] + part * (_TARGET - acceptance)
    log_step = state["step_centre"] - np.sqrt(t) / gamma * error
    weight = t**-kappa
    return {
        "n_adapted": np.array(t),
        "step_error": np.asarray(error),
        "log_step": np.asarray(log_step),
        "mean_log_step": np.asarray(weight * log_step + (1 - weight) * state["mean_log_step"]),
    }


def _renewed_metric(
    density: SupportsCurvature, position: _Position, state: State
) -> tuple[_Position, dict[str, np.ndarray]]:
    """Return the metric of the draws of all chains since the last time, and a fresh step size."""
    n_parameters = position.points.shape[1]
    window = state["window"]
    draws = window[:, window.shape[1] // 3 :].reshape(-1, n_parameters)
    covariance = np.atleast_2d(np.cov(draws, rowvar=False))
    before = state["root"] @ state["root"].T
    weight = draws.shape[0] / (draws.shape[0] + 20.0 * n_parameters)
    try:
        root = np.linalg.cholesky(weight * covariance + (1 - weight) * before)
    except np.linalg.LinAlgError:
        root = state["root"]
    renewed = {
        **_fresh_step(float(np.exp(state["mean_log_step"]))),
        "root": root,
        "window": window[:, :0],
    }
    return _position(density, position.points, root), renewed


def _as_draws(found: Sequence[_Position], n_chains: int, n_parameters: int) -> Draws:
    if not found:
        return Draws.none(n_chains, n_parameters)
    points = np.stack([position.points for position in found], axis=1)
    log_posterior = np.stack([position.log_posterior for position in found], axis=1)
    return Draws(points=points, log_likelihood=log_posterior - log_prior(points))
