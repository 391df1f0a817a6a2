"""The global minimisers of SciPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_choice, check_positive_integer
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import Errors, Interval, Samples
from brianfit.optimizers._ask_and_tell import AskAndTell, FiniteErrors
from brianfit.optimizers._base import AbstractOptimizer
from brianfit.optimizers._minimiser_in_a_thread import Function, MinimiserInAThread
from brianfit.optimizers._package_options import (
    BOX,
    CONSTRAINTS,
    END,
    PROGRESS,
    SAMPLES,
    STARTS,
    WORKERS,
    PackageOptions,
    reseed,
)
from brianfit.optimizers._search_box import SearchBox, check_search, stratified

_DECIDED = {
    "func": "the fit computes the errors",
    "args": "the fit computes the errors",
    "bounds": BOX,
    "constraints": CONSTRAINTS,
    "callback": PROGRESS,
    "disp": PROGRESS,
    "maxiter": END,
    "maxfun": END,
    "tol": END,
    "atol": END,
    "workers": WORKERS,
    "vectorized": WORKERS,
    "updating": "a whole round is evaluated before the population changes",
    "popsize": SAMPLES,
    "init": "the first round fills the box evenly",
    "x0": STARTS,
    "polish": "use refine() after the fit",
    "integrality": "say it in the model: a parameter with the unit `integer`",
}

OPTIONS: Mapping[str, PackageOptions] = {
    "differential_evolution": PackageOptions(
        passed_on=("strategy", "mutation", "recombination"), seeds=("seed", "rng"), decided=_DECIDED
    ),
    "dual_annealing": PackageOptions(
        passed_on=(
            "initial_temp",
            "restart_temp_ratio",
            "visit",
            "accept",
            "no_local_search",
            "minimizer_kwargs",
        ),
        seeds=("seed", "rng"),
        decided=_DECIDED,
    ),
    "shgo": PackageOptions(
        passed_on=("n", "iters", "minimizer_kwargs", "options", "sampling_method"), decided=_DECIDED
    ),
}

SMALLEST_POPULATION = 5
"""The fewest members with which SciPy's differential evolution works."""

MOST_PARAMETERS_OF_SHGO = 7
"""SHGO triangulates its samples: 64 of them take 1 s with 7 parameters, 4 s with 8, and so on."""

WITHOUT_END = 10**9
"""Iterations: the fit decides when the search ends."""


@final
class ScipyOptimizer(AbstractOptimizer):
    """A global minimiser of `scipy.optimize`.

    Parameters
    ----------
    method
        'differential_evolution', whose population is the samples of a round; 'dual_annealing', or
        'shgo' (for up to 7 parameters). The last two have to know one error before they ask for the
        next sample, so that a round has one sample: use them where a simulation is long, or for
        comparison. They contain a local search of their own. 'shgo' has no random numbers; when
        it has ended, it is started again with twice as many samples.
    **options
        Arguments of the SciPy function that concern the search: for 'differential_evolution'
        `strategy`, `mutation`, `recombination`; for 'dual_annealing' `initial_temp`,
        `restart_temp_ratio`, `visit`, `accept`, `no_local_search`, `minimizer_kwargs`; for 'shgo'
        `n`, `iters`, `minimizer_kwargs`, `options`, `sampling_method`. For the first two also
        `seed` or `rng`, in the place of that of the fit.

    Raises
    ------
    InvalidValueError
        If the method is unknown; or, in `fit`, if there are too many parameters for it.
    InvalidTypeError
        If an option is unknown.

    Notes
    -----
    A copied or pickled optimizer takes up the search by repeating it with the errors told so far.

    References
    ----------
    P. Virtanen et al. (2020), SciPy 1.0, Nature Methods 17:261, doi 10.1038/s41592-019-0686-2.
    Y. Xiang et al. (1997), Generalized simulated annealing, doi 10.1016/S0375-9601(97)00474-X.
    S. Endres et al. (2018), A simplicial homology algorithm for Lipschitz optimisation,
    doi 10.1007/s10898-018-0645-y.
    """

    def __init__(self, method: str = "differential_evolution", **options: object) -> None:
        check_choice("method", method, tuple(OPTIONS))
        self.method = method
        self.options, self._own_seed = OPTIONS[method].read(f"ScipyOptimizer({method!r})", options)
        self._ask_and_tell = AskAndTell()
        self._finite_errors = FiniteErrors()
        self._founders = np.empty((0, 0))
        self._scipy_seed = 0
        self._told: list[np.ndarray] = []
        self._minimiser: MinimiserInAThread | None = None
        self._asked: np.ndarray | None = None

    def __str__(self) -> str:
        return f"{self.method} of SciPy"

    def __getstate__(self) -> dict[str, Any]:
        """Leave the thread behind: it is started again, and told the same, when it is needed."""
        return {**self.__dict__, "_minimiser": None}

    def initialize(
        self, parameter_names: Sequence[str], popsize: int, rounds: int, /, **bounds: Interval
    ) -> int:
        check_search(parameter_names, popsize, rounds)
        box = SearchBox.from_bounds(parameter_names, bounds)
        if self.method == "shgo" and len(box) > MOST_PARAMETERS_OF_SHGO:
            raise InvalidValueError(
                f"The method 'shgo' of SciPy can search up to {MOST_PARAMETERS_OF_SHGO} "
                f"parameters, but there are {len(box)}: its time grows fourfold with each. Fix "
                "some, or take another optimizer."
            )
        self._ask_and_tell.start(box)
        reseed(self, self._own_seed)
        self._finite_errors = FiniteErrors()
        is_population = self.method == "differential_evolution"
        n_samples = max(popsize, SMALLEST_POPULATION) if is_population else 1
        self._founders = stratified(n_samples, len(box), self.generator)
        self._scipy_seed = int(self.generator.integers(2**31))
        self._told = []
        self._minimiser = self._asked = None
        return n_samples

    def start_from(self, point: Float[np.ndarray, " n_parameters"]) -> None:
        """Begin with `point`; 'shgo' does not heed it."""
        self._founders[0] = self._ask_and_tell.box.to_unit(np.asarray(point, float)[np.newaxis])[0]

    def ask(self, n_samples: int) -> Float[np.ndarray, "n_samples n_parameters"]:
        check_positive_integer("n_samples", n_samples, minimum=0)
        if self._minimiser is None:
            self._minimiser = MinimiserInAThread(
                partial(
                    _MINIMISERS[self.method], self._founders.copy(), self._scipy_seed, self.options
                )
            )
            for errors in self._told:
                self._minimiser.ask()
                self._minimiser.tell(errors)
            self._asked = self._minimiser.ask()
        elif self._asked is None:
            self._asked = self._minimiser.ask()
        return self._ask_and_tell.answer(self._asked)

    def tell(self, parameters: Samples, errors: Errors) -> None:
        _, values = self._ask_and_tell.hear(parameters, errors)
        finite = self._finite_errors.replace(values)
        self._told.append(finite)
        self._asked = None
        if self._minimiser is not None:
            self._minimiser.tell(finite)

    def recommend(self) -> Float[np.ndarray, " n_parameters"]:
        return self._ask_and_tell.recommend()


def _differential_evolution(
    founders: np.ndarray, seed: int, options: Mapping[str, Any], function: Function
) -> None:
    from scipy.optimize import differential_evolution

    differential_evolution(
        lambda columns: function(np.atleast_2d(columns.T)),
        [(0.0, 1.0)] * founders.shape[1],
        init=founders,
        seed=seed,
        maxiter=WITHOUT_END,
        tol=0.0,
        atol=-1.0,  # below any spread, so that an equal population goes on as well
        polish=False,
        vectorized=True,
        updating="deferred",
        **options,
    )


def _dual_annealing(
    founders: np.ndarray, seed: int, options: Mapping[str, Any], function: Function
) -> None:
    from scipy.optimize import dual_annealing

    dual_annealing(
        _one_by_one(function),
        [(0.0, 1.0)] * founders.shape[1],
        x0=founders[0],
        seed=seed,
        maxiter=WITHOUT_END,
        maxfun=WITHOUT_END,
        **options,
    )


def _shgo(founders: np.ndarray, _seed: int, options: Mapping[str, Any], function: Function) -> None:
    from scipy.optimize import shgo

    others = {"sampling_method": "sobol", **options}
    n_samples = int(others.pop("n", 64))
    bounds = [(0.0, 1.0)] * founders.shape[1]
    for repetition in count():
        shgo(_one_by_one(function), bounds, n=n_samples * 2**repetition, **others)


def _one_by_one(function: Function) -> Callable[[np.ndarray], float]:
    return lambda x: float(function(np.clip(np.asarray(x, dtype=float), 0.0, 1.0)[np.newaxis])[0])


_MINIMISERS = {
    "differential_evolution": _differential_evolution,
    "dual_annealing": _dual_annealing,
    "shgo": _shgo,
}
