"""Search for a front of compromises (package `pymoo`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import comb
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_choice, check_positive_integer
from brianfit._foundation.optional import import_optional
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import Errors, Interval, Samples
from brianfit.optimizers._ask_and_tell import AskAndTell, FiniteErrors
from brianfit.optimizers._base import AbstractOptimizer
from brianfit.optimizers._package_options import END, PROGRESS, SAMPLES, PackageOptions, reseed
from brianfit.optimizers._search_box import SearchBox, check_search, stratified
from brianfit.optimizers.batches import Batch, as_batches

_DECIDED = {
    "pop_size": SAMPLES,
    "n_offsprings": SAMPLES,
    "sampling": "the first round fills the box evenly",
    "eliminate_duplicates": "every round has the same number of samples, so duplicates stay",
    "termination": END,
    "callback": PROGRESS,
    "output": PROGRESS,
    "verbose": PROGRESS,
    "display": PROGRESS,
}

OPTIONS: Mapping[str, PackageOptions] = {
    "NSGA2": PackageOptions(
        passed_on=("selection", "crossover", "mutation", "survival"),
        seeds=("seed",),
        decided=_DECIDED,
    ),
    "NSGA3": PackageOptions(
        passed_on=("ref_dirs", "selection", "crossover", "mutation"),
        seeds=("seed",),
        decided=_DECIDED,
    ),
}

SMALLEST_POPULATION = 4
"""Pairs of parents are chosen by tournaments between two."""


@final
class ParetoOptimizer(AbstractOptimizer):
    """Several errors at once, without a sum: the front of samples that none beats in all of them.

    The errors are those of the outputs, or what their metrics add up, such as the features of a
    `FeatureMetric`. Read the front from the result: ``fitter.result.pareto_front()``. The best
    sample of the fit is still the one with the lowest sum.

    Parameters
    ----------
    method
        'NSGA2', which spreads the front by crowding, best for two or three errors; or 'NSGA3',
        which spreads it by reference directions, for more.
    **options
        Arguments of the class of pymoo: `selection`, `crossover`, `mutation`; for 'NSGA2'
        `survival`, for 'NSGA3' `ref_dirs`; and `seed`, in the place of that of the fit.

    Raises
    ------
    InvalidValueError
        If the method is unknown.
    InvalidTypeError
        If an option is unknown.
    MissingPackageError
        If pymoo is not installed.

    References
    ----------
    K. Deb et al. (2002), IEEE Trans. Evolutionary Computation 6:182, doi 10.1109/4235.996017.
    K. Deb & H. Jain (2014), IEEE Trans. Evolutionary Computation 18:577,
    doi 10.1109/TEVC.2013.2281535.
    J. Blank & K. Deb (2020), pymoo, IEEE Access 8:89497, doi 10.1109/ACCESS.2020.2990567.
    """

    needs_parts = True

    def __init__(self, method: str = "NSGA2", **options: Any) -> None:
        check_choice("method", method, tuple(OPTIONS))
        self.options, self._own_seed = OPTIONS[method].read(f"ParetoOptimizer({method!r})", options)
        import_optional("pymoo", extra="pymoo", purpose="ParetoOptimizer")
        self.method = method
        self._ask_and_tell = AskAndTell()
        self._founders = np.empty((0, 0))
        self._finite_errors: list[FiniteErrors] = []
        self._algorithm: Any = None
        self._population: Any = None

    def __str__(self) -> str:
        return f"{self.method} of pymoo, which keeps a front of compromises"

    def initialize(
        self, parameter_names: Sequence[str], popsize: int, rounds: int, /, **bounds: Interval
    ) -> int:
        check_search(parameter_names, popsize, rounds)
        box = SearchBox.from_bounds(parameter_names, bounds)
        self._ask_and_tell.start(box)
        reseed(self, self._own_seed)
        n_samples = max(popsize, SMALLEST_POPULATION)
        self._founders = stratified(n_samples, len(box), self.generator)
        self._algorithm = self._population = None
        self._finite_errors = [FiniteErrors() for _ in range(self._n_parts)]
        return n_samples

    def start_from(self, point: Float[np.ndarray, " n_parameters"]) -> None:
        """Make `point` a member of the first round."""
        self._founders[0] = self._ask_and_tell.box.to_unit(np.asarray(point, float)[np.newaxis])[0]

    @property
    def _n_parts(self) -> int:
        """How many errors there are of every sample."""
        return max(1, self.offer.n_parts)

    def ask(self, n_samples: int) -> Float[np.ndarray, "n_samples n_parameters"] | list[Batch]:
        check_positive_integer("n_samples", n_samples, minimum=0)
        if self._algorithm is None:
            self._algorithm = self._new_algorithm()
        if self._population is None:
            self._population = self._algorithm.ask()
        unit = np.clip(self._population.get("X").astype(float), 0.0, 1.0)
        if self.offer.n_parts == 0:
            return self._ask_and_tell.answer(unit)
        return self._ask_and_tell.answer_in_batches([Batch(samples=unit)])

    def tell(self, parameters: Samples, errors: Errors) -> None:
        _, values = self._ask_and_tell.hear(parameters, errors)
        answers = [batch.answer for batch in as_batches(parameters)]
        parts = [answer.part_errors for answer in answers if answer is not None]
        if not parts or parts[0] is None:
            self._take(values[:, np.newaxis])
        else:
            self._take(np.asarray(parts[0], dtype=float))

    def recommend(self) -> Float[np.ndarray, " n_parameters"]:
        return self._ask_and_tell.recommend()

    def _take(self, errors: np.ndarray) -> None:
        finite = [
            stand_in.replace(column)
            for stand_in, column in zip(self._finite_errors, errors.T, strict=True)
        ]
        self._population.set("F", np.stack(finite, axis=1))
        self._algorithm.tell(infills=self._population)
        self._population = None

    def _new_algorithm(self) -> Any:
        import_optional("pymoo", extra="pymoo", purpose="ParetoOptimizer")
        from pymoo.algorithms.moo.nsga2 import NSGA2
        from pymoo.algorithms.moo.nsga3 import NSGA3
        from pymoo.core.problem import Problem
        from pymoo.operators.selection.rnd import RandomSelection
        from pymoo.operators.selection.tournament import TournamentSelection

        # With duplicates left in, every round has the same number of samples.
        options: dict[str, Any] = {"sampling": self._founders, "eliminate_duplicates": False}
        options["pop_size"] = options["n_offsprings"] = len(self._founders)
        if self.method == "NSGA2":
            options["selection"] = TournamentSelection(func_comp=_winners)
            algorithm = NSGA2(**{**options, **self.options})
        else:
            options["ref_dirs"] = _directions(self._n_parts, len(self._founders))
            # Without constraints its tournaments are draws; and these can be pickled.
            options["selection"] = RandomSelection()
            algorithm = NSGA3(**{**options, **self.options})
        # The front so far is for printing only, and takes a fifth of the time.
        algorithm._set_optimum = _nothing  # noqa: SLF001 - there is no public way
        problem = Problem(n_var=len(self._ask_and_tell.box), n_obj=self._n_parts, xl=0.0, xu=1.0)
        seed = int(self.generator.integers(2**31))
        algorithm.setup(problem, termination=("n_gen", 10**9), seed=seed, verbose=False)
        return algorithm


def _nothing() -> None:
    """Do nothing."""


def _winners(population: Any, pairs: np.ndarray, **_: Any) -> np.ndarray:
    """Return who wins each tournament of two: who is not beaten, then who stands more alone.

    The same rule as that of pymoo, which takes pairs one by one. Pairs are drawn at random, so
    that of equals the first may win.
    """
    errors, crowding = population.get("F"), population.get("crowding").astype(float)
    first, second = errors[pairs[:, 0]], errors[pairs[:, 1]]
    lower, higher = (first < second).any(axis=1), (first > second).any(axis=1)
    is_more_alone = crowding[pairs[:, 1]] > crowding[pairs[:, 0]]
    second_wins = np.where(lower != higher, higher, is_more_alone)
    return np.where(second_wins, pairs[:, 1], pairs[:, 0])[:, np.newaxis]


def _directions(n_parts: int, n_at_most: int) -> Float[np.ndarray, "n_directions n_parts"]:
    """Return reference directions, evenly spread, not more than there are samples."""
    from pymoo.util.ref_dirs import get_reference_directions

    if n_parts == 1:
        return np.ones((1, 1))
    n_partitions = 1
    while _n_directions(n_parts, n_partitions + 1) <= n_at_most:
        n_partitions += 1
    found = get_reference_directions("das-dennis", n_parts, n_partitions=n_partitions)
    return np.asarray(found, dtype=float)


def _n_directions(n_parts: int, n_partitions: int) -> int:
    return comb(n_parts + n_partitions - 1, n_partitions)
