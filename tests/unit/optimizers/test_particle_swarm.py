"""Particle swarm: who moves, who listens to whom."""

from __future__ import annotations

import numpy as np
import pytest

from brianfit._foundation.errors import InvalidValueError
from brianfit.optimizers import ParticleSwarm


def started(optimizer: ParticleSwarm, popsize: int) -> ParticleSwarm:
    bounds = {"a": (0.0, 1.0), "b": (0.0, 1.0)}
    optimizer.seed(np.random.default_rng(1))
    optimizer.initialize(list(bounds), popsize, 10, **bounds)
    return optimizer


def bowl(samples: np.ndarray) -> np.ndarray:
    return np.sum((samples - 0.4) ** 2, axis=1)


def test_a_sweep_shows_every_place_once_before_a_particle_moves() -> None:
    optimizer = started(ParticleSwarm(population=9), popsize=4)
    places = optimizer._places.copy()
    shown = []
    for n_samples in (4, 4, 1):
        samples = np.asarray(optimizer.ask(n_samples))
        optimizer.tell(samples, bowl(samples))
        shown.append(samples)

    moved = np.asarray(optimizer.ask(9))

    np.testing.assert_array_equal(np.concatenate(shown), places)
    assert np.all(np.any(moved != places, axis=1))


def test_a_particle_remembers_its_best_place() -> None:
    optimizer = started(ParticleSwarm(population=10), popsize=10)
    told, errors = [], []
    for _ in range(6):
        samples = np.asarray(optimizer.ask(10))
        optimizer.tell(samples, bowl(samples))
        told.append(samples)
        errors.append(bowl(samples))

    best = np.argmin(errors, axis=0)
    np.testing.assert_array_equal(optimizer._own_best, np.array(told)[best, np.arange(10)])


def test_listens_to_others_after_a_sweep_without_progress() -> None:
    optimizer = started(ParticleSwarm(), popsize=20)
    optimizer.tell(samples := np.asarray(optimizer.ask(20)), bowl(samples))
    heard = optimizer._heard.copy()

    optimizer.tell(optimizer.ask(20), np.full(20, 99.0))

    assert not np.array_equal(optimizer._heard, heard)


def test_every_particle_listens_to_itself_and_its_informants() -> None:
    optimizer = started(ParticleSwarm(population=12, informants=5), popsize=12)

    assert optimizer._heard.shape == (12, 6)
    np.testing.assert_array_equal(optimizer._heard[:, 0], np.arange(12))


def test_particles_come_together_at_the_optimum() -> None:
    optimizer = started(ParticleSwarm(population=10), popsize=10)

    for _ in range(60):
        samples = np.asarray(optimizer.ask(10))
        optimizer.tell(samples, bowl(samples))

    assert np.median(bowl(samples)) < 1e-3


@pytest.mark.parametrize("option", ["population", "informants"])
def test_refuses_options_below_one(option: str) -> None:
    with pytest.raises(InvalidValueError, match=f"`{option}` must be at least 1"):
        ParticleSwarm(**{option: 0})
