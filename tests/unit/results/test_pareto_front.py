"""The front of a fit with several errors."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import ms
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from brianfit._foundation.errors import FitStateError, InvalidValueError
from brianfit.results import History, ParetoFront, Round, is_on_front, pareto_front

# Whole numbers, so that rows are often equal in one error, or in all.
ERRORS = st.tuples(st.integers(0, 12), st.integers(1, 3)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.integers(0, 4).map(float))
)


def history(errors: np.ndarray, parts: tuple[str, ...] = ()) -> History:
    """Return a history of one round whose samples have these errors, as outputs or as parts."""
    total = errors.sum(axis=1)
    outputs = total[:, np.newaxis] if parts else errors
    names = ("v",) if parts else tuple(f"output{k}" for k in range(errors.shape[1]))
    empty = History(parameter_names=("tau",), output_names=names, parts=parts)
    return empty.with_round(
        Round(
            iteration=0,
            values=np.arange(len(errors))[:, np.newaxis] * 1e-3,
            errors=total,
            output_errors=outputs,
            raw_output_errors=outputs,
            seconds=1.0,
            part_errors=errors if parts else None,
        )
    )


def front(*errors: tuple[float, ...]) -> ParetoFront:
    """Return the front of samples with these errors."""
    return pareto_front(history(np.array(errors)), {"tau": ms.dim})


class TestIsOnFront:
    @given(ERRORS)
    def test_keeps_what_no_row_beats_and_the_first_of_equal_rows(self, errors: np.ndarray) -> None:
        chosen = is_on_front(errors)

        for number, row in enumerate(errors):
            is_beaten = np.any(np.all(errors <= row, axis=1) & np.any(errors < row, axis=1))
            is_repeated = np.any(np.all(errors[:number] == row, axis=1))
            assert chosen[number] == (not is_beaten and not is_repeated)


class TestParetoFront:
    def test_holds_the_samples_sorted_by_their_first_error(self) -> None:
        found = front((3.0, 1.0), (1.0, 3.0), (3.0, 3.0), (2.0, 2.0), (np.inf, 0.0))

        np.testing.assert_array_equal(found.evaluations, [1, 3, 0])
        np.testing.assert_array_equal(found.errors, [[1, 3], [2, 2], [3, 1]])
        np.testing.assert_array_equal(found.values[:, 0], [1e-3, 3e-3, 0.0])
        assert found.params(1) == {"tau": 3 * ms}

    def test_is_made_of_the_parts_that_a_search_weighed(self) -> None:
        weighed = history(np.array([[1.0, 2.0], [2.0, 1.0], [2.0, 2.0]]), parts=("peak", "mean"))

        found = pareto_front(weighed, {"tau": ms.dim})

        assert found.part_names == ("peak", "mean")
        np.testing.assert_array_equal(found.evaluations, [0, 1])

    def test_compromises_where_the_worst_scaled_error_is_smallest(self) -> None:
        found = front((0.0, 100.0), (4.0, 30.0), (10.0, 0.0))  # scaled (0, 1), (0.4, 0.3), (1, 0)

        assert found.compromise() == 1

    def test_compromises_by_weight(self) -> None:
        found = front((0.0, 100.0), (4.0, 30.0), (10.0, 0.0))

        # weighted maxima 0.2, 0.4 and 1
        assert found.compromise({"output1": 0.2}) == 0

    def test_names_unknown_parts(self) -> None:
        with pytest.raises(InvalidValueError, match="parts are"):
            front((1.0, 2.0)).compromise({"peak": 1.0})

    def test_refuses_weights_that_are_all_zero(self) -> None:
        with pytest.raises(InvalidValueError, match="not all zero"):
            front((1.0, 2.0)).compromise({"output0": 0.0, "output1": 0.0})

    def test_becomes_a_table(self) -> None:
        table = front((3.0, 1.0), (1.0, 3.0)).dataframe()

        assert list(table.columns) == ["tau", "error_output0", "error_output1"]
        assert list(table.index) == [1, 0]

    def test_tells_the_range_of_every_error(self) -> None:
        assert "output1: 1 to 3" in str(front((3.0, 1.0), (1.0, 3.0)))

    def test_is_missing_where_no_sample_could_be_scored(self) -> None:
        with pytest.raises(FitStateError, match="no sample could be scored"):
            front((np.inf, 1.0))
