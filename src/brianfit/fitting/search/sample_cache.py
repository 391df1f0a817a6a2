"""What is known of samples that were evaluated before, found again by their values."""

from __future__ import annotations

from bisect import bisect_right
from typing import final

import numpy as np

from brianfit._foundation.shapes import Bool, Float, Int
from brianfit.model import Model
from brianfit.model.model import ITERATION
from brianfit.model.random_models import draws_random_numbers, names_used
from brianfit.objective import Evaluation, Objective, joined

UNKNOWN = -1

_POSITION = frozenset({"i", "N"})
"""Names by which equations may tell one neuron from another."""

_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio: spreads neighbouring numbers
_SHIFT = np.uint64(29)


@final
class KnownSamples:
    """Remembers the errors of one objective.

    Sixteen bytes are kept per sample, besides its values and errors, which a history has anyway.
    What is found depends only on what was remembered, not on when.
    """

    def __init__(self) -> None:
        self._objective: Objective | None = None
        self._applies = False
        self._forget()

    def apply_to(self, objective: Objective) -> bool:
        """Return whether a sample has the same error whenever and wherever it is evaluated.

        All that is known is forgotten when `objective` is another one than before.
        """
        if self._objective is not objective:
            self._objective = objective
            self._applies = _repeats_its_errors(objective.task.model)
            self._forget()
        return self._applies

    def remember(
        self,
        objective: Objective,
        values: Float[np.ndarray, "n_samples n_parameters"],
        evaluation: Evaluation,
    ) -> None:
        """Take the errors of samples, of those that were scored to their end."""
        if not self.apply_to(objective):
            return
        is_new = np.isfinite(evaluation.errors)
        for marks in (evaluation.is_bound, evaluation.is_repeated):
            is_new &= True if marks is None else ~marks
        rows = np.flatnonzero(is_new)
        hashes = hashed(values[rows])
        order = np.argsort(hashes, kind="stable")
        self._add(hashes[order], self._first[-1] + rows[order])
        self._values.append(values)
        self._evaluations.append(evaluation)
        self._first.append(self._first[-1] + len(values))

    def find(
        self, objective: Objective, values: Float[np.ndarray, "n_samples n_parameters"]
    ) -> Int[np.ndarray, " n_samples"]:
        """Return by which number each sample is known; `UNKNOWN` where it is not."""
        if not self.apply_to(objective):
            return np.full(len(values), UNKNOWN)
        found = np.full(len(values), UNKNOWN)
        wanted = hashed(values)
        for hashes, numbers in self._runs:
            places = np.minimum(np.searchsorted(hashes, wanted), len(hashes) - 1)
            for row in np.flatnonzero(hashes[places] == wanted):
                number = int(numbers[places[row]])
                block, k = self._place(number)
                if np.array_equal(self._values[block][k], values[row]):
                    found[row] = number
        return found

    def evaluation_of(self, numbers: Int[np.ndarray, " n_samples"]) -> Evaluation:
        """Return what is known of samples, by number; there must be some."""
        places = [self._place(int(number)) for number in numbers]
        rows = [self._evaluations[block].taken(slice(k, k + 1)) for block, k in places]
        return joined(rows)

    def _forget(self) -> None:
        self._values: list[np.ndarray] = []
        self._evaluations: list[Evaluation] = []
        self._first: list[int] = [0]
        self._runs: list[tuple[np.ndarray, np.ndarray]] = []

    def _place(self, number: int) -> tuple[int, int]:
        block = bisect_right(self._first, number) - 1
        return block, number - self._first[block]

    def _add(self, hashes: np.ndarray, numbers: np.ndarray) -> None:
        """Add sorted hashes; runs of similar length are merged, so that there are always few."""
        if not hashes.size:
            return
        while self._runs and len(self._runs[-1][0]) <= 2 * len(hashes):
            older, older_numbers = self._runs.pop()
            both = np.concatenate([older, hashes])
            order = np.argsort(both, kind="stable")
            hashes, numbers = both[order], np.concatenate([older_numbers, numbers])[order]
        self._runs.append((hashes, numbers))


def _repeats_its_errors(model: Model) -> bool:
    return not (names_used(model) & {ITERATION, *_POSITION} or draws_random_numbers(model))


def hashed(
    values: Float[np.ndarray, "n_samples n_parameters"],
) -> Int[np.ndarray, " n_samples"]:
    """Return a number for every sample, the same for the same values."""
    bits = np.ascontiguousarray(values + 0.0).view(np.uint64)  # + 0.0: -0 is 0
    found = np.zeros(len(values), np.uint64)
    for column in bits.T:
        found = (found ^ column) * _ODD
        found ^= found >> _SHIFT
    return found.view(np.int64)


def first_equal(
    values: Float[np.ndarray, "n_samples n_parameters"],
) -> tuple[Int[np.ndarray, " n_different"], Int[np.ndarray, " n_samples"]]:
    """Return the rows that equal none before them, and which of these each row equals."""
    _, first, inverse = np.unique(hashed(values), return_index=True, return_inverse=True)
    inverse = inverse.reshape(-1)
    is_same: Bool[np.ndarray, " n_samples"] = np.all(values[first[inverse]] == values, axis=1)
    if len(first) == len(values) or not np.all(is_same):  # different rows with one number
        everyone = np.arange(len(values))
        return everyone, everyone
    order = np.argsort(first)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return first[order], place[inverse]
