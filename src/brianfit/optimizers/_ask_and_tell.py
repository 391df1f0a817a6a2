"""What an optimizer was asked for and told, checked in one place; errors made finite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import FitStateError, InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit.optimizers._search_box import SearchBox, read_errors
from brianfit.optimizers.batches import Batch, BatchAnswer, as_batches

ERROR_OF_ALL_DIVERGED = 1e10
"""Stands for inf as long as no sample had a finite error; fits scale errors to about one."""


@final
class AskAndTell:
    """The box that is searched, whether an answer is due, and the best sample told so far.

    A diverged sample (error inf) is the best only as long as nothing better was told.

    Attributes
    ----------
    best_error : float
        Error of the best sample; inf at first.
    """

    def __init__(self) -> None:
        self._box: SearchBox | None = None
        self._n_asked: int | None = None
        self._best: np.ndarray | None = None
        self.best_error = np.inf

    def start(self, box: SearchBox) -> None:
        """Forget everything; from now on `box` is searched."""
        self._box = box
        self._n_asked = self._best = None
        self.best_error = np.inf

    @property
    def box(self) -> SearchBox:
        """The box that is searched.

        Raises
        ------
        FitStateError
            If the optimizer was not initialized.
        """
        if self._box is None:
            raise FitStateError("An optimizer must be initialized before anything else is done.")
        return self._box

    def answer(
        self, unit: Float[np.ndarray, "n_samples n_parameters"]
    ) -> Float[np.ndarray, "n_samples n_parameters"]:
        """Return samples given in unit coordinates; their errors are to be told next."""
        samples = self.box.from_unit(unit)
        self._n_asked = len(samples)
        return samples

    def answer_within(
        self,
        unit: Float[np.ndarray, "n_samples n_parameters"],
        limits: Float[np.ndarray, " n_samples"] | None,
    ) -> Float[np.ndarray, "n_samples n_parameters"] | list[Batch]:
        """Return samples, and with them their limits, if there are any."""
        samples = self.answer(unit)
        if limits is None or len(samples) == 0:
            return samples
        return [Batch(samples=samples, limits=limits)]

    def answer_in_batches(self, unit: Sequence[Batch]) -> list[Batch]:
        """Return batches whose samples are given in unit coordinates; empty ones are left out."""
        batches = [
            replace(one, samples=self.box.from_unit(one.samples))
            for one in unit
            if len(one.samples)
        ]
        self._n_asked = sum(len(one.samples) for one in batches)
        return batches

    def derivatives(self, answer: BatchAnswer) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return squares, gradients and normal matrices of an answer by unit coordinates."""
        squares, gradients, matrices = answer.derivatives
        width = self.box.high - self.box.low
        return (
            np.asarray(squares),
            np.asarray(gradients * width),
            np.asarray(matrices * width[:, np.newaxis] * width),
        )

    def hear(
        self, parameters: Any, errors: Any
    ) -> tuple[Float[np.ndarray, "n_samples n_parameters"], Float[np.ndarray, " n_samples"]]:
        """Return the samples told, in unit coordinates, and their errors, in which nan is inf.

        Samples may come in batches.

        Raises
        ------
        FitStateError
            If no answer is due.
        InvalidValueError
            If the numbers of samples asked for, of samples told and of errors differ.
        """
        told = [self.box.read(one.samples) for one in as_batches(parameters)]
        samples = np.concatenate(told)
        values = read_errors(errors, len(samples))
        if self._n_asked is None:
            raise FitStateError("An optimizer must be asked for samples before it is told errors.")
        if len(values) != self._n_asked:
            raise InvalidValueError(
                f"Expected the errors of the {self._n_asked} samples asked for last, but "
                f"{len(values)} were told."
            )
        self._n_asked = None
        self._keep_best(samples, values)
        return self.box.to_unit(samples), values

    def recommend(self) -> Float[np.ndarray, " n_parameters"]:
        """Return the best sample.

        Raises
        ------
        FitStateError
            If nothing was told yet.
        """
        if self._best is None:
            raise FitStateError("An optimizer cannot recommend a sample before it is told errors.")
        return self._best.copy()

    def _keep_best(self, samples: np.ndarray, values: np.ndarray) -> None:
        if values.size == 0:
            return
        first = int(np.argmin(values))
        if self._best is None or values[first] < self.best_error:
            self._best = samples[first].copy()
            self.best_error = float(values[first])


@final
class FiniteErrors:
    """Replaces inf by the worst finite error told so far."""

    def __init__(self) -> None:
        self.worst: float | None = None

    def replace(self, errors: Float[np.ndarray, " n_samples"]) -> Float[np.ndarray, " n_samples"]:
        """Return errors, inf replaced."""
        finite = errors[np.isfinite(errors)]
        if finite.size:
            worst = float(finite.max())
            self.worst = worst if self.worst is None else max(worst, self.worst)
        stand_in = ERROR_OF_ALL_DIVERGED if self.worst is None else self.worst
        return np.where(np.isfinite(errors), errors, stand_in)
