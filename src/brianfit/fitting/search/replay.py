"""What is known of rounds that were done before, so that they need not be simulated again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, final

import numpy as np

from brianfit._foundation.errors import StoreError
from brianfit._foundation.shapes import Float
from brianfit.results import REFINE, Round

Found = TypeVar("Found")


@final
@dataclass(frozen=True, kw_only=True)
class Answer:
    """What evaluating some samples yielded.

    Attributes
    ----------
    values
        The samples [SI].
    found
        An `Evaluation`, or whatever else a round asks for.
    """

    values: Float[np.ndarray, "n_samples n_parameters"]
    found: Any


@final
@dataclass(frozen=True, kw_only=True)
class Refinement:
    """What a refinement found beside its sample.

    Attributes
    ----------
    words
        How it went.
    standard_errors
        Of the free parameters [SI]; empty where they cannot be had.
    """

    words: str
    standard_errors: Mapping[str, float] = field(default_factory=dict)


@final
@dataclass(frozen=True, kw_only=True)
class KnownRound:
    """A round that was done before.

    Attributes
    ----------
    done
        The round itself.
    answers
        In the order in which the round asked; of a refinement, what it found.
    """

    done: Round
    answers: Sequence[Answer]


@final
@dataclass(kw_only=True)
class Past:
    """Rounds done before, and the answers of the round under way.

    A fit that goes on from a store does all its rounds again, asking and telling its optimizer, but
    takes what the store knows instead of simulating. So the optimizer comes to the same state,
    whatever it is, and the numbers that it asks for show whether all is as it was.

    Attributes
    ----------
    known
        The rounds done before, from the first on.
    answers
        Those of the round under way.
    special
        By number, the answers of rounds that asked for more than the errors of their samples.
    """

    known: Sequence[KnownRound] = ()
    answers: list[Answer] = field(default_factory=list)
    special: dict[int, Sequence[Answer]] = field(default_factory=dict)

    def begin_round(self) -> None:
        """Forget the answers of the round before, or of one that was interrupted."""
        self.answers = []

    def knows(self, number: int) -> bool:
        """Return whether round `number` was done before."""
        return number < len(self.known)

    def seconds_of(self, number: int, measured: float) -> float:
        """Return the time that a round took when it was simulated [s]."""
        return self.known[number].done.seconds if self.knows(number) else measured

    def known_refinement(self, number: int) -> Refinement | None:
        """Return what a refinement found if round `number` was done before and is one."""
        if not self.knows(number) or self.known[number].done.kind != REFINE:
            return None
        return self.refined_round(number)[1]

    def refined_round(self, number: int) -> tuple[Round, Refinement]:
        """Return a refinement that was done before.

        Raises
        ------
        StoreError
            If the round is none, or what it found is not there.
        """
        known = self.known[number]
        if known.done.kind != REFINE:
            raise StoreError(
                f"Round {number} of the store is one of the search, but now a refinement comes in "
                "its place. Call fit and refine in the order of the first time, or name another "
                "file as `store`."
            )
        found = known.answers[0].found if known.answers else None
        if not isinstance(found, Refinement):
            raise StoreError(f"Round {number} of the store is a refinement without its findings.")
        return known.done, found

    def note_refinement(
        self,
        number: int,
        values: Float[np.ndarray, "n_samples n_parameters"],
        found: Refinement,
    ) -> None:
        """Keep what a refinement found beside its sample."""
        self.special[number] = (Answer(values=values, found=found),)

    def recall(
        self,
        number: int,
        iteration: int,
        values: Float[np.ndarray, "n_samples n_parameters"],
        compute: Callable[[], Found],
    ) -> Found:
        """Return what evaluating `values` in round `number` yields: as before, or computed now.

        Raises
        ------
        StoreError
            If other samples were evaluated before.
        """
        position = len(self.answers)
        if self.knows(number):
            known = self.known[number]
            self._check(known, number, iteration, values)
            found: Found = known.answers[position].found
        else:
            found = compute()
        self.answers.append(Answer(values=values, found=found))
        return found

    def _check(self, known: KnownRound, number: int, iteration: int, values: np.ndarray) -> None:
        position = len(self.answers)
        if known.done.iteration != iteration:
            raise StoreError(
                f"Round {number} of the store had the iteration {known.done.iteration}, but now it "
                f"is {iteration}. Give `start_iteration` as it was given then."
            )
        if position >= len(known.answers) or not np.array_equal(
            known.answers[position].values, values
        ):
            raise StoreError(
                f"In round {number} the optimizer asks for other samples than those in the store, "
                "so the fit cannot go on from it. The optimizer, a package that it uses, or the "
                "kind of processor is not the same as when the store was written. Go on where it "
                "was written, or name another file as `store`."
            )
