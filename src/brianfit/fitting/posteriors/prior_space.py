"""The priors of the free parameters as a space for samplers."""

from __future__ import annotations

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.units import readable
from brianfit.fitting.problem.parameters import Parameters
from brianfit.model import Beta, LogNormal, Normal, Prior
from brianfit.sampling import (
    AbstractMarginal,
    BetaMarginal,
    LogNormalMarginal,
    NormalMarginal,
    UnboundedSpace,
    UniformMarginal,
)

_SMALLEST_MASS = 1e-12
"""A prior with less than this between the bounds contradicts them."""


def prior_space(parameters: Parameters) -> UnboundedSpace:
    """Return the space in which the priors of the free parameters are standard normal.

    Raises
    ------
    InvalidValueError
        If a parameter takes whole numbers only, or its prior has nothing between its bounds.
    """
    space = parameters.space
    whole = [name for name, given in zip(space.names, space.is_integer, strict=True) if given]
    if whole:
        raise InvalidValueError(
            f"Parameter '{whole[0]}' takes whole numbers only, which cannot be sampled: fix it, "
            "and sample once for each of its values."
        )
    marginals = []
    for k, name in enumerate(space.names):
        low, high = float(space.low[k]), float(space.high[k])
        prior = parameters.priors.get(name)
        marginal = _marginal(prior, low, high, is_log=bool(space.is_log[k]))
        if prior is not None and not marginal.mass > _SMALLEST_MASS:
            bounds = ", ".join(readable(end, space.dimensions[k]) for end in (low, high))
            raise InvalidValueError(
                f"The prior of parameter '{name}' ({prior.words(space.dimensions[k])}) has nothing "
                f"between the bounds [{bounds}]. Give bounds around what is known."
            )
        marginals.append(marginal)
    return UnboundedSpace(marginals)


def prior_words(parameters: Parameters) -> dict[str, str]:
    """Return the priors of the free parameters in words, by name."""
    space = parameters.space
    found = {}
    for k, name in enumerate(space.names):
        prior = parameters.priors.get(name)
        dimensions = space.dimensions[k]
        ends = [readable(float(end), dimensions) for end in (space.low[k], space.high[k])]
        scale = "in the logarithm, " if space.is_log[k] else ""
        even = f"even {scale}from {ends[0]} to {ends[1]}"
        cut = f", cut off at {ends[0]} and {ends[1]}"
        found[name] = even if prior is None else prior.words(dimensions) + cut
    return found


def _marginal(prior: Prior | None, low: float, high: float, *, is_log: bool) -> AbstractMarginal:
    if isinstance(prior, Normal):
        return NormalMarginal(float(prior.mean), float(prior.sd), low, high)
    if isinstance(prior, LogNormal):
        return LogNormalMarginal(float(prior.median), float(prior.sigma), low, high)
    if isinstance(prior, Beta):
        return BetaMarginal(float(prior.a), float(prior.b), low, high)
    return UniformMarginal(low, high, is_log=is_log)
