"""Elementary effects: which of many parameters matter, from few evaluations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.random import generator_for
from brianfit._foundation.shapes import Float
from brianfit._foundation.shown.notebook import as_html, html_table, table_under

if TYPE_CHECKING:
    import pandas as pd

N_LEVELS = 4
"""Coordinates are multiples of one third; a step is two of them, as Morris proposes."""

_STEP = N_LEVELS / (2 * (N_LEVELS - 1))
_DRAWS = 500
_LEVELS = (0.025, 0.975)


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class MorrisEffects:
    """How much outputs change when one parameter at a time moves through most of its range.

    Attributes
    ----------
    outputs
        Names of what was varied.
    size
        The mean size of the change [unit of the output]: 0 for a parameter that does nothing.
    size_interval
        Of 95 %: low, high; from drawing the paths anew.
    spread
        The standard deviation of the change: large beside `size` where the effect depends on the
        other parameters, or is not linear.
    n_paths
        That were used.
    n_failed
        Paths left out since the model failed on one of their points.
    """

    names: tuple[str, ...]
    outputs: tuple[str, ...]
    size: Float[np.ndarray, "n_parameters n_outputs"]
    size_interval: Float[np.ndarray, "2 n_parameters n_outputs"]
    spread: Float[np.ndarray, "n_parameters n_outputs"]
    n_paths: int
    n_failed: int

    @property
    def table(self) -> pd.DataFrame:
        """One output and parameter a row."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "output": output,
                    "parameter": name,
                    "size": self.size[p, k],
                    "size_low": self.size_interval[0, p, k],
                    "size_high": self.size_interval[1, p, k],
                    "spread": self.spread[p, k],
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
        failed = f"; {self.n_failed} left out, where the model failed" if self.n_failed else ""
        return f"Elementary effects (SI) along {self.n_paths} paths{failed}"

    def _short_table(self) -> tuple[list[str], list[list[str]]]:
        rows = []
        for k, output in enumerate(self.outputs):
            for p in np.argsort(-self.size[:, k], kind="stable"):
                low, high = self.size_interval[:, p, k]
                size = f"{self.size[p, k]:.3g} ({low:.3g} to {high:.3g})"
                rows.append([output, self.names[p], size, f"{self.spread[p, k]:.3g}"])
        return ["output", "parameter", "size", "spread"], rows


def morris_effects(
    function: Callable[
        [Float[np.ndarray, "n_samples n_parameters"]], Float[np.ndarray, "n_samples n_outputs"]
    ],
    names: tuple[str, ...],
    outputs: tuple[str, ...],
    *,
    n_paths: int,
    seed: int,
) -> MorrisEffects:
    """Return the elementary effects of a function of coordinates in [0, 1].

    Each path begins at a random point of a grid and moves every parameter once, in random order, by
    two thirds of its range [1]_; the size is the mean of absolute changes [2]_. All points are
    evaluated in one call.

    Parameters
    ----------
    n_paths
        The function is evaluated ``n_paths * (n_parameters + 1)`` times.

    References
    ----------
    .. [1] Morris (1991), Technometrics 33:161-174.
    .. [2] Campolongo, Cariboni & Saltelli (2007), Environmental Modelling & Software 22:1509-1518.
    """
    generator = generator_for(seed, "Morris")
    n = len(names)
    paths, orders, signs = zip(*(_path(n, generator) for _ in range(n_paths)), strict=True)
    values = function(np.concatenate(paths)).reshape(n_paths, n + 1, -1)
    is_known = np.isfinite(values).all(axis=(1, 2))
    changes = np.empty((n_paths, n, values.shape[2]))
    for k in range(n_paths):
        moved = np.diff(values[k], axis=0) / _STEP
        changes[k, orders[k]] = moved * signs[k][orders[k], np.newaxis]
    known = changes[is_known] if is_known.any() else np.full((1, *changes.shape[1:]), np.nan)
    drawn = generator.integers(len(known), size=(_DRAWS, len(known)))
    sizes = np.abs(known)
    return MorrisEffects(
        names=names,
        outputs=outputs,
        size=sizes.mean(axis=0),
        size_interval=np.quantile(sizes[drawn].mean(axis=1), _LEVELS, axis=0),
        spread=known.std(axis=0, ddof=1) if len(known) > 1 else np.full_like(known[0], np.nan),
        n_paths=int(is_known.sum()),
        n_failed=int(n_paths - is_known.sum()),
    )


def _path(
    n: int, generator: np.random.Generator
) -> tuple[
    Float[np.ndarray, "n_points n_parameters"], np.ndarray, Float[np.ndarray, " n_parameters"]
]:
    """Return the points of a path, the order in which parameters move, and which way each does."""
    signs = generator.choice([-1.0, 1.0], size=n)
    low = generator.integers(N_LEVELS // 2, size=n) / (N_LEVELS - 1)
    start = np.where(signs > 0, low, low + _STEP)
    order = generator.permutation(n)
    points = np.repeat(start[np.newaxis], n + 1, axis=0)
    for place, parameter in enumerate(order):
        points[place + 1 :, parameter] += signs[parameter] * _STEP
    return points, order, signs
