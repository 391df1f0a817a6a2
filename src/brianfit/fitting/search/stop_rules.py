"""When a fit ends before its rounds are used up: functions of the history."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_fraction, check_positive_integer
from brianfit._foundation.errors import InvalidValueError, UnitMismatchError
from brianfit._foundation.optional import import_optional
from brianfit._foundation.parts import AbstractPart
from brianfit._foundation.types import QuantityLike, TimeLike
from brianfit._foundation.units import (
    SECOND,
    Dimension,
    dimensions_of,
    from_si,
    same_dimensions,
    scalar_si,
    unit_name,
)
from brianfit._foundation.user_code import name_of
from brianfit.results import History, is_on_front


class AbstractStopRule(AbstractPart):
    """A reason to end a fit; asked after every round."""

    @abstractmethod
    def reason_to_stop(self, history: History) -> str | None:
        """Return why the fit should end now, in words that follow "because", or None."""

    @abstractmethod
    def check(self, error_dimensions: Dimension) -> None:
        """Check the rule against the unit of the error of a fit.

        Raises
        ------
        UnitMismatchError
            If it does not fit.
        """


@final
class TargetError(AbstractStopRule):
    """Stop once the error is as low as `target`, given in the unit of the error."""

    def __init__(self, target: QuantityLike) -> None:
        self.target = target
        self._dimensions = dimensions_of(target)
        self._value = scalar_si("target", target, self._dimensions)

    def reason_to_stop(self, history: History) -> str | None:
        """Compare the lowest error with the target."""
        lowest = history.rounds[-1].errors.min(initial=np.inf)
        return f"the error reached the target {self.target}" if lowest <= self._value else None

    def check(self, error_dimensions: Dimension) -> None:
        """Check the unit of the target; zero has any."""
        if self._value != 0 and not same_dimensions(self._dimensions, error_dimensions):
            raise UnitMismatchError(
                f"`stop`: the target error must have the unit {unit_name(error_dimensions)} of the "
                f"error, but is {self.target}."
            )


@final
class Stagnation(AbstractStopRule):
    """Stop once the lowest error has not improved for some rounds.

    Parameters
    ----------
    n_rounds
        The number of rounds without improvement.
    relative
        An improvement by less than this fraction of the error does not count as one.
    """

    def __init__(self, n_rounds: int = 20, relative: float = 1e-3) -> None:
        self.n_rounds = check_positive_integer("n_rounds", n_rounds)
        self.relative = check_fraction("relative", relative)

    def reason_to_stop(self, history: History) -> str | None:
        """Compare the lowest error with that of `n_rounds` rounds ago."""
        if history.n_rounds <= self.n_rounds:
            return None
        best = history.best_per_round
        earlier, now = best[-1 - self.n_rounds], best[-1]
        if np.isinf(earlier):
            unscored = f"no sample could be scored for {self.n_rounds} rounds"
            return unscored if np.isinf(now) else None
        if earlier - now <= self.relative * abs(earlier):
            return (
                f"the error improved by less than {100 * self.relative:g} % in the last "
                f"{self.n_rounds} rounds"
            )
        return None

    def check(self, error_dimensions: Dimension) -> None:
        """Accept every unit."""


@final
class WallClock(AbstractStopRule):
    """Stop after the round in which the rounds together took `limit` of wall-clock time [s]."""

    def __init__(self, limit: TimeLike) -> None:
        self.limit = limit
        self._seconds = scalar_si("limit", limit, SECOND)
        if not self._seconds > 0:
            raise InvalidValueError(f"`limit` must be a time above zero, but is {limit}.")

    @property
    def seconds(self) -> float:
        """The limit [s]."""
        return self._seconds

    def longer_by(self, seconds: float) -> WallClock:
        """Return a rule with a limit that is longer [s]."""
        return WallClock(from_si(self._seconds + seconds, SECOND))

    def reason_to_stop(self, history: History) -> str | None:
        """Compare the time of all rounds with the limit."""
        return (
            f"the time limit of {self.limit} was used up"
            if (history.seconds >= self._seconds)
            else None
        )

    def check(self, error_dimensions: Dimension) -> None:
        """Accept every unit."""


@final
class MaxEvaluations(AbstractStopRule):
    """Evaluate at most this many samples: stop before a round that would exceed it.

    Rounds stay whole, so that a fit may go on later as if it had not stopped. Samples that were
    evaluated beside those of the optimizer, for finite differences or to start from, count as well.
    """

    def __init__(self, n_evaluations: int) -> None:
        self.n_evaluations = check_positive_integer("n_evaluations", n_evaluations)

    def reason_to_stop(self, history: History) -> str | None:
        """Compare the number of evaluations with the limit."""
        if history.n_evaluations >= self.n_evaluations:
            return f"the limit of {self.n_evaluations} evaluations was reached"
        return None

    def reason_not_to_begin(self, n_done: int, n_next: int) -> str | None:
        """Return why a round of `n_next` evaluations must not begin after `n_done`, or None."""
        if n_done + n_next <= self.n_evaluations:
            return None
        if n_done == 0:
            return f"a round takes {n_next} evaluations, but the limit is {self.n_evaluations}"
        return (
            f"another round of {n_next} evaluations after {n_done} would exceed the limit of "
            f"{self.n_evaluations}"
        )

    def check(self, error_dimensions: Dimension) -> None:
        """Accept every unit."""


@final
class HypervolumeStagnation(AbstractStopRule):
    """Stop once the front of a Pareto search has not moved for some rounds.

    The measure is the hypervolume: the size of the region of errors that the front beats, up to the
    highest errors on the front of the first `n_rounds` rounds.

    Parameters
    ----------
    n_rounds
        The number of rounds over which the front is compared.
    relative
        A growth by less than this fraction of the hypervolume does not count.

    Raises
    ------
    MissingPackageError
        If pymoo is not installed.

    References
    ----------
    E. Zitzler & L. Thiele (1998), Multiobjective optimization using evolutionary algorithms,
    doi 10.1007/BFb0056872.
    """

    def __init__(self, n_rounds: int = 20, relative: float = 1e-3) -> None:
        import_optional("pymoo", extra="pymoo", purpose="HypervolumeStagnation")
        self.n_rounds = check_positive_integer("n_rounds", n_rounds)
        self.relative = check_fraction("relative", relative)

    def reason_to_stop(self, history: History) -> str | None:
        """Compare the hypervolume of the front with that of `n_rounds` rounds ago."""
        if history.n_rounds <= self.n_rounds:
            return None
        errors, round_of = history.part_errors, history.round_of
        first = _front(errors[round_of < self.n_rounds])
        if not len(first):
            return None
        low, high = first.min(axis=0), first.max(axis=0)
        size = np.where(high > low, high - low, 1.0)
        before, now = (
            _hypervolume((_front(errors[round_of < until]) - low) / size)
            for until in (history.n_rounds - self.n_rounds, history.n_rounds)
        )
        if before > 0 and now - before <= self.relative * before:
            return (
                f"the front moved by less than {100 * self.relative:g} % in the last "
                f"{self.n_rounds} rounds"
            )
        return None

    def check(self, error_dimensions: Dimension) -> None:
        """Accept every unit."""


@final
@dataclass(frozen=True)
class _Function(AbstractStopRule):
    """A user's function of the history as a rule."""

    function: Callable[[History], Any]

    def reason_to_stop(self, history: History) -> str | None:
        answer = self.function(history)
        if not answer:
            return None
        return answer if isinstance(answer, str) else "the stop rule of the user said so"

    def check(self, error_dimensions: Dimension) -> None:
        """Accept every unit."""


def words_of(rule: AbstractStopRule) -> str:
    """Return the name of a rule, or of the user's function that is one, for messages."""
    return repr(name_of(rule.function if isinstance(rule, _Function) else rule))


def stop_rules_from(given: Any) -> tuple[AbstractStopRule, ...]:
    """Read the argument `stop`: nothing, a rule, a function of the history, or several of these."""
    if given is None:
        return ()
    several = given if isinstance(given, list | tuple) else [given]
    return tuple(_rule_from(rule) for rule in several)


def _front(errors: np.ndarray) -> np.ndarray:
    scored = errors[np.all(np.isfinite(errors), axis=1)]
    return np.asarray(scored[is_on_front(scored)])


def _hypervolume(front: np.ndarray) -> float:
    """Return the volume between a front and the point where all errors are 1.1."""
    from pymoo.indicators.hv import HV

    # A little beyond the highest errors, so that the ends of the front count as well.
    return float(HV(ref_point=np.full(front.shape[1], 1.1))(front))


def _rule_from(given: Any) -> AbstractStopRule:
    if isinstance(given, AbstractStopRule):
        return given
    if callable(given) and not isinstance(given, type):
        return _Function(given)
    raise InvalidValueError(
        "`stop` must be a stop rule such as TargetError(...), a function of the history, or a list "
        f"of these, but contains {given!r}."
    )
