"""What a user gives for the parameters is read and checked as a whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import Equations, mV, nS, siemens, volt

from brianfit._foundation.errors import (
    BrianfitError,
    InvalidTypeError,
    InvalidValueError,
    UnitMismatchError,
    UnknownNameError,
)
from brianfit.fitting.problem.parameters import read_parameters
from brianfit.model import Model, Parameter

EQUATIONS = """
    dv/dt = (g*(E - v) + n*nA)/pF : volt
    g : siemens
    E : volt
    gain : 1
    n : integer
"""
COMPLETE = {"g": [1 * nS, 100 * nS], "E": [-80 * mV, -60 * mV], "gain": [0.5, 2], "n": [1, 5]}


def model(equations: str = EQUATIONS, **fields: Any) -> Model:
    return Model(equations=Equations(equations), **fields)


def read(**changes: Any) -> Any:
    return read_parameters(model(), {**COMPLETE, **changes})


class TestFreeParameters:
    def test_have_bounds_in_si_units(self) -> None:
        space = read().space

        assert space.names == ("g", "E", "gain", "n")
        np.testing.assert_allclose(space.low, [1e-9, -0.08, 0.5, 1])
        np.testing.assert_allclose(space.high, [1e-7, -0.06, 2, 5])
        assert space.dimensions[:2] == (siemens.dim, volt.dim)

    def test_are_searched_in_logs_over_two_decades(self) -> None:
        np.testing.assert_array_equal(read().space.is_log, [True, False, False, False])

    def test_can_name_their_scale_and_start(self) -> None:
        space = read(
            g=Parameter(1 * nS, 100 * nS, scale="linear", value=5 * nS),
            gain=Parameter(0.5, 2, scale="log"),
        ).space

        np.testing.assert_array_equal(space.is_log, [False, False, True, False])
        np.testing.assert_allclose(space.starts, [[5e-9, np.nan, np.nan, np.nan]])

    def test_can_name_several_starts(self) -> None:
        space = read(
            g=Parameter(1 * nS, 100 * nS, value=[5 * nS, 6 * nS]),
            E=Parameter(-80 * mV, -60 * mV, value=[-70, -65] * mV),
            gain=Parameter(0.5, 2, value=1),
        ).space

        expected = [[5e-9, -0.07, 1, np.nan], [6e-9, -0.065, 1, np.nan]]
        np.testing.assert_allclose(space.starts, expected)

    def test_must_have_equally_many_starts(self) -> None:
        with pytest.raises(InvalidValueError, match="found 2 for 'g', 3 for 'gain'"):
            read(
                g=Parameter(1 * nS, 100 * nS, value=[5, 6] * nS),
                gain=Parameter(0.5, 2, value=[1, 1.1, 1.2]),
            )

    def test_are_whole_numbers_where_the_model_says_so(self) -> None:
        np.testing.assert_array_equal(read().space.is_integer, [False, False, False, True])

    def test_may_be_the_start_of_a_variable(self) -> None:
        found = read(v=[-70 * mV, -50 * mV])

        assert found.space.names[-1] == "v"

    def test_may_have_a_bound_of_zero_without_a_unit(self) -> None:
        assert read(g=[0, 10 * nS]).space.low[0] == 0

    def test_may_be_plain_si_numbers_where_units_are_switched_off(self) -> None:
        plain = {"g": [1e-9, 1e-7], "E": [-0.08, -0.06], "gain": [0.5, 2], "n": [1, 5]}

        found = read_parameters(model(), plain, use_units=False)

        np.testing.assert_allclose(found.space.low, [1e-9, -0.08, 0.5, 1])


class TestFixedAndTied:
    def test_parameters_are_columns_after_the_free_ones(self) -> None:
        found = read(E=Parameter(fixed=-70 * mV), gain=Parameter(tied="g/(10*nS)"))

        columns = found.columns.expand(np.array([[2e-8, 3.0]]))
        assert found.columns.names == ("g", "n", "E", "gain")
        np.testing.assert_allclose(columns, [[2e-8, 3, -0.07, 2.0]])

    def test_parameters_may_use_ties_that_were_given_before(self) -> None:
        given = {
            "g": [1 * nS, 100 * nS],
            "gain": Parameter(tied="g/nS"),
            "E": Parameter(tied="-gain*mV"),
            "n": Parameter(fixed=1),
        }

        found = read_parameters(model(), given)

        columns = found.columns.expand(np.array([[5e-9]]))
        assert found.columns.names == ("g", "n", "gain", "E")
        np.testing.assert_allclose(columns, [[5e-9, 1, 5, -5e-3]])

    def test_fixed_parameters_may_be_zero(self) -> None:
        assert read(gain=Parameter(fixed=0)).columns.fixed == {"gain": 0.0}

    def test_a_shared_parameter_can_be_fixed_but_not_searched(self) -> None:
        shared = model(EQUATIONS + "\nk : 1 (shared)")

        fixed = read_parameters(shared, {**COMPLETE, "k": Parameter(fixed=2)})

        assert fixed.columns.fixed == {"k": 2.0}
        with pytest.raises(InvalidValueError, match="'k' is declared as shared"):
            read_parameters(shared, {**COMPLETE, "k": [0, 1]})

    def test_ties_may_use_external_constants(self) -> None:
        found = read_parameters(
            model(namespace={"g0": 4 * nS}), {**COMPLETE, "gain": Parameter(tied="g/g0")}
        )

        assert found.columns.expand(np.array([[8e-9, -0.07, 1.0]]))[0, -1] == pytest.approx(2)


class TestRefusing:
    @pytest.mark.parametrize(
        ("changes", "kind", "message"),
        [
            ({"g": [1 * mV, 2 * mV]}, UnitMismatchError, "lower bound of parameter 'g'.*unit S"),
            ({"g": [1e-9, 2e-9]}, UnitMismatchError, "lower bound of parameter 'g'.*unit S"),
            ({"g": [0 * nS, 30 * mV]}, UnitMismatchError, "upper bound of parameter 'g'.*unit S"),
            ({"g": [2 * nS, 1 * nS]}, InvalidValueError, "They seem to be reversed"),
            ({"g": [2 * nS, 2 * nS]}, InvalidValueError, r"Use Parameter\(fixed"),
            ({"g": [1 * nS, np.inf * nS]}, InvalidValueError, "upper bound.*must be finite"),
            ({"gain": [np.nan, 1]}, InvalidValueError, "lower bound.*must be finite"),
            ({"gain": ["0", 1]}, InvalidTypeError, "lower bound of parameter 'gain'"),
            ({"gain": [None, 1]}, InvalidValueError, "both `low` and `high`"),
            ({"gain": [[0, 1], 2]}, InvalidTypeError, "must be a single value"),
            ({"gain": 3}, InvalidTypeError, "must be a pair"),
            ({"gain": Parameter(0, 1, scale="log")}, InvalidValueError, "bounds above zero"),
            ({"gain": Parameter(0, 1, value=2)}, InvalidValueError, "start value 2.*not within"),
            ({"E": Parameter(fixed=1 * nS)}, UnitMismatchError, "value of parameter 'E'.*unit V"),
            ({"E": Parameter(tied="2*g")}, UnitMismatchError, "tied parameter 'E'"),
            ({"E": Parameter(tied="2*nothing*mV")}, UnknownNameError, "'nothing'"),
            ({"n": [0.5, 5]}, InvalidValueError, "must be a whole number"),
            ({"n": Parameter(1, 5, value=2.5)}, InvalidValueError, "must be a whole number"),
            ({"n": Parameter(fixed=2.5)}, InvalidValueError, "must be a whole number"),
            ({"gian": [0, 1]}, InvalidValueError, "'gian' is neither.*Did you mean 'gain'"),
        ],
    )
    def test_what_cannot_be_meant(
        self, changes: dict[str, Any], kind: type[BrianfitError], message: str
    ) -> None:
        with pytest.raises(kind, match=message):
            read(**changes)

    def test_a_parameter_without_bounds(self) -> None:
        with pytest.raises(InvalidTypeError, match="Bounds must be set for parameter gain"):
            read_parameters(model(), {k: v for k, v in COMPLETE.items() if k != "gain"})

    def test_no_bounds_where_there_is_an_initial_value(self) -> None:
        found = read_parameters(
            model(initial_values={"gain": 1.0}),
            {k: v for k, v in COMPLETE.items() if k != "gain"},
        )

        assert "gain" not in found.columns.names

    def test_bounds_where_there_is_an_initial_value(self) -> None:
        with pytest.raises(InvalidValueError, match="'gain' cannot be both.*`param_init`"):
            read_parameters(model(initial_values={"gain": 1.0}), COMPLETE)

    def test_a_tie_to_one_that_comes_later(self) -> None:
        with pytest.raises(UnknownNameError, match="'gain', which is neither a parameter given be"):
            read(E=Parameter(tied="-gain*mV"), gain=Parameter(tied="g/nS"))

    def test_all_problems_are_listed(self) -> None:
        with pytest.raises(
            BrianfitError,
            match=r"(?s)3 problems were found(?=.*reversed)(?=.*unit V)(?=.*'zzz' is nei)",
        ):
            read(g=[2 * nS, 1 * nS], E=[1 * nS, 2 * nS], zzz=[0, 1])

    def test_arguments_that_could_have_been_meant_are_proposed(self) -> None:
        with pytest.raises(InvalidValueError, match="Did you mean 'callback'"):
            read_parameters(
                model(), {**COMPLETE, "calback": None}, option_names=("callback", "metric")
            )
