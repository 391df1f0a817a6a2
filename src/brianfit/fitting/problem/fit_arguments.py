"""The arguments of one call of `fit`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

from brianfit._foundation.arguments import check_instance
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
    "validation",
    "n_repeats",
)
"""The arguments of `fit` that are not parameters of a model."""


@final
@dataclass(frozen=True, kw_only=True)
class FitRequest:
    """The arguments of one call of `fit`, as the user gave them.

    Besides these, `fit` takes ``level``: how many frames further up the external constants are
    looked for; ``namespace``: external constants, instead of looking for them; and ``params``: the
    same as the keywords ``name=...``, for parameters whose names are also arguments.

    Attributes
    ----------
    parameters
        ``name=[low, high]``, or ``name=Parameter(...)``, for every parameter of the model.
    optimizer
        An `Optimizer`; None: the one in use, or the best method for the problem, which the result
        names with the reason.
    metric
        One metric for all outputs or ``{output: metric}``; None: the one in use, or the mean
        squared error for traces, the Gamma factor for spikes.
    n_rounds
        Rounds of `n_samples` samples each. With 0, everything is checked and made ready.
    callback
        'text', 'progressbar', None, or a function; see `Callback`.
    restart
        Forget what was found and start anew; optimizer, metric, bounds may then change.
    start_iteration
        Value of the model's ``iteration`` in the first round of this call.
    penalty
        As for the fitter; replaces it.
    seed
        A whole number; the same seed gives the same numbers. None: a new one, which is in the
        result.
    stop
        A stop rule such as `TargetError`, a function of the history, or a list of these.
    weights
        ``{output: factor of its error}``.
    executor
        Where samples are evaluated.
    store
        Path of a file that keeps every finished round. If it exists, the fit goes on from it: the
        rounds that it holds count as done.
    validation
        Recordings that are held out: after every round the best sample is scored on them too,
        which callbacks and the result tell. None: those in use, if any.
    n_repeats
        How often a stochastic model is simulated on every trace, with other noise each time. A
        metric of sets sees all trains; other errors are means. None: the number in use, or 1.
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
    validation: Any = None
    n_repeats: Any = None

    def __post_init__(self) -> None:
        check_instance("restart", self.restart, bool, "True or False")
        if self.executor is not None:
            check_instance("executor", self.executor, AbstractExecutor, "an executor")
        if self.weights is not None:
            check_instance("weights", self.weights, Mapping, "a dictionary {output: weight}")
        check_penalty(self.penalty)


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
