"""Bayesian optimization with scikit-optimize (package `skopt`)."""

from __future__ import annotations

import inspect
import warnings
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_choice
from brianfit._foundation.errors import InvalidTypeError
from brianfit._foundation.optional import import_optional
from brianfit._foundation.shapes import Float
from brianfit.optimizers._base import AbstractOptimizer
from brianfit.optimizers._dialogue import Dialogue
from brianfit.optimizers._finite_errors import FiniteErrors
from brianfit.optimizers._search_box import SearchBox

METHODS = ("GP", "RF", "ET", "GBRT")

FEWEST_INITIAL_POINTS = 10


@final
class SkoptOptimizer(AbstractOptimizer):
    """A surrogate learns the error from all samples so far and says where to look next.

    For few evaluations of slow models: the surrogate is fitted anew for every sample.

    Parameters
    ----------
    method
        The surrogate: 'GP' (Gaussian process), 'RF' (random forest), 'ET' (extra trees), 'GBRT'
        (gradient boosted trees); or a regressor of scikit-learn whose ``predict`` can return
        standard deviations.
    **kwds
        Options of ``skopt.Optimizer``, such as `acq_func` or `n_initial_points` (default: the
        samples of the first round, at least 10).

    Raises
    ------
    InvalidValueError
        If `method` is an unknown name.
    InvalidTypeError
        If `method` is neither a name nor a regressor that knows its uncertainty.
    MissingPackageError
        If scikit-optimize is not installed.
    """

    def __init__(self, method: Any = "GP", **kwds: Any) -> None:
        import_optional("skopt", extra="skopt", purpose="SkoptOptimizer")
        if isinstance(method, str):
            check_choice("method", method.upper(), METHODS)
        elif "return_std" not in _arguments_of_predict(method):
            raise InvalidTypeError(
                f"`method` must be one of {METHODS} or a regressor whose `predict` takes "
                f"`return_std`, but is {method!r}."
            )
        self.method = method
        self.options = dict(kwds)
        self._dialogue = Dialogue()
        self._finite_errors = FiniteErrors()
        self._diverged: list[int] = []
        self._optimizer: Any = None

    def __str__(self) -> str:
        return f"Bayesian optimization ({self.method}) of scikit-optimize"

    def initialize(self, parameter_names: Any, popsize: int, rounds: int, /, **bounds: Any) -> int:
        skopt = import_optional("skopt", extra="skopt", purpose="SkoptOptimizer")
        box = SearchBox.from_bounds(parameter_names, bounds)
        self._dialogue.start(box)
        self._finite_errors = FiniteErrors()
        self._diverged = []
        options = {
            "base_estimator": self.method,
            "n_initial_points": max(FEWEST_INITIAL_POINTS, popsize),
            "random_state": int(self.generator.integers(2**32)),
            **self.options,
        }
        self._optimizer = skopt.Optimizer([(0.0, 1.0)] * len(box), **options)
        return popsize

    def ask(self, n_samples: int) -> Float[np.ndarray, "n_samples n_parameters"]:
        n_parameters = len(self._dialogue.box)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # hints of the surrogate's own fit
            points = self._optimizer.ask(n_points=n_samples)
        return self._dialogue.answer(np.array(points, dtype=float).reshape(-1, n_parameters))

    def tell(self, parameters: Any, errors: Any) -> None:
        unit, values = self._dialogue.hear(parameters, errors)
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
        return self._dialogue.recommend()


def _arguments_of_predict(method: Any) -> frozenset[str]:
    predict = getattr(method, "predict", None)
    return frozenset(inspect.signature(predict).parameters if callable(predict) else ())
