"""One seed to many independent generators."""

from __future__ import annotations

import zlib

import numpy as np


def generator_for(seed: int, purpose: str) -> np.random.Generator:
    """Return the generator that belongs to `purpose` under `seed`.

    Different purposes give independent streams; the same pair always gives the same stream.
    """
    return np.random.default_rng([seed, zlib.crc32(purpose.encode())])


def integer_for(seed: int, purpose: str) -> int:
    """Return a 31-bit integer for simulators that take a plain integer as their seed."""
    return int(generator_for(seed, purpose).integers(2**31))


def fresh_seed() -> int:
    """Return a seed drawn from the operating system, to be recorded with the fit."""
    return int(np.random.SeedSequence().generate_state(1)[0])
