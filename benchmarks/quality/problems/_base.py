"""What a problem of the benchmark is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A fit whose attainable error is known.

    Attributes
    ----------
    make_fitter
        Called with the number of samples per round.
    arguments
        Of `fit`: metric and bounds.
    target
        An error [SI] that is as low counts as solved.
    n_samples, n_evaluations
        Samples per round, and the budget.
    """

    name: str
    make_fitter: Callable[[int], Any]
    arguments: Mapping[str, Any]
    target: float
    n_samples: int
    n_evaluations: int
