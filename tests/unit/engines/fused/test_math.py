"""The functions of compiled loops against exact values, at every kind of argument."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numba
import numpy as np
import pytest
import scipy.special
from brian2.core.functions import DEFAULT_FUNCTIONS

from brianfit.engines.fused.math import FUNCTIONS
from brianfit.engines.fused.math.lanes import opaque_count, stack_array
from tests.unit.engines.fused.oracle import computed, largest_error

PRECISIONS = ("float64", "float32")
UNITS_IN_THE_LAST_PLACE = 2.0
N_RANDOM = 150
LIMITS = {
    # where exp overflows, is subnormal, and is nothing
    "float64": (709.782712893384, -708.39, -745.1332191019411),
    "float32": (88.72283, -87.33, -103.97208),
}


def _random(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def _tiny(precision: str) -> np.ndarray:
    smallest = -320 if precision == "float64" else -44
    generator = _random(1)
    return generator.choice([-1, 1], N_RANDOM) * 10 ** generator.uniform(smallest, 0, N_RANDOM)


def _around(centres: np.ndarray) -> np.ndarray:
    """Return the numbers and their neighbours at distances of all orders."""
    distances = np.array([0.0, 3e-16, -3e-16, 1e-13, -1e-13, 1e-8, -1e-8, 1e-4, -1e-4])
    return np.ravel(centres[:, None] * (1 + distances))


def _for_exponentials(precision: str) -> np.ndarray:
    largest, subnormal, smallest = LIMITS[precision]
    generator = _random(2)
    # where the whole number changes that is taken out of x / log(2)
    boundaries = (generator.integers(int(smallest / 0.69), int(largest / 0.69), 40) + 0.5) * np.log(
        2
    )
    return np.concatenate(
        [
            generator.uniform(smallest, largest, N_RANDOM),
            generator.uniform(smallest, subnormal, 40),
            generator.uniform(-3, 3, N_RANDOM),
            _around(boundaries),
            _around(np.array([largest, subnormal, smallest]) / 1.0001),
            _tiny(precision),
        ]
    )


def _for_exprel(precision: str) -> np.ndarray:
    largest = LIMITS[precision][0]
    beyond_exp = _random(3).uniform(largest, largest + np.log(largest), 40)
    return np.concatenate([_for_exponentials(precision), beyond_exp, -(10 ** np.arange(1.0, 30))])


def _for_hyperbolic(precision: str) -> np.ndarray:
    largest = LIMITS[precision][0]
    return np.concatenate(
        [
            _for_exponentials(precision),
            _random(4).uniform(-25, 25, N_RANDOM),
            _random(5).uniform(largest, largest + 0.69, 40),
        ]
    )


def _for_logarithms(precision: str) -> np.ndarray:
    largest = 308 if precision == "float64" else 38
    smallest = -323 if precision == "float64" else -44
    generator = _random(6)
    whole = generator.integers(int(smallest * 3.3), int(largest * 3.3), 30)
    return np.concatenate(
        [
            10 ** generator.uniform(smallest, largest, N_RANDOM),
            2 ** generator.uniform(-1.5, 1.5, N_RANDOM),
            _around(2.0 ** (whole + 0.5)),
            _around(2.0**whole),
            _around(np.ones(1)),
        ]
    )


def _for_log1p(precision: str) -> np.ndarray:
    near_minus_one = -1 + 10 ** _random(7).uniform(-7, -0.01, 60)
    return np.concatenate([_for_logarithms(precision), _tiny(precision) * 0.99, near_minus_one])


def _for_circular(precision: str) -> np.ndarray:
    generator = _random(8)
    largest = 308 if precision == "float64" else 38
    many_turns = np.round(10 ** generator.uniform(0, 14, 40))
    arguments = [
        generator.uniform(-10, 10, N_RANDOM),
        generator.choice([-1, 1], N_RANDOM) * 10 ** generator.uniform(0, largest, N_RANDOM),
        _around(np.arange(1, 9) * np.pi / 4),
        many_turns * np.pi / 2,
        2.0 ** np.arange(28, 34),
        _tiny(precision),
    ]
    if precision == "float64":
        # Of all float64, this one is closest to a multiple of pi/2.
        arguments.append(np.array([6381956970095103.0 * 2.0**797]))
    return np.concatenate(arguments)


def _for_inverse(precision: str) -> np.ndarray:
    generator = _random(9)
    near_one = 1 - 10 ** generator.uniform(-16, -1, 60)
    arguments = np.concatenate(
        [
            generator.uniform(-1, 1, 2 * N_RANDOM),
            near_one,
            -near_one,
            _around(np.array([0.5, -0.5, 0.99])),
            _tiny(precision),
        ]
    )
    return arguments[np.abs(arguments) <= 1]


def _for_arctan(precision: str) -> np.ndarray:
    borders = np.array([np.sqrt(2) - 1, np.sqrt(2) + 1, 1.0])
    return np.concatenate(
        [
            _random(10).uniform(-4, 4, 2 * N_RANDOM),
            10 ** _random(13).uniform(0, 38, N_RANDOM),
            _around(borders),
            _around(-borders),
            _tiny(precision),
        ]
    )


def _positive(precision: str) -> np.ndarray:
    return _for_logarithms(precision)


ARGUMENTS: Mapping[str, Callable[[str], np.ndarray]] = {
    "arccos": _for_inverse,
    "arcsin": _for_inverse,
    "arctan": _for_arctan,
    "cos": _for_circular,
    "cosh": _for_hyperbolic,
    "exp": _for_exponentials,
    "expm1": _for_exponentials,
    "exprel": _for_exprel,
    "log": _for_logarithms,
    "log10": _for_logarithms,
    "log1p": _for_log1p,
    "log2": _for_logarithms,
    "sin": _for_circular,
    "sinh": _for_hyperbolic,
    "sqrt": _positive,
    "tan": _for_circular,
    "tanh": _for_hyperbolic,
}
NUMPY: Mapping[str, Callable[..., Any]] = {
    **{name: getattr(np, name) for name in ARGUMENTS if hasattr(np, name)},
    "abs": np.abs,
    "ceil": np.ceil,
    "exprel": scipy.special.exprel,
    "floor": np.floor,
    "int": np.trunc,
    "sign": np.sign,
    "trunc": np.trunc,
}
SPECIAL = (0.0, np.inf, np.nan, 1e-310, 1e-42, 5e-324, 1.5, 0.5, 1e4, 1e30)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("name", ARGUMENTS)
def test_is_within_two_units_in_the_last_place(name: str, precision: str) -> None:
    arguments = ARGUMENTS[name](precision).astype(precision)
    if name.startswith("log") and name != "log1p":
        arguments = arguments[arguments > 0]

    results = computed(FUNCTIONS[precision][name], arguments)

    assert largest_error(name, results, arguments) <= UNITS_IN_THE_LAST_PLACE


@pytest.mark.parametrize("precision", PRECISIONS)
def test_powers_are_within_two_units_in_the_last_place(precision: str) -> None:
    largest, _, smallest = LIMITS[precision]
    generator = _random(11)
    bases = np.concatenate(
        [
            2 ** generator.uniform(-1, 1, N_RANDOM),
            10 ** generator.uniform(-37, 37, N_RANDOM),
            1 + generator.choice([-1, 1], N_RANDOM) * 10 ** generator.uniform(-6, -1, N_RANDOM),
            10 ** generator.uniform(-44, -38, 40),
        ]
    ).astype(precision)
    # over all results that have a size, as far as these bases reach it
    logarithms = np.log(bases.astype(float))
    exponents = generator.uniform(smallest, largest, bases.size) / np.where(
        logarithms, logarithms, 1
    )
    negative_bases = -generator.uniform(0, 30, N_RANDOM)
    whole_exponents = generator.integers(-25, 25, N_RANDOM)
    x = np.concatenate([bases, negative_bases]).astype(precision)
    y = np.concatenate([exponents, whole_exponents]).astype(precision)

    results = computed(FUNCTIONS[precision]["power"], x, y)

    assert largest_error("power", results, x, y) <= UNITS_IN_THE_LAST_PLACE


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("name", NUMPY)
def test_agrees_with_numpy_at_special_arguments(name: str, precision: str) -> None:
    arguments = np.array([*SPECIAL, *(-number for number in SPECIAL)], precision)

    results = computed(FUNCTIONS[precision][name], arguments)

    with warnings.catch_warnings(action="ignore"):
        expected = NUMPY[name](arguments)
    # One unit, because NumPy's own functions are not exact either.
    np.testing.assert_allclose(results, expected, rtol=3 * np.finfo(precision).eps)
    np.testing.assert_array_equal(
        np.signbit(results[expected == 0]), np.signbit(expected[expected == 0])
    )


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize(
    ("name", "numpy_function"),
    [("power", np.power), ("mod", np.mod), ("floordiv", np.floor_divide)],
)
def test_agrees_with_numpy_at_special_pairs(
    name: str, numpy_function: Callable[..., Any], precision: str
) -> None:
    numbers = [0.0, 1.0, np.inf, 0.5, 2.0, 3.0, 2.5, 7.0, 1e-42]
    numbers = [*numbers, *(-number for number in numbers), np.nan]
    x, y = (np.ravel(grid) for grid in np.meshgrid(numbers, numbers))
    x, y = x.astype(precision), y.astype(precision)
    # The quotient of these exceeds what `mod` promises.
    keep = ~(np.isfinite(x) & (np.abs(x) > 1e-40) & (np.abs(y) < 1e-40) & (y != 0))
    x, y = (x, y) if name == "power" else (x[keep], y[keep])

    results = computed(FUNCTIONS[precision][name], x, y)

    with warnings.catch_warnings(action="ignore"):
        expected = numpy_function(x, y)
    np.testing.assert_allclose(results, expected, rtol=2 * np.finfo(precision).eps)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_remainders_are_exact(precision: str) -> None:
    generator = _random(12)
    x = generator.uniform(-1e3, 1e3, 1000).astype(precision)
    y = generator.uniform(-3, 3, 1000).astype(precision)
    x[:300] = np.round(x[:300]) * y[:300]  # close to a multiple

    remainders = computed(FUNCTIONS[precision]["mod"], x, y)
    multiples = computed(FUNCTIONS[precision]["floordiv"], x, y)

    np.testing.assert_array_equal(remainders, np.mod(x, y))
    np.testing.assert_array_equal(multiples, np.floor_divide(x, y))


@pytest.mark.parametrize("precision", PRECISIONS)
def test_clips_to_the_limits_and_keeps_nan(precision: str) -> None:
    clip = FUNCTIONS[precision]["clip"]
    numbers = np.array([-3.0, -1.0, 0.5, 2.0, 7.0, np.inf, -np.inf, np.nan], precision)
    low, high = numbers.dtype.type(-1), numbers.dtype.type(2)
    clipped = computed(numba.njit(lambda x: clip(x, low, high)), numbers)

    np.testing.assert_array_equal(clipped, [-1, -1, 0.5, 2, 2, 2, -1, np.nan])


def test_counts_a_time_just_below_a_step_as_the_step() -> None:
    dt = 1e-4
    steps = np.arange(2000.0)

    found = computed(FUNCTIONS["float64"]["timestep"], steps * dt, np.full_like(steps, dt))

    np.testing.assert_array_equal(found, steps)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_has_every_function_of_brian_that_is_not_noise(precision: str) -> None:
    noise = {"rand", "randn", "poisson"}

    assert set(DEFAULT_FUNCTIONS) - noise <= set(FUNCTIONS[precision])


@pytest.mark.parametrize(
    "name", ["arcsin", "arctan", "exp", "expm1", "exprel", "log", "sin", "tanh"]
)
def test_becomes_vector_instructions_only(name: str) -> None:
    function = FUNCTIONS["float64"][name]

    @numba.njit(error_model="numpy")  # type: ignore[untyped-decorator]
    def over_lanes(x: np.ndarray, out: np.ndarray) -> None:
        values = stack_array(16)
        for lane in range(16):
            values[lane] = x[lane]
        for lane in range(opaque_count(16)):
            values[lane] = function(values[lane])
        for lane in range(16):
            out[lane] = values[lane]

    x = np.linspace(0.01, 0.9, 16)
    out = np.empty(16)
    over_lanes(x, out)

    module = over_lanes.inspect_llvm(over_lanes.signatures[0])
    vectors = [line for line in module.splitlines() if " x double>" in line]
    scalar_calls = [line for line in module.splitlines() if "double @llvm.fma.f64(" in line]
    assert vectors
    assert not [line for line in scalar_calls if "call" in line]
    np.testing.assert_array_equal(out, computed(function, x))
