"""What all samplers do: begin, go on batch by batch, and say when they are done.

All that a sampler knows between two batches is in arrays, and the random numbers of a batch follow
from the seed and its number. So a run that was stopped after any batch goes on as if it had not
been.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar, final

import numpy as np

from brianfit._foundation.random import generator_for
from brianfit._foundation.shapes import Float
from brianfit.sampling.density import Density

DensityT = TypeVar("DensityT", bound=Density)

State = Mapping[str, np.ndarray]
"""Everything that a sampler knows, by name."""


@final
@dataclass(frozen=True, kw_only=True)
class Draws:
    """Draws of several chains.

    Attributes
    ----------
    points
        In the unbounded space.
    log_likelihood
        Of every draw.
    log_weights
        Of every draw, but for a constant; None where all count the same.
    """

    points: Float[np.ndarray, "n_chains n_draws n_parameters"]
    log_likelihood: Float[np.ndarray, "n_chains n_draws"]
    log_weights: Float[np.ndarray, "n_chains n_draws"] | None = None

    @staticmethod
    def none(n_chains: int, n_parameters: int) -> Draws:
        """Return no draws."""
        return Draws(
            points=np.empty((n_chains, 0, n_parameters)), log_likelihood=np.empty((n_chains, 0))
        )


@final
@dataclass(frozen=True, kw_only=True)
class Batch:
    """What one step of a sampler leaves behind.

    Attributes
    ----------
    state
        With it the sampler goes on.
    draws
        New ones; none while the sampler finds its way.
    is_last
        Whether the sampler is done.
    notes
        Numbers that say how it went, such as the part of proposals accepted so far.
    """

    state: State
    draws: Draws
    is_last: bool
    notes: Mapping[str, float] = field(default_factory=dict)


class AbstractSampler(ABC, Generic[DensityT]):
    """Draws from a posterior in batches."""

    @abstractmethod
    def begin(self, density: DensityT, generator: np.random.Generator) -> Batch:
        """Return the first batch."""

    @abstractmethod
    def advance(
        self, density: DensityT, before: State, number: int, generator: np.random.Generator
    ) -> Batch:
        """Return batch `number`, which comes after the state `before`."""


@final
@dataclass(frozen=True, kw_only=True)
class Progress:
    """All batches of a sampler together.

    Attributes
    ----------
    state, notes
        Those of the last batch.
    """

    draws: Draws
    state: State
    notes: Mapping[str, float]


def draw(
    sampler: AbstractSampler[DensityT],
    density: DensityT,
    *,
    seed: int,
    purpose: str,
    past: Sequence[Batch] = (),
    after_batch: Callable[[Batch], None] | None = None,
) -> Progress:
    """Run a sampler to its end.

    Parameters
    ----------
    seed, purpose
        From these two, and the number of the batch, come all random numbers.
    past
        Batches that were done before, with the same sampler, density and seed.
    after_batch
        Is given every new batch.
    """
    batches = list(past)
    while not batches or not batches[-1].is_last:
        number = len(batches)
        generator = generator_for(seed, f"{purpose}, batch {number}")
        if number == 0:
            batch = sampler.begin(density, generator)
        else:
            batch = sampler.advance(density, batches[-1].state, number, generator)
        if after_batch is not None:
            after_batch(batch)
        batches.append(batch)
    return Progress(
        draws=_together([batch.draws for batch in batches]),
        state=batches[-1].state,
        notes=batches[-1].notes,
    )


def _together(parts: Sequence[Draws]) -> Draws:
    filled = [part for part in parts if part.points.shape[1] > 0] or list(parts[:1])
    log_weights = [part.log_weights for part in filled if part.log_weights is not None]
    return Draws(
        points=np.concatenate([part.points for part in filled], axis=1),
        log_likelihood=np.concatenate([part.log_likelihood for part in filled], axis=1),
        log_weights=np.concatenate(log_weights, axis=1) if log_weights else None,
    )
