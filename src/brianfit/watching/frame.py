"""Everything that is shown of a fit at a moment, as numbers and words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit._foundation.shown.si_text import si_text
from brianfit._foundation.store_file.notes import CALL, END, RESTART
from brianfit.watching import outlook
from brianfit.watching.described import Best, Problem
from brianfit.watching.store_view import Look, State


@final
@dataclass(frozen=True, kw_only=True)
class ParameterRow:
    """A parameter of the best sample.

    Attributes
    ----------
    place
        Between its bounds, 0 to 1, in the scale of the search; None for fixed and tied ones.
    side
        'lower' or 'upper' where it presses against a bound, else empty.
    """

    name: str
    value: str
    low: str
    high: str
    place: float | None
    side: str


@final
@dataclass(frozen=True, kw_only=True)
class Course:
    """The lowest error so far, by round; thinned out where there are many.

    Attributes
    ----------
    evaluations, seconds, errors
        At the end of each round: all until then; errors in SI units.
    restarts
        Numbers of evaluations at which the optimizer began anew.
    calls
        Numbers of evaluations at which a process went on with the fit.
    """

    evaluations: Float[np.ndarray, " n"]
    seconds: Float[np.ndarray, " n"]
    errors: Float[np.ndarray, " n"]
    restarts: tuple[int, ...]
    calls: tuple[int, ...]


@final
@dataclass(frozen=True, kw_only=True)
class Frame:
    """What is shown of one store.

    Attributes
    ----------
    words
        What is wrong with it, or why nothing is there yet; empty if all is well.
    error
        The lowest one [SI], and as text; inf without any.
    held_out, gap
        The error of the best sample on what was held out, and how much larger it is, as text;
        empty without any.
    failed
        By reason, the number of samples.
    seconds_left
        By the budget; None where that is not known.
    seconds_until_flat
        By the trend; None where there is none.
    written
        When something was written last [s since 1970].
    """

    path: Path
    state: State
    words: str
    cell: str = ""
    model: str = ""
    fit: int = 0
    error: float = np.inf
    error_text: str = ""
    held_out: str = ""
    gap: str = ""
    parameters: tuple[ParameterRow, ...] = ()
    failed: tuple[tuple[str, int], ...] = ()
    n_rounds: int = 0
    n_evaluations: int = 0
    seconds: float = 0.0
    pace: float | None = None
    budget: tuple[tuple[str, float], ...] = ()
    seconds_left: float | None = None
    seconds_until_flat: float | None = None
    sentence: str = ""
    is_stuck: bool = False
    why: str = ""
    course: Course | None = None
    error_powers: tuple[float, ...] = (0.0,) * 7
    written: float | None = None
    time: float = 0.0

    @property
    def name(self) -> str:
        """What the store is called."""
        return self.path.name

    def as_plain(self) -> dict[str, Any]:
        """Return the frame for machines; what is not finite is None."""
        found = {
            name: getattr(self, name)
            for name in self.__dataclass_fields__
            if name not in {"path", "state", "parameters", "course"}
        }
        course = self.course
        return {
            "store": str(self.path),
            "state": self.state.value,
            **found,
            "error": _finite(self.error),
            "failed": dict(self.failed),
            "budget": dict(self.budget),
            "parameters": {
                row.name: {
                    "value": row.value,
                    "low": row.low,
                    "high": row.high,
                    "place": row.place,
                    "at_bound": row.side,
                }
                for row in self.parameters
            },
            "course": None
            if course is None
            else {
                "evaluations": course.evaluations.tolist(),
                "seconds": course.seconds.tolist(),
                "errors": [_finite(error) for error in course.errors.tolist()],
                "restarts": list(course.restarts),
                "calls": list(course.calls),
            },
        }


def frame_of(look: Look, *, n_points: int = 400) -> Frame:
    """Return what is shown of a look.

    Parameters
    ----------
    n_points
        Of the course, at most about so many.
    """
    problem, best, rounds = look.problem, look.best, look.rounds
    if problem is None or best is None:
        return Frame(path=look.path, state=look.state, words=_words(look), time=look.time)
    test = best.held_out[-1] if best.held_out.size else np.nan
    gap = test - best.fitted[-1] if best.held_out.size and best.fitted.size else np.nan
    return Frame(
        path=look.path,
        state=look.state,
        words=look.words,
        cell=problem.cell,
        model=problem.model,
        fit=look.fit,
        error=best.error,
        error_text=si_text(best.error, best.powers) if np.isfinite(best.error) else "none",
        held_out=si_text(test, best.powers) if np.isfinite(test) else "",
        gap=si_text(gap, best.powers, digits=3) if np.isfinite(gap) else "",
        parameters=tuple(_parameters(problem, best)),
        failed=tuple(_failed(look, problem)),
        n_rounds=rounds.n_rounds,
        n_evaluations=int(rounds.sizes.sum()),
        seconds=float(rounds.seconds.sum()),
        pace=outlook.pace(look),
        budget=tuple(outlook.budget(look).items()),
        seconds_left=outlook.seconds_left(look) if look.state is State.RUNNING else None,
        seconds_until_flat=outlook.seconds_until_flat(rounds),
        sentence=_sentence(look),
        is_stuck=outlook.is_stuck(rounds),
        why=_why(look, best),
        course=_course(look, n_points),
        error_powers=best.powers,
        written=look.written,
        time=look.time,
    )


def _words(look: Look) -> str:
    told = {
        State.WAITING: "There is no fit in it yet; it is waited for.",
        State.REMOVED: "The file was removed or moved.",
        State.RUNNING: "The fit is about to begin.",
    }
    return look.words if look.state is State.UNREADABLE else told.get(look.state, look.words)


def _parameters(problem: Problem, best: Best) -> Iterator[ParameterRow]:
    for parameter in problem.parameters:
        if parameter.name not in best.values:
            continue
        value = best.values[parameter.name]
        ends = [
            "" if end is None else si_text(end, parameter.powers, digits=4)
            for end in (parameter.low, parameter.high)
        ]
        yield ParameterRow(
            name=parameter.name,
            value=si_text(value, parameter.powers),
            low=ends[0],
            high=ends[1],
            place=parameter.place(value),
            side=best.at_bound.get(parameter.name, ""),
        )


def _failed(look: Look, problem: Problem) -> Iterator[tuple[str, int]]:
    rounds = look.rounds
    counts = rounds.failed_by_output.sum(axis=0) if rounds.n_rounds else []
    total = int(rounds.failed.sum())
    if len(problem.output_names) > 1:
        for name, count in zip(problem.output_names, counts, strict=False):
            if count:
                yield f"{name} could not be scored (diverged)", int(count)
    elif total:
        yield "could not be scored (diverged)", total
    for words, column in (
        ("given up on the way (racing)", rounds.bound),
        ("known already (repeated)", rounds.repeated),
    ):
        if column.sum():
            yield words, int(column.sum())


def _sentence(look: Look) -> str:
    told = outlook.sentence(look.rounds)
    return f"At the end: {told[0].lower()}{told[1:]}" if look.state is State.ENDED else told


def _why(look: Look, best: Best) -> str:
    """Return why the fit stopped, if it did."""
    if look.state is State.KILLED:
        return "the process that did it is gone; the same call goes on with it"
    ends = look.notes.get(END, {})
    last: Mapping[str, Any] = max(ends.values(), key=outlook.when, default={})
    return str(last.get("why", best.stop_reason)) if look.state is State.ENDED else ""


def _course(look: Look, n_points: int) -> Course | None:
    rounds = look.rounds
    if rounds.n_rounds == 0:
        return None
    evaluations, seconds, best = np.cumsum(rounds.sizes), np.cumsum(rounds.seconds), rounds.best
    chosen = _chosen(best, n_points)
    begins = np.concatenate([[0], evaluations])

    def places(kind: str) -> tuple[int, ...]:
        numbers = [n for n in look.notes.get(kind, {}) if 0 < n < rounds.n_rounds]
        return tuple(int(begins[number]) for number in numbers)

    return Course(
        evaluations=evaluations[chosen].astype(float),
        seconds=seconds[chosen],
        errors=best[chosen],
        restarts=places(RESTART),
        calls=places(CALL),
    )


def _chosen(best: Float[np.ndarray, " n_rounds"], n_points: int) -> np.ndarray:
    """Return the rounds that are drawn: the last of each of `n_points` stretches, ends included."""
    if best.size <= n_points:
        return np.arange(best.size)
    return np.unique(np.linspace(0, best.size - 1, n_points).round().astype(int))


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
