"""What the likelihood of spikes sees of a simulation: features of the drive at every step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

import numpy as np

from brianfit._foundation.shapes import Bool, Float, Int
from brianfit.fitting.escape_rates.links import Link


@final
@dataclass(frozen=True, kw_only=True)
class Design:
    """Steps in which there could be a spike, and the features of the drive in each.

    Attributes
    ----------
    names
        The parameters that the drive is linear in: columns of the features.
    features, offsets
        The drive of a row is ``features[row] @ weights + offsets[row]``.
    is_spike
        Whether there was a spike in the step.
    counts
        For how many steps a row stands.
    blocks
        Number of the stretch of time that a row belongs to, the same for all repeats.
    dt
        Length of a step [s].
    """

    names: tuple[str, ...]
    features: Float[np.ndarray, "n_rows n_weights"]
    offsets: Float[np.ndarray, " n_rows"]
    is_spike: Bool[np.ndarray, " n_rows"]
    counts: Float[np.ndarray, " n_rows"]
    blocks: Int[np.ndarray, " n_rows"]
    link: Link
    scale: float
    dt: float

    @property
    def n_spikes(self) -> int:
        """How many spikes there are."""
        return int(np.count_nonzero(self.is_spike & (self.counts > 0)))

    @property
    def duration(self) -> float:
        """How long spikes were possible, all repeats together [s]."""
        return float(self.counts.sum() * self.dt)

    def sums(
        self, weights: Float[np.ndarray, " n_weights"], *, with_matrix: bool = True
    ) -> tuple[float, np.ndarray, np.ndarray]:
        """Return log likelihood, gradient, and minus the second derivatives."""
        # Numba is loaded when a likelihood is first computed.
        from brianfit.fitting.escape_rates._likelihood_loops import likelihood_sums

        total, gradient, matrix = likelihood_sums(
            self.features,
            self.offsets,
            self.is_spike,
            self.counts,
            np.ascontiguousarray(weights, dtype=np.float64),
            self.link is Link.SOFTPLUS,
            self.scale * self.dt,
            with_matrix,
        )
        return float(total), gradient, matrix

    def variances(self) -> Float[np.ndarray, " n_weights"]:
        """Return the variance of every feature over time; zero for constants."""
        few = self.features[:: max(1, len(self.features) // 50_000)].astype(np.float64)
        spread = few.var(axis=0)
        spread[spread <= 1e-12 * np.mean(few**2, axis=0)] = 0.0
        return np.asarray(spread)

    def with_columns(self, names: tuple[str, ...]) -> Design:
        """Return the design with some of the features."""
        chosen = [self.names.index(name) for name in names]
        return replace(self, names=names, features=np.ascontiguousarray(self.features[:, chosen]))

    def thinned(self, every: int) -> Design:
        """Return the design with all spikes, and each `every`-th of the other rows."""
        if every <= 1:
            return self
        quiet = np.flatnonzero(~self.is_spike)
        kept = np.sort(np.concatenate([np.flatnonzero(self.is_spike), quiet[every // 2 :: every]]))
        n_kept = kept.size - np.count_nonzero(self.is_spike)
        counts = self.counts[kept]
        share = self.counts[quiet].sum() / max(counts[~self.is_spike[kept]].sum(), 1.0)
        return replace(
            self,
            features=self.features[kept],
            offsets=self.offsets[kept],
            is_spike=self.is_spike[kept],
            counts=np.where(self.is_spike[kept] | (n_kept == 0), counts, counts * share),
            blocks=self.blocks[kept],
        )

    def without_block(self, block: int) -> Design:
        """Return the design with one stretch of time left out."""
        return replace(self, counts=np.where(self.blocks == block, 0.0, self.counts))

    def only_block(self, block: int) -> Design:
        """Return the design with one stretch of time alone."""
        kept = self.blocks == block
        return replace(
            self,
            features=self.features[kept],
            offsets=self.offsets[kept],
            is_spike=self.is_spike[kept],
            counts=self.counts[kept],
            blocks=self.blocks[kept],
        )

    def constant_rate_likelihood(self, rate: float | None = None) -> float:
        """Return the log likelihood of a constant rate [Hz]; of the mean one unless told.

        The chances are those of steps, as everywhere.
        """
        n_spikes = self.n_spikes
        rate = max(n_spikes, 1) / self.duration if rate is None else rate
        quiet = float(self.counts[~self.is_spike].sum())
        expected = rate * self.dt
        return float(n_spikes * np.log(-np.expm1(-expected)) - quiet * expected)
