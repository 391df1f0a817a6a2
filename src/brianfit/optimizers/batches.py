"""How an optimizer asks for more than the errors of its samples, and how it is told.

An optimizer that needs errors alone returns samples from `ask` and has no use for this file. Others
return a list of batches, each of which says what is wanted of its samples; `tell` gets the batches
back, each with its answer. What a fit can tell, and what that costs, is its offer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit._foundation.shapes import Float


@final
class Want(StrEnum):
    """What may be wanted of samples; r are the residuals of one, J their derivatives.

    Attributes
    ----------
    ERRORS
        The errors alone.
    DERIVATIVES
        Besides, those of an error that is itself a sum of squares, ``r^T r``, in its scale.
    TRACE_DERIVATIVES
        Besides, those of the sum of squares by which the traces differ from the recordings, in its
        own scale, whatever the error is.
    SYNCHRONISED
        The same of the model while it is pulled towards the recordings, so that its spikes coincide
        with theirs, see `brianfit.model.synchronised`; the errors are those of the model by itself.
    """

    ERRORS = "errors"
    DERIVATIVES = "derivatives"
    TRACE_DERIVATIVES = "trace derivatives"
    SYNCHRONISED = "synchronised"


@final
@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a fit can tell of samples.

    Attributes
    ----------
    costs
        How many simulations a sample takes of which this is wanted; it is missing where it cannot
        be had. Errors take one.
    n_parts
        How many errors the error of a sample is the sum of; 0 if they are not told.
    races
        Whether samples can be given up when they have passed their limits.
    """

    costs: Mapping[Want, int] = field(default_factory=dict)
    n_parts: int = 0
    races: bool = False

    def cost(self, want: Want) -> int:
        """Return how many simulations a sample takes; 0 if this cannot be had."""
        return 1 if want is Want.ERRORS else self.costs.get(want, 0)


@final
@dataclass(frozen=True, kw_only=True)
class BatchAnswer:
    """What was found of the samples of a batch.

    Attributes
    ----------
    errors
        In the scale of all errors of the fit; inf where a sample diverged. Above its limit, an
        error may be a lower bound.
    part_errors
        What the errors are the sums of, unscaled; None unless the optimizer `needs_parts`.
    squares, gradients, normal_matrices
        ``r^T r``, ``J^T r``, ``J^T J`` with respect to the coordinates; None if only errors were
        wanted. Of a sample that diverged, squares are inf and gradients zero.
    """

    errors: Float[np.ndarray, " n_samples"]
    part_errors: Float[np.ndarray, "n_samples n_parts"] | None = None
    squares: Float[np.ndarray, " n_samples"] | None = None
    gradients: Float[np.ndarray, "n_samples n_parameters"] | None = None
    normal_matrices: Float[np.ndarray, "n_samples n_parameters n_parameters"] | None = None

    @property
    def derivatives(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Squares, gradients and normal matrices.

        Raises
        ------
        InvalidValueError
            If there are none.
        """
        if self.squares is None or self.gradients is None or self.normal_matrices is None:
            raise InvalidValueError("Derivatives are wanted, but errors alone were told.")
        return self.squares, self.gradients, self.normal_matrices


@final
@dataclass(frozen=True, kw_only=True)
class Batch:
    """Samples of which the same is wanted.

    Attributes
    ----------
    samples
        In any form that `ask` may return.
    wants
        What is to be found of them; only what the offer of the fit has.
    limits
        Errors, in the scale in which they are told, above which the value makes no difference, as
        that of a parent; inf where it does. None: all are needed.
    answer
        What was found; None when the batch is asked for.

    Raises
    ------
    InvalidTypeError
        If `wants` is none of `Want`.
    InvalidValueError
        If there is not one limit, a number, for every sample.
    """

    samples: Any
    wants: Want = Want.ERRORS
    limits: Float[np.ndarray, " n_samples"] | None = None
    answer: BatchAnswer | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.wants, Want):
            raise InvalidTypeError(
                f"`wants` of a batch must be one of {[str(want) for want in Want]} (see "
                f"brianfit.optimizers.Want), but is {self.wants!r}."
            )
        if self.limits is None:
            return
        limits = np.asarray(self.limits, dtype=np.float64)
        if limits.shape != (len(self.samples),) or np.any(np.isnan(limits)):
            raise InvalidValueError(
                f"`limits` of a batch must be one number for each of its {len(self.samples)} "
                f"samples, but are {self.limits!r}."
            )

    def answered(self, answer: BatchAnswer) -> Batch:
        """Return the batch with what was found of its samples."""
        return replace(self, answer=answer)

    @property
    def found(self) -> BatchAnswer:
        """What was found.

        Raises
        ------
        InvalidValueError
            If nothing was yet.
        """
        if self.answer is None:
            raise InvalidValueError("A batch was told without its answer.")
        return self.answer


def as_batches(asked: Any) -> list[Batch]:
    """Return what `ask` returned, or `tell` was given, as batches; samples are one of errors."""
    if isinstance(asked, list) and asked and all(isinstance(one, Batch) for one in asked):
        return list(asked)
    return [Batch(samples=asked)]
