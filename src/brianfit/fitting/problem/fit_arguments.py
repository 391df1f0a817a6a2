"""The arguments of one call of `fit`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, final

from brianfit._foundation.arguments import check_instance, check_positive_integer
from brianfit._foundation.errors import InvalidValueError
from brianfit.executors import AbstractExecutor

OPTION_NAMES = (
    "optimizer",
    "metric",
    "n_rounds",
    "callback",
    "restart",
    "start_iteration",
    "penalty",
    "level",
    "params",
    "seed",
    "stop",
    "weights",
    "executor",
    "namespace",
    "store",
    "held_out",
    "validation",
    "n_repeats",
)
"""The arguments of `fit` that are not parameters of a model."""


IN_FORCE = ("optimizer", "metric", "weights", "penalty", "executor", "held_out", "n_repeats")
"""Arguments that stay in force for the calls that follow, unless they are given again."""


@final
@dataclass(frozen=True, kw_only=True)
class FitArguments:
    """The arguments of one call of `fit`, as the user gave them; see `AbstractFitter.fit`.

    Attributes
    ----------
    parameters
        ``name=[low, high]``, or ``name=Parameter(...)``, for every parameter of the model.
    """

    parameters: Mapping[str, Any]
    optimizer: Any = None
    metric: Any = None
    n_rounds: Any = 1
    callback: Any = "text"
    restart: Any = False
    start_iteration: Any = None
    penalty: Any = None
    seed: Any = None
    stop: Any = None
    weights: Any = None
    executor: Any = None
    store: Any = None
    held_out: Any = None
    n_repeats: Any = None

    def __post_init__(self) -> None:
        check_instance("restart", self.restart, bool, "True or False")
        if self.executor is not None:
            check_instance("executor", self.executor, AbstractExecutor, "an executor")
        if self.weights is not None:
            check_instance("weights", self.weights, Mapping, "a dictionary {output: weight}")
        check_penalty(self.penalty)

    def completed_by(self, earlier: FitArguments) -> FitArguments:
        """Return the arguments with what is in force where None was given."""
        taken = {name: getattr(earlier, name) for name in IN_FORCE if getattr(self, name) is None}
        return replace(self, parameters=self.parameters or earlier.parameters, **taken)


def check_penalty(penalty: Any) -> None:
    """Check that a penalty is the name of a variable, or None."""
    if penalty is not None:
        check_instance("penalty", penalty, str, "the name of a variable")


def all_parameters(bounds: Mapping[str, Any], params: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return parameters given as keywords and those given through ``params={...}``.

    Raises
    ------
    InvalidValueError
        If one is given both ways.
    """
    params = {} if params is None else params
    check_instance("params", params, Mapping, "a dictionary {name: bounds}")
    for name in params:
        check_instance("params", name, str, "a dictionary whose keys are names of parameters")
    twice = sorted(set(bounds) & set(params))
    if twice:
        raise InvalidValueError(f"{twice} are given both as keywords and in `params`.")
    return {**bounds, **params}


def checked_seed(seed: Any) -> int | None:
    """Return a seed that was checked; None: none was given."""
    return None if seed is None else check_positive_integer("seed", seed, minimum=0)
