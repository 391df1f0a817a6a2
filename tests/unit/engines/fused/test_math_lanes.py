"""Arrays on the stack, counts that are not unrolled and wide vectors."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from numba.core.errors import NumbaError

from brianfit.engines.fused.math.lanes import (
    opaque_count,
    stack_array,
    stack_array_float32,
    wide_vectors,
)


@numba.njit  # type: ignore[untyped-decorator]
def _cumulated_squares(x: np.ndarray, out: np.ndarray) -> int:
    wide_vectors()
    squares = stack_array(16)
    sums = stack_array(16)
    count = opaque_count(16)
    for lane in range(count):
        squares[lane] = x[lane] ** 2
    for lane in range(count):
        sums[lane] = squares[lane] + (sums[lane - 1] if lane else 0.0)
    for lane in range(count):
        out[lane] = sums[lane]
    return count


def test_arrays_on_the_stack_do_not_touch_each_other() -> None:
    x = np.arange(16.0)
    out = np.empty(16)

    _cumulated_squares(x, out)

    np.testing.assert_array_equal(out, np.cumsum(x**2))


def test_the_count_is_the_given_one() -> None:
    count = _cumulated_squares(np.zeros(16), np.zeros(16))

    assert count == 16


def test_wide_vectors_are_asked_for_in_the_function_that_says_so() -> None:
    _cumulated_squares(np.zeros(16), np.zeros(16))

    module = _cumulated_squares.inspect_llvm(_cumulated_squares.signatures[0])

    assert '"prefer-vector-width"="512"' in module


def test_arrays_of_float32_hold_float32() -> None:
    @numba.njit  # type: ignore[untyped-decorator]
    def rounded(x: float) -> float:
        values = stack_array_float32(8)
        values[3] = x
        return values[3]

    assert rounded(0.1) == np.float32(0.1)


def test_rejects_a_count_that_leaves_a_remainder() -> None:
    @numba.njit  # type: ignore[untyped-decorator]
    def count() -> int:
        return opaque_count(12)

    with pytest.raises((NumbaError, ValueError), match="Expected a multiple of 8 lanes"):
        count()
