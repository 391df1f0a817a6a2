"""The exceptions: what catches them, and the collection of problems."""

from __future__ import annotations

import pickle

import pytest
from brian2.units.fundamentalunits import DimensionMismatchError

from brianfit._foundation import errors
from brianfit._foundation.errors import (
    BrianfitError,
    InvalidTypeError,
    InvalidValueError,
    Problems,
    UnitMismatchError,
)

BUILT_IN = (
    (errors.InvalidValueError, ValueError),
    (errors.InvalidTypeError, TypeError),
    (errors.UnknownNameError, NameError),
    (errors.UnitMismatchError, DimensionMismatchError),
    (errors.FitStateError, RuntimeError),
    (errors.UnsupportedByFusedEngine, NotImplementedError),
    (errors.SimulationError, RuntimeError),
    (errors.StoreError, OSError),
    (errors.UnreadableFileError, OSError),
    (errors.MissingPackageError, ImportError),
)


@pytest.mark.parametrize(("kind", "built_in"), BUILT_IN)
def test_ordinary_code_catches_every_error(
    kind: type[BrianfitError], built_in: type[Exception]
) -> None:
    with pytest.raises(built_in, match="the message"):
        raise kind("the message")


@pytest.mark.parametrize(("kind", "built_in"), BUILT_IN)
def test_every_error_can_cross_to_another_process(
    kind: type[BrianfitError], built_in: type[Exception]
) -> None:
    found = pickle.loads(pickle.dumps(kind("the message")))  # noqa: S301 - made here

    assert type(found) is kind
    assert str(found) == "the message"


def test_no_problems_raise_nothing() -> None:
    Problems().raise_if_any()


def test_a_single_problem_is_raised_as_it_is() -> None:
    problems = Problems()
    problem = InvalidTypeError("no metric")
    problems.add(problem)

    with pytest.raises(InvalidTypeError, match="no metric") as caught:
        problems.raise_if_any()

    assert caught.value is problem


def test_several_problems_are_listed_and_the_first_decides_the_class() -> None:
    problems = Problems()
    problems.add(UnitMismatchError("volt instead of amp"))
    problems.add(InvalidValueError("too short"))

    expected = r"^2 problems were found:\n  1\. volt instead of amp\n  2\. too short$"
    with pytest.raises(UnitMismatchError, match=expected):
        problems.raise_if_any()
