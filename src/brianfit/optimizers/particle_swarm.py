"""Particle swarm, vectorised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

import numpy as np

from brianfit._foundation.arguments import check_flag, check_positive_integer
from brianfit._foundation.shapes import Float, Int
from brianfit._foundation.types import Errors, Interval, Samples
from brianfit.optimizers._ask_and_tell import AskAndTell
from brianfit.optimizers._base import AbstractOptimizer
from brianfit.optimizers._search_box import SearchBox, check_search, stratified
from brianfit.optimizers.batches import Batch

INERTIA = 1 / (2 * np.log(2))  # section 3.1 of Clerc (2012): the standard of 2011
ATTRACTION = 0.5 + np.log(2)


@final
class ParticleSwarm(AbstractOptimizer):
    """Particles that fly towards their own best place and the best of a few others.

    Each particle hears of the best places of `informants` random others, chosen anew after every
    sweep of the swarm that found nothing better.

    Parameters
    ----------
    population
        Number of particles. A round moves as many particles as there are samples, in turn.
    informants
        How many others a particle listens to.
    racing
        Whether a particle is given up at a place as soon as the error there has passed that of its
        own best place, which changes nothing in the search; errors in the history are then lower
        bounds for such places.

    References
    ----------
    M. Clerc (2012), Standard particle swarm optimisation, hal-00764996.
    """

    def __init__(self, *, population: int = 20, informants: int = 3, racing: bool = False) -> None:
        check_positive_integer("population", population)
        check_positive_integer("informants", informants)
        self.population = population
        self.informants = informants
        self.racing = check_flag("racing", racing)
        self._ask_and_tell = AskAndTell()
        self._places = np.empty((0, 0))
        self._velocities = np.empty((0, 0))
        self._own_best = np.empty((0, 0))
        self._own_errors = np.empty(0)
        self._heard = np.empty((0, 0), dtype=np.int64)
        self._next = 0
        self._n_moved = 0
        self._improved = False
        self._asked = np.empty(0, dtype=np.int64)

    def __str__(self) -> str:
        return "particle swarm, whose particles fly towards the best places they know of"

    def initialize(
        self, parameter_names: Sequence[str], popsize: int, rounds: int, /, **bounds: Interval
    ) -> int:
        check_search(parameter_names, popsize, rounds)
        box = SearchBox.from_bounds(parameter_names, bounds)
        self._ask_and_tell.start(box)
        self._places = stratified(self.population, len(box), self.generator)
        # From the place to a random point, so that the first step stays inside (section 3.2).
        self._velocities = self.generator.random(self._places.shape) - self._places
        self._own_best = self._places.copy()
        self._own_errors = np.full(self.population, np.inf)
        self._listen()
        self._next = self._n_moved = 0
        self._improved = False
        self._asked = np.empty(0, dtype=np.int64)
        return popsize

    def start_from(self, point: Float[np.ndarray, " n_parameters"]) -> None:
        """Put the first particle at `point`; called between `initialize` and the first `ask`."""
        unit = self._ask_and_tell.box.to_unit(np.asarray(point, dtype=float)[np.newaxis])[0]
        self._places[0] = self._own_best[0] = unit

    def ask(self, n_samples: int) -> Float[np.ndarray, "n_samples n_parameters"] | list[Batch]:
        check_positive_integer("n_samples", n_samples, minimum=0)
        n_parameters = len(self._ask_and_tell.box)
        # With more samples than particles, the swarm moves on before its errors are known.
        groups = []
        for first in range(0, n_samples, len(self._places)):
            count = min(len(self._places), n_samples - first)
            groups.append((self._next + np.arange(count)) % len(self._places))
            self._next = (self._next + count) % len(self._places)
        places = [np.empty((0, n_parameters)), *(self._moved(rows) for rows in groups)]
        self._asked = np.concatenate([np.empty(0, dtype=np.int64), *groups])
        limits = self._own_errors[self._asked] if self.gives_limits else None
        return self._ask_and_tell.answer_within(np.concatenate(places), limits)

    def tell(self, parameters: Samples, errors: Errors) -> None:
        unit, values = self._ask_and_tell.hear(parameters, errors)
        rows = self._asked
        lowest_before = self._own_errors.min()
        for index in np.flatnonzero(values < self._own_errors[rows]):
            if values[index] < self._own_errors[rows[index]]:
                self._own_best[rows[index]] = unit[index]
                self._own_errors[rows[index]] = values[index]
        self._improved |= bool(self._own_errors.min() < lowest_before)
        self._finish_sweep(len(rows))

    def recommend(self) -> Float[np.ndarray, " n_parameters"]:
        return self._ask_and_tell.recommend()

    def _moved(self, rows: Int[np.ndarray, " n"]) -> Float[np.ndarray, "n n_parameters"]:
        """Move particles that have been evaluated; the others stay where they start."""
        flying = rows[self._n_moved + np.arange(len(rows)) >= len(self._places)]
        self._n_moved = min(self._n_moved + len(rows), len(self._places))
        if flying.size:
            self._fly(flying)
        places: np.ndarray = self._places[rows].copy()
        return places

    def _fly(self, rows: Int[np.ndarray, " n"]) -> None:
        place, own = self._places[rows], self._own_best[rows]
        heard = self._heard[rows]
        leaders = heard[np.arange(len(rows)), np.argmin(self._own_errors[heard], axis=1)]
        others = self._own_best[leaders]
        # Eq. 3.9 of Clerc (2012): the centre of gravity of three points; where a particle is its
        # own leader, of two.
        both = place + ATTRACTION * (own - place) + place + ATTRACTION * (others - place) + place
        alone = place + ATTRACTION * (own - place) / 2
        centre = np.where((leaders == rows)[:, np.newaxis], alone, both / 3)
        radius = np.linalg.norm(centre - place, axis=1)
        drawn = centre + _in_ball(radius, place.shape[1], self.generator)
        velocity = INERTIA * self._velocities[rows] + drawn - place
        arrived = place + velocity
        outside = (arrived < 0.0) | (arrived > 1.0)
        self._velocities[rows] = np.where(outside, -0.5 * velocity, velocity)
        self._places[rows] = np.clip(arrived, 0.0, 1.0)

    def _finish_sweep(self, n_told: int) -> None:
        if self._next < n_told or n_told >= len(self._places):
            if not self._improved:
                self._listen()
            self._improved = False

    def _listen(self) -> None:
        """Choose whom every particle listens to, itself included."""
        size = len(self._places)
        others = self.generator.integers(size, size=(size, self.informants))
        self._heard = np.column_stack([np.arange(size), others])


def _in_ball(
    radius: Float[np.ndarray, " n"], n_parameters: int, generator: np.random.Generator
) -> Float[np.ndarray, "n n_parameters"]:
    """Return one random point in each ball around the origin, its distance uniform."""
    direction = generator.standard_normal((len(radius), n_parameters))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    return direction * (radius * generator.random(len(radius)))[:, np.newaxis]
