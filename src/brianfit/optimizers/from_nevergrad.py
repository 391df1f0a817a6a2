"""The optimizers of Nevergrad (package `nevergrad`)."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_flag, check_positive_integer, suggestion
from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit._foundation.optional import import_optional
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import Errors, Interval, Samples
from brianfit.optimizers._ask_and_tell import AskAndTell, FiniteErrors
from brianfit.optimizers._base import AbstractOptimizer
from brianfit.optimizers._package_options import BOX, PackageOptions, reseed
from brianfit.optimizers._search_box import SearchBox, check_search

OPTIONS = PackageOptions(
    passed_on=("budget", "num_workers"), seeds=("seed",), decided={"parametrization": BOX}
)


@final
class NevergradOptimizer(AbstractOptimizer):
    """Any optimizer of Nevergrad.

    Parameters
    ----------
    method
        A name in ``nevergrad.optimizers.registry``, such as 'DE', 'PSO', 'CMA', 'NGOpt'; or a class
        or configured family, such as ``nevergrad.optimizers.DifferentialEvolution(popsize=50)``.
    use_nevergrad_recommendation
        Recommend what Nevergrad recommends, which may be a sample that was never evaluated, instead
        of the best sample told so far.
    **kwds
        `budget`, the number of evaluations foreseen (default: samples times rounds), and
        `num_workers`, how many are evaluated at a time (default: the samples of a round); `seed`,
        in the place of that of the fit.

    Raises
    ------
    InvalidValueError
        If there is no optimizer of this name.
    InvalidTypeError
        If `method` is neither a name nor an optimizer, or an option is unknown.
    MissingPackageError
        If Nevergrad is not installed.

    Notes
    -----
    Methods that have to know one error before they ask for the next sample get one sample a round.

    References
    ----------
    J. Rapin & O. Teytaud (2018), Nevergrad - a gradient-free optimization platform.
    """

    def __init__(
        self, method: object = "DE", use_nevergrad_recommendation: bool = False, **kwds: object
    ) -> None:
        self.options, self._own_seed = OPTIONS.read("NevergradOptimizer", kwds)
        nevergrad = import_optional("nevergrad", extra="nevergrad", purpose="NevergradOptimizer")
        self.method = method
        self.use_nevergrad_recommendation = check_flag(
            "use_nevergrad_recommendation", use_nevergrad_recommendation
        )
        self._factory = _factory(method, nevergrad.optimizers.registry)
        self._ask_and_tell = AskAndTell()
        self._finite_errors = FiniteErrors()
        self._optimizer: Any = None
        self._candidates: list[Any] = []

    def __str__(self) -> str:
        return f"{self.method} of Nevergrad"

    def initialize(
        self,
        parameter_names: Sequence[str],
        popsize: int,
        rounds: int,
        /,
        **bounds: Interval,
    ) -> int:
        nevergrad = import_optional("nevergrad", extra="nevergrad", purpose="NevergradOptimizer")
        check_search(parameter_names, popsize, rounds)
        box = SearchBox.from_bounds(parameter_names, bounds)
        self._ask_and_tell.start(box)
        reseed(self, self._own_seed)
        self._finite_errors = FiniteErrors()
        self._candidates = []
        n_samples = 1 if getattr(self._factory, "no_parallelization", False) else popsize
        options = {"budget": n_samples * max(1, rounds), "num_workers": n_samples, **self.options}
        with _isolated(self.generator):
            space = _unit_box(nevergrad, len(box))
            seed = int(self.generator.integers(2**32))
            space.random_state = np.random.RandomState(seed)  # the kind Nevergrad takes
            self._optimizer = self._factory(parametrization=space, **options)
            self._optimizer.enable_pickling()
        # Population methods keep their smallest population under this name.
        population = getattr(self._optimizer, "llambda", n_samples)
        return max(n_samples, math.ceil(population))

    def ask(self, n_samples: int) -> Float[np.ndarray, "n_samples n_parameters"]:
        check_positive_integer("n_samples", n_samples, minimum=0)
        n_parameters = len(self._ask_and_tell.box)
        # Samples that were never told are asked again: some methods wait for their errors.
        self._candidates = self._candidates[:n_samples]
        with _isolated(self.generator):
            while len(self._candidates) < n_samples:
                self._candidates.append(self._optimizer.ask())
        unit = np.array([candidate.value for candidate in self._candidates], dtype=float)
        return self._ask_and_tell.answer(unit.reshape(n_samples, n_parameters))

    def tell(self, parameters: Samples, errors: Errors) -> None:
        _, values = self._ask_and_tell.hear(parameters, errors)
        finite = self._finite_errors.replace(values)
        with _isolated(self.generator):
            for candidate, error in zip(self._candidates, finite, strict=True):
                self._optimizer.tell(candidate, float(error))
        self._candidates = []

    def recommend(self) -> Float[np.ndarray, " n_parameters"]:
        best = self._ask_and_tell.recommend()
        if not self.use_nevergrad_recommendation:
            return best
        with _isolated(np.random.default_rng(0)):  # asking for advice does not change the search
            unit = np.array([self._optimizer.provide_recommendation().value], dtype=float)
        recommended: np.ndarray = self._ask_and_tell.box.from_unit(unit)[0]
        return recommended


def _unit_box(nevergrad: Any, n_parameters: int) -> Any:
    """Return the box as a parameter of Nevergrad, made light.

    It is bounded as Nevergrad's documentation has it, by `set_bounds`: then methods draw their
    first populations from the whole box. Bounds given to the constructor would have them drawn from
    a normal distribution in its middle, with a sixth of its width.

    Every candidate is a copy of it, with a copy of each parameter found among its attributes. The
    only one is the reach of mutations, a constant: it is shared instead, which leaves all numbers
    as they are and takes two thirds of the time. Limits per coordinate spare a test of shapes.
    """
    from nevergrad.parametrization.utils import Subobjects

    space = nevergrad.p.Array(init=np.full(n_parameters, 0.5))
    space.set_bounds(np.zeros(n_parameters), np.ones(n_parameters))
    space._subobjects = Subobjects(  # noqa: SLF001 - there is no public way
        space, base=_Nothing, attribute="_meta"
    )
    return space


@final
class _Nothing:
    """What no attribute of a parameter is."""


def _factory(method: Any, registry: Any) -> Any:
    """Return what makes the optimizer: a class, or a configured family."""
    if not isinstance(method, str):
        if not callable(method) or not hasattr(method, "no_parallelization"):
            raise InvalidTypeError(
                "`method` must be the name of an optimizer of Nevergrad, an optimizer class or a "
                f"configured family, but is {method!r}."
            )
        return method
    if method not in registry:
        raise InvalidValueError(
            f"Nevergrad has no optimizer called {method!r}.{suggestion(method, list(registry))} "
            "All names: sorted(nevergrad.optimizers.registry)."
        )
    return registry[method]


@contextmanager
def _isolated(generator: np.random.Generator) -> Iterator[None]:
    """Keep Nevergrad's hints about settings to itself, and its hands off global random numbers.

    Some of its methods draw from NumPy's global generator: for the while, that is seeded by ours.
    """
    before = np.random.get_state()  # noqa: NPY002 - see above
    np.random.seed(int(generator.integers(2**32)))  # noqa: NPY002
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(before)  # noqa: NPY002
