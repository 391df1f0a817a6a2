"""Whether draws of a posterior are to be believed, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit.sampling import k_hat_limit

LARGEST_R_HAT = 1.01
FEWEST_EFFECTIVE = 400
"""Limits of Vehtari and others (2021), Rank-normalization, folding, and localization."""

_MOST_DIVERGENT = 0.01  # of the draws


@final
@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """What is known about draws.

    Attributes
    ----------
    r_hat, ess
        By parameter; R-hat is nan for weighted draws.
    n_divergent
        Trajectories that were lost.
    n_tops
        Separate tops of the posterior within reach.
    """

    method: str
    n_draws: int
    k_hat: float | None
    is_weighted: bool
    r_hat: Mapping[str, float]
    ess: Mapping[str, float]
    n_divergent: int
    n_tops: int

    @property
    def complaint(self) -> str | None:
        """What speaks against the draws, with what to do; None if nothing does."""
        checks = (self._weights, self._chains, self._modes, self._divergent, self._count)
        return next((found for check in checks if (found := check()) is not None), None)

    def _weights(self) -> str | None:
        limit = k_hat_limit(self.n_draws)
        if self.method != "laplace" or self.k_hat is None or self.k_hat <= limit:
            return None
        return (
            f"k-hat of the importance weights is {self.k_hat:.2f}, above {limit:.2f}: the "
            "posterior is not like a normal distribution around its top. Sample with method='hmc'"
        )

    def _chains(self) -> str | None:
        known = {name: value for name, value in self.r_hat.items() if not np.isnan(value)}
        if self.is_weighted:
            return None
        if len(known) < len(self.r_hat):
            return "R-hat cannot be had of so few draws. Ask for more by n_draws"
        worst = max(known, key=lambda name: known[name])
        if known[worst] <= LARGEST_R_HAT:
            return None
        others = "" if self.method == "smc" else ", or try method='smc'"
        return (
            f"R-hat of {worst} is {known[worst]:.3f}, above {LARGEST_R_HAT}: the chains do not "
            f"agree yet. Ask for more draws by n_draws{others}"
        )

    def _modes(self) -> str | None:
        if self.n_tops < 2 or self.method in {"laplace", "smc"}:
            return None
        return (
            f"the posterior has {self.n_tops} tops of which one was sampled. Sample with "
            "method='smc'"
        )

    def _divergent(self) -> str | None:
        if self.n_divergent <= _MOST_DIVERGENT * self.n_draws:
            return None
        return (
            f"{self.n_divergent} trajectories were lost, so there are places where the chains "
            "cannot go. Sample with method='smc'"
        )

    def _count(self) -> str | None:
        worst = min(self.ess, key=lambda name: self.ess[name])
        if self.ess[worst] >= FEWEST_EFFECTIVE:
            return None
        return (
            f"the draws are worth only {self.ess[worst]:.0f} independent ones for {worst}; "
            f"quantiles need {FEWEST_EFFECTIVE}. Ask for more by n_draws"
        )


def advice_on(diagnosis: Diagnosis) -> str:
    """Return a sentence that says whether to believe the draws, and why."""
    if diagnosis.complaint is not None:
        return f"Do not believe these draws yet: {diagnosis.complaint}."
    fewest = min(diagnosis.ess.values())
    if diagnosis.is_weighted:
        how = f"k-hat is {diagnosis.k_hat:.2f}"
    else:
        how = f"R-hat is at most {max(diagnosis.r_hat.values()):.3f}"
    return (
        f"These draws can be believed: {how}, and they are worth {fewest:.0f} independent ones. "
        "Whether model and noise are right, they do not tell."
    )
