"""What the rounds done so far tell of those to come: pace, time left, whether a fit is stuck."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit._foundation.store_file.notes import ADDED, CALL
from brianfit.watching.rounds import Rounds
from brianfit.watching.store_view import Look

IMPROVED = 1e-3
"""An improvement by less than this part of the error is none, as for `Stagnation`."""

_RECENT = 20  # rounds from which the pace is taken
_FEWEST = 8  # rounds without which nothing is said of a trend
_FLAT = 0.01  # a window in which the error falls by less is the end of a trend
_LONGEST = 30 * 86400.0  # seconds; what is further off than a month is not told


def pace(look: Look) -> float | None:
    """Return evaluations per second in the last rounds; None before the first."""
    rounds = look.rounds
    seconds = float(rounds.seconds[-_RECENT:].sum()) * _stretch(look)
    return float(rounds.sizes[-_RECENT:].sum()) / seconds if seconds > 0 else None


def budget(look: Look) -> dict[str, float]:
    """Return how far the call of `fit` under way, or the last one, may go, by kind of limit.

    ``rounds`` of the search, ``seconds`` of all rounds together, ``evaluations``.
    """
    calls = look.notes.get(CALL, {})
    call: Mapping[str, Any] = max(
        calls.values(), key=lambda one: _number(one.get("at")), default={}
    )
    limits = {
        kind: _number(call.get(kind))
        for kind in ("rounds", "seconds", "evaluations")
        if _number(call.get(kind)) > 0
    }
    if not call and look.problem is not None and look.problem.rounds_foreseen:
        limits["rounds"] = float(look.problem.rounds_foreseen)
    since = _number(call.get("since"))
    for number, added in look.notes.get(ADDED, {}).items():
        if number > since:
            for kind in limits.keys() & {"rounds", "seconds"}:
                limits[kind] += _number(added.get(kind))
    return limits


def seconds_left(look: Look) -> float | None:
    """Return how long the fit goes on if its rounds stay as long as they are; None: not known."""
    rounds, limits = look.rounds, budget(look)
    if rounds.n_rounds == 0:
        return None
    stretch = _stretch(look)
    per_round = float(np.mean(rounds.seconds[-_RECENT:])) * stretch
    per_evaluation = per_round / max(1.0, float(np.mean(rounds.sizes[-_RECENT:])))
    left = []
    if "rounds" in limits:
        left.append((limits["rounds"] - int(rounds.is_search.sum())) * per_round)
    if "seconds" in limits:
        left.append((limits["seconds"] - float(rounds.seconds.sum())) * stretch)
    if "evaluations" in limits:
        left.append((limits["evaluations"] - int(rounds.sizes.sum())) * per_evaluation)
    return max(0.0, min(left)) if left else None


def _stretch(look: Look) -> float:
    """Return how much longer the last call of `fit` takes than its rounds: callbacks, storing."""
    calls = look.notes.get(CALL, {})
    if not calls or look.written is None:
        return 1.0
    number, call = max(calls.items(), key=lambda item: when(item[1]))
    spent = float(look.rounds.seconds[number:].sum())
    return max(1.0, (look.written - when(call)) / spent) if spent > 0 else 1.0


def seconds_until_flat(rounds: Rounds) -> float | None:
    """Return after which time the error will hardly fall any more, if it goes on as it did.

    The error is taken to fall by a part that shrinks geometrically from one window of rounds to the
    next. None: it does not fall, or not ever slower, or not for long enough to tell.
    """
    best = rounds.best
    window = max(_FEWEST, rounds.n_rounds // 4)
    if rounds.n_rounds < 2 * window + 1 or not 0 < best[-1] <= best[-1 - 2 * window] < np.inf:
        return None
    before = math.log(best[-1 - 2 * window] / best[-1 - window])
    now = math.log(best[-1 - window] / best[-1])
    if now <= _FLAT:
        return 0.0
    if now >= before:
        return None
    n_windows = math.log(_FLAT / now) / math.log(now / before)
    seconds = n_windows * float(rounds.seconds[-window:].sum())
    return seconds if seconds < _LONGEST else None


def rounds_since_improvement(best: Float[np.ndarray, " n_rounds"]) -> int:
    """Return how many rounds have passed since the lowest error fell by a part worth the name."""
    # The first round whose lowest error is as good as that of now, but for what does not count.
    goal = best[-1] + IMPROVED * abs(best[-1])
    return int(best.size - 1 - np.argmax(best <= goal))


def is_stuck(rounds: Rounds) -> bool:
    """Return whether so many rounds have brought no improvement that it is worth a look."""
    if rounds.n_rounds == 0 or not np.isfinite(rounds.best[-1]):
        return rounds.n_rounds > _RECENT
    return rounds_since_improvement(rounds.best) >= max(_RECENT, rounds.n_rounds // 5)


def sentence(rounds: Rounds) -> str:
    """Return whether a fit is stuck, in a sentence."""
    n_rounds = rounds.n_rounds
    if n_rounds == 0:
        return "No round is done yet."
    best = rounds.best
    if not np.isfinite(best[-1]):
        return f"No sample could be scored in {n_rounds} rounds: wrong bounds, or a wrong model?"
    since = rounds_since_improvement(best)
    if is_stuck(rounds):
        spent = float(rounds.seconds[n_rounds - since :].sum())
        return (
            f"It may be stuck: no improvement by {100 * IMPROVED:g} % in {since} rounds "
            f"({duration(spent)})."
        )
    if n_rounds < _FEWEST:
        return "It has only begun: too early to say whether it improves."
    return _improvement(best, since)


def _improvement(best: Float[np.ndarray, " n_rounds"], since: int) -> str:
    window = min(best.size - 1, max(_FEWEST, best.size // 10))
    earlier = best[-1 - window]
    if not np.isfinite(earlier):
        return f"It improves: the first samples were scored in the last {window} rounds."
    fall = earlier - best[-1]
    if fall <= IMPROVED * abs(earlier):
        return f"It hardly improves: the last improvement was {since} rounds ago."
    return f"It improves: the error fell by {100 * fall / abs(earlier):.2g} % in {window} rounds."


def duration(seconds: float) -> str:
    """Return a time as a person would say it: ``42 s``, ``3 min 20 s``, ``5 h 10 min``."""
    if seconds < 10:
        return f"{seconds:.2g} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


def when(note: Mapping[str, Any]) -> float:
    """Return when a note was made [s since 1970]."""
    return _number(note.get("at"))


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
