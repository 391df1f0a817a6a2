"""Random numbers that are a function of (seed, round, neuron, step, draw) alone, for kernels.

A counter is mixed until its bits look random; no state is carried from one number to the next, so
that results depend neither on the number of threads nor on which neurons share a block.

References
----------
Steele, Lea, Flood (2014), Fast splittable pseudorandom number generators. OOPSLA, doi
10.1145/2660193.2660195 (the mixing function, with the constants of D. Stafford's variant 13).
Box, Muller (1958), A note on the generation of random normal deviates. Ann. Math. Stat. 29, 610.
Hoermann (1993), The transformed rejection method for generating Poisson random variables.
Insurance: Mathematics and Economics 12, 39-45 (algorithm PTRS).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from brianfit.engines.fused.math.intrinsics import inlined, square_root
from brianfit.engines.fused.math.logarithms import log

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST_FACTOR = np.uint64(0xBF58476D1CE4E5B9)
_SECOND_FACTOR = np.uint64(0x94D049BB133111EB)
_S11, _S12, _S27, _S30, _S31, _S32 = (np.uint64(n) for n in (11, 12, 27, 30, 31, 32))
_LOW_BITS = np.uint64(0xFFFFFFFF)

# sin(2*pi*y) = y*(c0 + c1*y**2 + ...), its Taylor series; the rest is below 3e-16 for |y| <= 1/4
_SINE = tuple(
    (-1.0) ** k * (2 * math.pi) ** (2 * k + 1) / math.factorial(2 * k + 1) for k in range(10)
)
_C0, _C1, _C2, _C3, _C4, _C5, _C6, _C7, _C8, _C9 = _SINE

FEW = 10.0
"""Poisson numbers with a smaller mean are drawn by multiplication of uniform ones."""


@inlined
def mixed(x: np.uint64) -> np.uint64:
    """Return 64 bits each of which depends on all bits of `x`."""
    x = (x ^ (x >> _S30)) * _FIRST_FACTOR
    x = (x ^ (x >> _S27)) * _SECOND_FACTOR
    return x ^ (x >> _S31)


@inlined
def neuron_key(seed: np.uint64, neuron: int) -> np.uint64:
    """Return where the sequence of a neuron begins."""
    return mixed(seed ^ mixed(np.uint64(neuron) * _GOLDEN + _FIRST_FACTOR))


@inlined
def bits_of(key: np.uint64, counter: int) -> np.uint64:
    """Return the 64 random bits of a draw."""
    return mixed(key + np.uint64(counter) * _GOLDEN)


@inlined
def uniform(key: np.uint64, counter: int) -> float:
    """Return a number that is uniform in [0, 1): one of 2**53."""
    return float(bits_of(key, counter) >> _S11) * 2.0**-53


@inlined
def normal(key: np.uint64, counter: int) -> float:
    """Return a number from the standard normal distribution, cut at 6.8.

    Half of the bits of a draw give the radius, the other half the angle.
    """
    bits = bits_of(key, counter)
    radius = (float(bits >> _S32) + 0.5) * 2.0**-32
    angle = (float(bits & _LOW_BITS) + 0.5) * 2.0**-32  # in turns
    # cos(2*pi*angle) = sin(2*pi*y) for y = |angle - 1/2| - 1/4, which is at most 1/4
    y = abs(angle - 0.5) - 0.25
    z = y * y
    low = _C0 + z * (_C1 + z * (_C2 + z * (_C3 + z * _C4)))
    high = _C5 + z * (_C6 + z * (_C7 + z * (_C8 + z * _C9)))
    z5 = z * z * z * z * z
    return square_root(-2.0 * log(radius)) * (y * (low + z5 * high))


@njit(error_model="numpy")
def poisson(key: np.uint64, counter: int, mean: float) -> float:
    """Return a number from a Poisson distribution; nan if `mean` is negative or not finite."""
    if not 0.0 <= mean < math.inf:
        return math.nan
    sequence = bits_of(key, counter)
    return _few(sequence, mean) if mean < FEW else _many(sequence, mean)


@njit(error_model="numpy")
def _few(sequence: np.uint64, mean: float) -> float:
    limit = math.exp(-mean)
    product = uniform(sequence, 0)
    number = 0
    while product > limit:
        number += 1
        product *= uniform(sequence, number)
    return float(number)


@njit(error_model="numpy")
def _many(sequence: np.uint64, mean: float) -> float:
    b = 0.931 + 2.53 * math.sqrt(mean)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    v_r = 0.9277 - 3.6224 / (b - 2.0)
    draw = 0
    while True:
        u = uniform(sequence, draw) - 0.5
        v = uniform(sequence, draw + 1)
        draw += 2
        us = 0.5 - abs(u)
        k = math.floor((2.0 * a / us + b) * u + mean + 0.43)
        if us >= 0.07 and v <= v_r:
            return float(k)
        if k < 0 or (us < 0.013 and v > us):
            continue
        left = math.log(v * inverse_alpha / (a / (us * us) + b))
        if left <= -mean + k * math.log(mean) - math.lgamma(k + 1.0):
            return float(k)
