"""Options of an adapted package: passed on, taken as the seed, or refused with the reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_no_surplus
from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit.optimizers._base import AbstractOptimizer

SAMPLES = "the samples of a round are `n_samples` of the fitter"
STARTS = "a fit begins at the values of its parameters: Parameter(..., value=...)"
END = "the fit decides when the search ends: fit(n_rounds=..., stop=...)"
PROGRESS = "fit(callback=...) shows the progress"
WORKERS = "fit(executor=...) says where samples are simulated"
BOX = "the bounds are arguments of fit, and optimizers see them as 0 and 1"
CONSTRAINTS = "a fit has bounds only; let the model add a `penalty`"


@final
@dataclass(frozen=True, kw_only=True)
class PackageOptions:
    """What a package takes.

    Attributes
    ----------
    passed_on
        Names that are passed on.
    seeds
        Names by which it is given its random numbers.
    decided
        Names that it has, but that are not for it to say here, and why.
    """

    passed_on: Collection[str]
    seeds: Collection[str] = ()
    decided: Mapping[str, str]

    def read(self, what: str, given: Mapping[str, Any]) -> tuple[dict[str, Any], int | None]:
        """Return the options to pass on, and the seed if there is one.

        Raises
        ------
        InvalidTypeError
            If an option is unknown, or is not for the package to say.
        """
        for name in given:
            if name in self.decided:
                raise InvalidTypeError(f"{what} does not take `{name}`: {self.decided[name]}.")
        check_no_surplus(what, given, [*self.passed_on, *self.seeds])
        seeds = [read_seed(name, given[name]) for name in given if name in self.seeds]
        options = {name: value for name, value in given.items() if name not in self.seeds}
        return options, next((seed for seed in seeds if seed is not None), None)


def read_seed(name: str, value: Any) -> int | None:
    """Return a seed given as a number or as a source of random numbers, from which one is drawn.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If it is neither, or negative.
    """
    if value is None:
        return None
    if isinstance(value, np.random.Generator):
        return int(value.integers(2**31))
    if isinstance(value, np.random.RandomState):
        return int(value.randint(2**31))
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InvalidTypeError(f"`{name}` must be a whole number or None, but is {value!r}.")
    if value < 0:
        raise InvalidValueError(f"`{name}` must not be negative, but is {value}.")
    return int(value)


def reseed(optimizer: AbstractOptimizer, seed: int | None) -> None:
    """Let an optimizer that was given a seed of its own use it in the place of that of the fit."""
    if seed is not None:
        optimizer.seed(np.random.default_rng(seed))
