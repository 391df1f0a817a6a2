"""Differential evolution whose step sizes adapt themselves (SHADE), vectorised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

import numpy as np

from brianfit._foundation.arguments import check_choice, check_flag, check_positive_integer
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Bool, Float, Int
from brianfit._foundation.types import Errors, Interval, Samples
from brianfit._foundation.units import DIMENSIONLESS, scalar_si
from brianfit.optimizers._ask_and_tell import AskAndTell
from brianfit.optimizers._base import AbstractOptimizer
from brianfit.optimizers._search_box import SearchBox, check_search, stratified
from brianfit.optimizers.batches import Batch

SMALLEST_POPULATION = 4
"""A mutant needs three members besides the one that it challenges."""

USUAL_POPULATION = 20

STRATEGIES = ("current-to-best", "rand")


@final
class DifferentialEvolution(AbstractOptimizer):
    """A population in which differences of members are the steps of others.

    Every member is challenged by a mutant of itself and gives way if the mutant is not worse.

    Parameters
    ----------
    population
        Number of members; None: 20, or two per parameter where that is more. A round challenges as
        many members as there are samples, in turn.
    strategy
        'current-to-best': a mutant moves towards one of the best members; 'rand': it starts at a
        random one, which is slower and more robust.
    factor, crossover
        Weight of differences, and the fraction of coordinates taken from the mutant. None: both
        adapt themselves to what has worked so far (SHADE).
    racing
        Whether a mutant is given up as soon as its error has passed that of the member, which
        changes nothing in the search; errors in the history are then lower bounds for such mutants.

    References
    ----------
    R. Storn & K. Price (1997), J. Global Optimization 11:341, doi 10.1023/A:1008202821328.
    R. Tanabe & A. Fukunaga (2013), Success-history based parameter adaptation for differential
    evolution, IEEE CEC, doi 10.1109/CEC.2013.6557555.
    """

    def __init__(
        self,
        *,
        population: int | None = None,
        strategy: str = "current-to-best",
        factor: float | None = None,
        crossover: float | None = None,
        racing: bool = False,
    ) -> None:
        if population is not None:
            check_positive_integer("population", population, SMALLEST_POPULATION)
        check_choice("strategy", strategy, STRATEGIES)
        for name, value, highest in (("factor", factor, 2.0), ("crossover", crossover, 1.0)):
            if value is not None and not 0 < scalar_si(name, value, DIMENSIONLESS) <= highest:
                raise InvalidValueError(
                    f"`{name}` must be above 0 and at most {highest}, but is {value!r}."
                )
        self.population = population
        self.strategy = strategy
        self.factor = factor
        self.crossover = crossover
        self.racing = check_flag("racing", racing)
        self._ask_and_tell = AskAndTell()
        self._members = np.empty((0, 0))
        self._errors = np.empty(0)
        self._n_founders = 0
        self._next = 0
        self._asked = _Challenge.of_nobody()
        self._memory = _Memory()

    def __str__(self) -> str:
        return f"differential evolution ({self.strategy}), in which members step by differences"

    def initialize(
        self, parameter_names: Sequence[str], popsize: int, rounds: int, /, **bounds: Interval
    ) -> int:
        check_search(parameter_names, popsize, rounds)
        box = SearchBox.from_bounds(parameter_names, bounds)
        self._ask_and_tell.start(box)
        n_members = self.population or max(USUAL_POPULATION, 2 * len(box))
        self._members = stratified(n_members, len(box), self.generator)
        self._errors = np.full(n_members, np.inf)
        self._n_founders = self._next = 0
        self._asked = _Challenge.of_nobody()
        self._memory = _Memory()
        return popsize

    def start_from(self, point: Float[np.ndarray, " n_parameters"]) -> None:
        """Make `point` the first member; called between `initialize` and the first `ask`."""
        self._members[0] = self._ask_and_tell.box.to_unit(
            np.asarray(point, dtype=float)[np.newaxis]
        )[0]

    def ask(self, n_samples: int) -> Float[np.ndarray, "n_samples n_parameters"] | list[Batch]:
        check_positive_integer("n_samples", n_samples, minimum=0)
        n_parameters = len(self._ask_and_tell.box)
        founding = min(n_samples, len(self._members) - self._n_founders)
        founders = self._members[self._n_founders : self._n_founders + founding]
        self._asked = self._challenge(n_samples - founding, n_parameters)
        samples = np.concatenate([founders, self._asked.mutants])
        return self._ask_and_tell.answer_within(samples, self._limits(founding))

    def tell(self, parameters: Samples, errors: Errors) -> None:
        unit, values = self._ask_and_tell.hear(parameters, errors)
        founding = len(values) - len(self._asked.members)
        self._found(unit[:founding], values[:founding])
        self._replace(self._asked, unit[founding:], values[founding:])

    def recommend(self) -> Float[np.ndarray, " n_parameters"]:
        return self._ask_and_tell.recommend()

    def _limits(self, n_founding: int) -> Float[np.ndarray, " n_samples"] | None:
        """Return the error of the member that each sample challenges; inf for founders."""
        if not self.gives_limits:
            return None
        limits = np.full(n_founding + len(self._asked.members), np.inf)
        limits[n_founding:] = self._errors[self._asked.members]
        return limits

    def _found(self, unit: np.ndarray, values: np.ndarray) -> None:
        rows = slice(self._n_founders, self._n_founders + len(values))
        self._members[rows], self._errors[rows] = unit, values
        self._n_founders += len(values)

    def _challenge(self, n_mutants: int, n_parameters: int) -> _Challenge:
        """Make mutants of the members whose turn it is."""
        n_members = len(self._members)
        rows = (self._next + np.arange(n_mutants)) % n_members
        factors, crossovers = self._memory.draw(n_mutants, self.generator)
        if self.factor is not None:
            factors = np.full(n_mutants, float(self.factor))
        if self.crossover is not None:
            crossovers = np.full(n_mutants, float(self.crossover))
        others = _three_others(rows, n_members, self.generator)
        mutants = self._mutants(rows, others, factors[:, np.newaxis])
        taken = self.generator.random(mutants.shape) < crossovers[:, np.newaxis]
        taken[np.arange(n_mutants), self.generator.integers(n_parameters, size=n_mutants)] = True
        return _Challenge(
            members=rows,
            mutants=np.where(taken, mutants, self._members[rows]),
            factors=factors,
            crossovers=crossovers,
        )

    def _mutants(
        self, rows: Int[np.ndarray, " n"], others: Int[np.ndarray, "n 3"], factors: np.ndarray
    ) -> Float[np.ndarray, "n n_parameters"]:
        members = self._members
        first, second, third = members[others.T]
        if self.strategy == "rand":
            return _inside(first + factors * (second - third), first)
        base = members[rows]
        # "p-best": one of the best tenth, so that not everybody runs to the same place.
        leaders = np.argsort(self._errors, kind="stable")[: max(2, len(members) // 10)]
        best = members[leaders[self.generator.integers(len(leaders), size=len(rows))]]
        return _inside(base + factors * (best - base) + factors * (first - second), base)

    def _replace(self, challenge: _Challenge, unit: np.ndarray, values: np.ndarray) -> None:
        rows = challenge.members
        self._next = (self._next + len(rows)) % len(self._members)
        before = self._errors[rows]
        # With more samples than members, a member is challenged several times: the best wins.
        for index in np.flatnonzero(values <= before):
            if values[index] <= self._errors[rows[index]]:
                self._members[rows[index]] = unit[index]
                self._errors[rows[index]] = values[index]
        self._memory.learn(challenge, before, values)


@final
class _Challenge:
    """Mutants under way, and how they were made."""

    def __init__(
        self,
        *,
        members: Int[np.ndarray, " n"],
        mutants: Float[np.ndarray, "n n_parameters"],
        factors: Float[np.ndarray, " n"],
        crossovers: Float[np.ndarray, " n"],
    ) -> None:
        self.members = members
        self.mutants = mutants
        self.factors = factors
        self.crossovers = crossovers

    @staticmethod
    def of_nobody() -> _Challenge:
        """Return the challenge before the first."""
        nothing = np.empty(0)
        return _Challenge(
            members=np.empty(0, dtype=np.int64),
            mutants=np.empty((0, 0)),
            factors=nothing,
            crossovers=nothing,
        )


@final
class _Memory:
    """Which factors and crossovers have worked: the success history of SHADE."""

    LENGTH = 6

    def __init__(self) -> None:
        self._factors = np.full(self.LENGTH, 0.5)
        self._crossovers = np.full(self.LENGTH, 0.5)
        self._next = 0

    def draw(self, n: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return `n` factors and crossovers, spread around those remembered."""
        which = generator.integers(self.LENGTH, size=n)
        crossovers = np.clip(generator.normal(self._crossovers[which], 0.1), 0.0, 1.0)
        factors = self._factors[which] + 0.1 * generator.standard_cauchy(n)
        while np.any(low := factors <= 0):  # eq. 4 and the rule below it in Tanabe (2013)
            factors[low] = self._factors[which[low]] + 0.1 * generator.standard_cauchy(low.sum())
        return np.minimum(factors, 1.0), crossovers

    def learn(self, challenge: _Challenge, before: np.ndarray, after: np.ndarray) -> None:
        """Remember the means of what has improved errors, weighted by the improvement."""
        successful = after < before
        if not successful.any():
            return
        with np.errstate(invalid="ignore"):
            gains = (before - after)[successful]
        finite = np.isfinite(gains)
        # Whoever replaced a diverged member counts as much as the largest finite improvement.
        largest = gains[finite].max() if finite.any() else 1.0
        weights = np.where(finite, gains, largest)
        factors = challenge.factors[successful]
        crossovers = challenge.crossovers[successful]
        self._factors[self._next] = np.sum(weights * factors**2) / np.sum(weights * factors)
        self._crossovers[self._next] = np.average(crossovers, weights=weights)
        self._next = (self._next + 1) % self.LENGTH


def _three_others(
    rows: Int[np.ndarray, " n"], n_members: int, generator: np.random.Generator
) -> Int[np.ndarray, "n 3"]:
    """Return three members for each of `rows`, different from it and from one another."""
    chosen = rows[:, np.newaxis]
    for _ in range(3):
        # Draw among those not chosen yet, then count past the chosen ones.
        drawn = generator.integers(n_members - chosen.shape[1], size=len(rows))
        for taken in np.sort(chosen, axis=1).T:
            drawn = drawn + (drawn >= taken)
        chosen = np.column_stack([chosen, drawn])
    return chosen[:, 1:]


def _inside(
    points: Float[np.ndarray, "n n_parameters"], base: Float[np.ndarray, "n n_parameters"]
) -> Float[np.ndarray, "n n_parameters"]:
    """Return points; coordinates beyond a bound lie half-way between the bound and `base`."""
    points = np.where(points < 0.0, base / 2.0, points)
    beyond: Bool[np.ndarray, "n n_parameters"] = points > 1.0
    return np.where(beyond, (1.0 + base) / 2.0, points)
