"""The front of a fit with several errors: the samples that no other beats in all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from brianfit._foundation.arguments import check_instance
from brianfit._foundation.errors import FitStateError, InvalidValueError
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Bool, Float, Int
from brianfit._foundation.units import Dimension, Quantity, from_si
from brianfit.results.history import History

if TYPE_CHECKING:
    import pandas as pd


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class ParetoFront:
    """Samples of a fit that no other sample beats in one error without losing in another.

    Attributes
    ----------
    parameter_names, part_names
        Columns of the arrays.
    dimensions
        Physical dimensions of the parameters.
    evaluations
        The numbers of the samples in the history, sorted by their first error.
    values
        Their parameters [SI].
    errors
        Their errors, as minimised.
    """

    parameter_names: tuple[str, ...]
    part_names: tuple[str, ...]
    dimensions: Mapping[str, Dimension]
    evaluations: Int[np.ndarray, " n_front"]
    values: Float[np.ndarray, "n_front n_parameters"]
    errors: Float[np.ndarray, "n_front n_parts"]

    def __len__(self) -> int:
        return len(self.evaluations)

    def __str__(self) -> str:
        ranges = [
            f"  {name}: {low:.4g} to {high:.4g}"
            for name, low, high in zip(
                self.part_names, self.errors.min(axis=0), self.errors.max(axis=0), strict=True
            )
        ]
        return "\n".join([f"Front of {len(self)} samples; their errors", *ranges])

    def params(self, number: int) -> dict[str, Quantity | np.ndarray]:
        """Return the parameters of sample `number` of the front, with units."""
        return {
            name: from_si(float(value), self.dimensions[name])
            for name, value in zip(self.parameter_names, self.values[number], strict=True)
        }

    def compromise(self, weights: Mapping[str, float] | None = None) -> int:
        """Return the number of the sample of the front that is best in its worst error.

        Every error is scaled to 0 at its lowest and 1 at its highest on the front; the sample with
        the smallest weighted maximum is chosen, and of several, the one with the smallest sum.

        Parameters
        ----------
        weights
            ``{part: how much it counts}``; those not named count 1.

        Raises
        ------
        InvalidValueError
            If a part is unknown, or weights are not finite, negative, or all zero.

        References
        ----------
        V. J. Bowman (1976), On the relationship of the Tchebycheff norm and the efficient frontier
        of multiple-criteria objectives, doi 10.1007/978-3-642-87563-2_5.
        """
        factors = _factors(weights, self.part_names)
        low, high = self.errors.min(axis=0), self.errors.max(axis=0)
        scaled = (self.errors - low) / np.where(high > low, high - low, 1.0) * factors
        return int(np.lexsort((scaled.sum(axis=1), scaled.max(axis=1)))[0])

    def dataframe(self) -> pd.DataFrame:
        """Return a table of plain SI numbers: parameters, and ``error_<part>``."""
        import pandas as pd

        columns = dict(zip(self.parameter_names, self.values.T, strict=True))
        columns |= {
            f"error_{name}": column
            for name, column in zip(self.part_names, self.errors.T, strict=True)
        }
        return pd.DataFrame(columns, index=pd.Index(self.evaluations, name="evaluation"))


def pareto_front(history: History, dimensions: Mapping[str, Dimension]) -> ParetoFront:
    """Return the front of everything that was evaluated.

    The errors are those of the outputs; or, after a search by a `ParetoOptimizer`, all those that
    it weighed.

    Raises
    ------
    FitStateError
        If no sample could be scored.
    """
    names, errors = history.part_names, history.part_errors
    scored = np.flatnonzero(np.all(np.isfinite(errors), axis=1))
    if not scored.size:
        raise FitStateError("There is no front: no sample could be scored.")
    found = scored[is_on_front(errors[scored])]
    found = found[np.lexsort(errors[found].T[::-1])]
    return ParetoFront(
        parameter_names=history.parameter_names,
        part_names=names,
        dimensions=dimensions,
        evaluations=found,
        values=history.values[found],
        errors=errors[found],
    )


def is_on_front(errors: Float[np.ndarray, "n n_parts"]) -> Bool[np.ndarray, " n"]:
    """Return which rows no other row beats in one error without losing in another.

    Of equal rows, the first counts.
    """
    front: list[int] = []
    order = np.lexsort(errors.T[::-1])
    kept = np.empty_like(errors)
    for row in order:
        # Rows before this one are not worse in the first error: only they can beat it.
        if not np.any(np.all(kept[: len(front)] <= errors[row], axis=1)):
            kept[len(front)] = errors[row]
            front.append(int(row))
    chosen = np.zeros(len(errors), dtype=bool)
    chosen[front] = True
    return chosen


def _factors(weights: Mapping[str, float] | None, names: Sequence[str]) -> np.ndarray:
    given = {} if weights is None else weights
    check_instance("weights", given, Mapping, "a dictionary {part: weight}")
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise InvalidValueError(f"`weights` names {unknown}; the parts are {list(names)}.")
    factors = np.array([float(given.get(name, 1.0)) for name in names])
    if not np.all(np.isfinite(factors)) or np.any(factors < 0) or not factors.any():
        raise InvalidValueError("`weights` must be finite, not negative, and not all zero.")
    return factors
