"""Sobol's indices: the shares of a variance that parameters cause, alone and with others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.random import generator_for, integer_for
from brianfit._foundation.shapes import Float
from brianfit._foundation.shown.notebook import as_html, html_table, table_under

if TYPE_CHECKING:
    import pandas as pd

N_DRAWS = 200
"""Points are drawn anew so often for intervals."""

_LEVELS = (0.025, 0.975)


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class SobolIndices:
    """Which part of the variance of outputs over a box each parameter causes; print it for a table.

    The first index of a parameter is the part that it causes by itself: by so much the variance
    would fall on average if its value were known. Its total index also has what it causes together
    with others: a parameter whose total index is near zero can be fixed anywhere.

    Attributes
    ----------
    outputs
        Names of what was varied.
    first, total
        The indices, 0 to 1 but for the error of the estimate; nan for an output that never varies.
    first_interval, total_interval
        Intervals of 95 %: low, high; from drawing the points anew.
    n_points
        Points of the design that were used.
    n_failed
        Points left out since the model failed on them or their neighbours: what is said then holds
        for the rest of the box.
    """

    names: tuple[str, ...]
    outputs: tuple[str, ...]
    first: Float[np.ndarray, "n_parameters n_outputs"]
    total: Float[np.ndarray, "n_parameters n_outputs"]
    first_interval: Float[np.ndarray, "2 n_parameters n_outputs"]
    total_interval: Float[np.ndarray, "2 n_parameters n_outputs"]
    n_points: int
    n_failed: int

    @property
    def table(self) -> pd.DataFrame:
        """One output and parameter a row, with both indices and their intervals."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "output": output,
                    "parameter": name,
                    "first": self.first[p, k],
                    "first_low": self.first_interval[0, p, k],
                    "first_high": self.first_interval[1, p, k],
                    "total": self.total[p, k],
                    "total_low": self.total_interval[0, p, k],
                    "total_high": self.total_interval[1, p, k],
                }
                for k, output in enumerate(self.outputs)
                for p, name in enumerate(self.names)
            ]
        )

    def __str__(self) -> str:
        return table_under(self._headline, *self._short_table())

    def _repr_html_(self) -> str:
        return as_html(self._headline, html_table(*self._short_table()))

    @property
    def _headline(self) -> str:
        failed = (
            f"; {self.n_failed} points left out, where the model failed" if self.n_failed else ""
        )
        return f"Sobol indices from {self.n_points} points{failed}"

    def _short_table(self) -> tuple[list[str], list[list[str]]]:
        rows = [
            [
                output,
                name,
                _with_interval(self.first[p, k], self.first_interval[:, p, k]),
                _with_interval(self.total[p, k], self.total_interval[:, p, k]),
            ]
            for k, output in enumerate(self.outputs)
            for p, name in enumerate(self.names)
        ]
        return ["output", "parameter", "first", "total"], rows


def sobol_design(
    n_points: int, n_parameters: int, *, seed: int
) -> Float[np.ndarray, "n_blocks n_points n_parameters"]:
    """Return the points at which a function is to be evaluated, in coordinates [0, 1].

    Two independent halves A and B of a scrambled Sobol sequence, and for every parameter A with
    that column taken from B: ``n_parameters + 2`` blocks of points.

    Raises
    ------
    InvalidValueError
        If `n_points` is no power of two, without which the sequence is not balanced.
    """
    from scipy.stats import qmc

    if n_points < 2 or n_points & (n_points - 1):
        raise InvalidValueError(
            f"`n` must be a power of two, such as 256 or 1024, but is {n_points}: Sobol's sequence "
            "is balanced only then."
        )
    drawn = qmc.Sobol(2 * n_parameters, scramble=True, rng=integer_for(seed, "Sobol")).random(
        n_points
    )
    first, second = drawn[:, :n_parameters], drawn[:, n_parameters:]
    blocks = [first, second]
    for k in range(n_parameters):
        mixed = first.copy()
        mixed[:, k] = second[:, k]
        blocks.append(mixed)
    return np.array(blocks)


def sobol_indices(
    values: Float[np.ndarray, "n_blocks n_points n_outputs"],
    names: tuple[str, ...],
    outputs: tuple[str, ...],
    *,
    seed: int,
    n_draws: int = N_DRAWS,
) -> SobolIndices:
    r"""Return the indices of a function that was evaluated on a `sobol_design`.

    With :math:`A_B^{(i)}` the points of A with column i of B, the first index is
    :math:`\frac{1}{N}\sum f(B)(f(A_B^{(i)}) - f(A)) / V` [1]_, table 2 b, and the total one
    :math:`\frac{1}{2N}\sum (f(A) - f(A_B^{(i)}))^2 / V` [2]_.

    Parameters
    ----------
    n_draws
        Of the points, for intervals; 0: none, which are then nan.

    References
    ----------
    .. [1] Saltelli, Annoni, Azzini, Campolongo, Ratto & Tarantola (2010), Computer Physics
       Communications 181:259-270.
    .. [2] Jansen (1999), Computer Physics Communications 117:35-43.
    """
    n_points, n_outputs = values.shape[1:]
    is_known = np.isfinite(values).all(axis=(0, 2))
    known = values[:, is_known] if is_known.any() else np.zeros_like(values)
    known = known - known[:2].mean(axis=(0, 1))  # for accuracy: indices do not depend on the mean
    n_known = known.shape[1]
    whole = np.full((1, n_known), 1.0 / n_known)
    first, total = _indices(known, whole)
    nothing = np.full((2, len(names), n_outputs), np.nan)
    first_interval = total_interval = nothing
    if n_draws:
        generator = generator_for(seed, "Sobol intervals")
        weights = generator.multinomial(n_known, np.full(n_known, 1 / n_known), n_draws) / n_known
        drawn = _indices(known, weights)
        first_interval, total_interval = (np.quantile(each, _LEVELS, axis=0) for each in drawn)
    return SobolIndices(
        names=names,
        outputs=outputs,
        first=first[0],
        total=total[0],
        first_interval=first_interval,
        total_interval=total_interval,
        n_points=int(is_known.sum()),
        n_failed=int(n_points - is_known.sum()),
    )


def _indices(
    values: Float[np.ndarray, "n_blocks n_points n_outputs"],
    weights: Float[np.ndarray, "n_draws n_points"],
) -> tuple[
    Float[np.ndarray, "n_draws n_parameters n_outputs"],
    Float[np.ndarray, "n_draws n_parameters n_outputs"],
]:
    """Return first and total indices for points that count as often as `weights` say."""
    one, other, *mixed = values
    means = [weights @ half for half in (one, other)]
    squares = [weights @ half**2 for half in (one, other)]
    mean = (means[0] + means[1]) / 2
    variance = (squares[0] + squares[1]) / 2 - mean**2
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(variance > _nothing(values), 1.0 / variance, np.nan)
        first = [(weights @ (other * (each - one))) * scale for each in mixed]
        total = [(weights @ (each - one) ** 2) * scale / 2 for each in mixed]
    return np.stack(first, axis=1), np.stack(total, axis=1)


def _nothing(values: Float[np.ndarray, "n_blocks n_points n_outputs"]) -> np.ndarray:
    """Return the variance that rounding alone could make."""
    return np.asarray((1e-12 * np.abs(values).max(axis=(0, 1))) ** 2)


def _with_interval(value: float, interval: Float[np.ndarray, " 2"]) -> str:
    if not np.isfinite(value):
        return ""
    return f"{value:.2f} ({interval[0]:.2f} to {interval[1]:.2f})"
