"""Bayesian optimization with scikit-optimize (package `skopt`)."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Sequence
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_choice, check_positive_integer
from brianfit._foundation.errors import InvalidTypeError
from brianfit._foundation.optional import import_optional
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import Errors, Interval, Samples
from brianfit.optimizers._ask_and_tell import AskAndTell, FiniteErrors
from brianfit.optimizers._base import AbstractOptimizer
from brianfit.optimizers._package_options import BOX, CONSTRAINTS, PackageOptions, reseed
from brianfit.optimizers._search_box import SearchBox, check_search, stratified

METHODS = ("GP", "RF", "ET", "GBRT")

OPTIONS = PackageOptions(
    passed_on=(
        "acq_func",
        "acq_func_kwargs",
        "acq_optimizer",
        "acq_optimizer_kwargs",
        "avoid_duplicates",
        "initial_point_generator",
        "model_queue_size",
        "n_initial_points",
        "n_jobs",
    ),
    seeds=("random_state",),
    decided={
        "dimensions": BOX,
        "base_estimator": "it is called `method` here",
        "n_random_starts": "it is called `n_initial_points` now",
        "space_constraint": CONSTRAINTS,
    },
)
"""Options of ``skopt.Optimizer``."""

FEWEST_INITIAL_POINTS = 10

N_CANDIDATES = 1000
"""So many points are drawn in the whole box, and as many around the best samples."""

N_BEST = 5
NEARNESS = 0.1
"""Standard deviation of the points around the best samples."""


@final
class SkoptOptimizer(AbstractOptimizer):
    """A surrogate learns the error from all samples so far and says where to look next.

    For few evaluations of slow models: the surrogate is fitted once a round, to all samples so far.
    The first sample of a round is what scikit-optimize asks for; the others minimise lower
    confidence bounds ``mean - kappa*std`` with random weights kappa.

    Parameters
    ----------
    method
        The surrogate: 'GP' (Gaussian process), 'RF' (random forest), 'ET' (extra trees), 'GBRT'
        (gradient boosted trees); or a regressor of scikit-learn whose ``predict`` can return
        standard deviations.
    **kwds
        Options of ``skopt.Optimizer``: `acq_func`, `acq_func_kwargs`, `acq_optimizer`,
        `acq_optimizer_kwargs`, `avoid_duplicates`, `model_queue_size`, `n_jobs`;
        `n_initial_points`, the number of samples before a surrogate is fitted (default: one round,
        at least 10); `initial_point_generator`, how these fill the box (default: evenly);
        `random_state`, the seed, in the place of that of the fit.

    Raises
    ------
    InvalidValueError
        If `method` is an unknown name.
    InvalidTypeError
        If `method` is neither a name nor a regressor that knows its uncertainty, or an
        option is unknown.
    MissingPackageError
        If scikit-optimize is not installed.

    References
    ----------
    F. Hutter, H. Hoos & K. Leyton-Brown (2012), Parallel algorithm configuration, LION 6, doi
    10.1007/978-3-642-34413-8_5 (samples of one round by random weights, section 3).
    """

    def __init__(self, method: object = "GP", **kwds: object) -> None:
        self.options, self._own_seed = OPTIONS.read("SkoptOptimizer", kwds)
        import_optional("skopt", extra="skopt", purpose="SkoptOptimizer")
        if isinstance(method, str):
            check_choice("method", method.upper(), METHODS)
        elif "return_std" not in _arguments_of_predict(method):
            raise InvalidTypeError(
                f"`method` must be one of {METHODS} or a regressor whose `predict` takes "
                f"`return_std`, but is {method!r}."
            )
        self.method = method
        self._ask_and_tell = AskAndTell()
        self._finite_errors = FiniteErrors()
        self._diverged: list[int] = []
        self._optimizer: Any = None

    def __str__(self) -> str:
        return f"Bayesian optimization ({self.method}) of scikit-optimize"

    def initialize(
        self,
        parameter_names: Sequence[str],
        popsize: int,
        rounds: int,
        /,
        **bounds: Interval,
    ) -> int:
        skopt = import_optional("skopt", extra="skopt", purpose="SkoptOptimizer")
        check_search(parameter_names, popsize, rounds)
        box = SearchBox.from_bounds(parameter_names, bounds)
        self._ask_and_tell.start(box)
        reseed(self, self._own_seed)
        self._finite_errors = FiniteErrors()
        self._diverged = []
        options = {
            "base_estimator": self.method,
            "n_initial_points": max(FEWEST_INITIAL_POINTS, popsize),
            "random_state": int(self.generator.integers(2**32)),
            "model_queue_size": 1,
            "acq_optimizer": self._acquisition_optimizer(),
            **self.options,
        }
        space = [(0.0, 1.0)] * len(box)
        if self._is_gbrt():
            self._optimizer = _optimizer_with_gbrt(skopt, space, options)
        else:
            self._optimizer = skopt.Optimizer(space, **options)
        return popsize

    def _acquisition_optimizer(self) -> str:
        """Return 'sampling' for regressors that cannot give the gradient which 'auto' may need."""
        can_differ = isinstance(self.method, str) or (
            "return_mean_grad" in _arguments_of_predict(self.method)
        )
        return "auto" if can_differ else "sampling"

    def _is_gbrt(self) -> bool:
        return isinstance(self.method, str) and self.method.upper() == "GBRT"

    def ask(self, n_samples: int) -> Float[np.ndarray, "n_samples n_parameters"]:
        check_positive_integer("n_samples", n_samples, minimum=0)
        n_parameters = len(self._ask_and_tell.box)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # hints of the surrogate's own fit
            if self._optimizer.models and n_samples > 0:
                unit = np.vstack([self._optimizer.ask(), self._promising(n_samples - 1)])
            else:
                unit = self._initial(n_samples, n_parameters)
        return self._ask_and_tell.answer(unit)

    def tell(self, parameters: Samples, errors: Errors) -> None:
        unit, values = self._ask_and_tell.hear(parameters, errors)
        if values.size == 0:
            return
        finite = self._finite_errors.replace(values)
        known = self._optimizer.yi
        # Errors that stand for inf follow the worst finite one, or they would come to look good.
        for index in self._diverged:
            known[index] = float(self._finite_errors.replace(np.array([np.inf]))[0])
        self._diverged.extend(len(known) + int(row) for row in np.flatnonzero(np.isinf(values)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._optimizer.tell(unit.tolist(), finite.tolist())

    def recommend(self) -> Float[np.ndarray, " n_parameters"]:
        return self._ask_and_tell.recommend()

    def _initial(
        self, n_samples: int, n_parameters: int
    ) -> Float[np.ndarray, "n_samples n_parameters"]:
        """Return points that fill the box, as the user wants it, or evenly."""
        wanted = self.options.get("initial_point_generator")
        if wanted is None or n_samples == 0:
            return stratified(n_samples, n_parameters, self.generator)
        from skopt.utils import cook_initial_point_generator

        draws = cook_initial_point_generator(wanted)
        seed = int(self.generator.integers(2**31))
        points = draws.generate([(0.0, 1.0)] * n_parameters, n_samples, random_state=seed)
        return np.asarray(points, dtype=float)

    def _promising(self, n_samples: int) -> Float[np.ndarray, "n_samples n_parameters"]:
        """Return points that are low, uncertain or both by the surrogate, all different."""
        random = self.generator
        told = np.array(self._optimizer.Xi)
        best = told[np.argsort(self._optimizer.yi, kind="stable")[:N_BEST]]
        near = best[random.integers(len(best), size=N_CANDIDATES)]
        near = np.clip(near + random.normal(0.0, NEARNESS, size=near.shape), 0.0, 1.0)
        candidates = np.concatenate([near, random.random((N_CANDIDATES, told.shape[1]))])
        points = self._optimizer.space.transform(candidates.tolist())
        mean, std = self._optimizer.models[-1].predict(points, return_std=True)
        chosen: list[int] = []
        for kappa in random.exponential(size=n_samples):
            bound = mean - kappa * std
            bound[chosen] = np.inf
            chosen.append(int(np.argmin(bound)))
        promising: np.ndarray = candidates[chosen]
        return promising


def _optimizer_with_gbrt(skopt: Any, space: list[tuple[float, float]], options: Any) -> Any:
    """Return an optimizer with boosted trees.

    scikit-optimize 0.10 inherits in an order in which scikit-learn, from 1.7 on, does not see that
    its boosted trees are a regressor; they are told to say so while the optimizer asks.
    """
    regressor = skopt.utils.cook_estimator("GBRT", random_state=options["random_state"])
    tags = regressor.__sklearn_tags__()
    tags.estimator_type = "regressor"
    regressor.__sklearn_tags__ = lambda: tags
    optimizer = skopt.Optimizer(space, **{**options, "base_estimator": regressor})
    del regressor.__sklearn_tags__  # or it could not be pickled
    return optimizer


def _arguments_of_predict(method: Any) -> frozenset[str]:
    predict = getattr(method, "predict", None)
    return frozenset(inspect.signature(predict).parameters if callable(predict) else ())
