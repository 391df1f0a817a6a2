"""Priors of parameters: what may be given, how they are compared, kept and read."""

from __future__ import annotations

from typing import Any

import pytest
from brian2 import mV, nS, siemens, volt

from brianfit import Beta, LogNormal, Normal, Parameter
from brianfit._foundation.errors import BrianfitError, InvalidValueError
from brianfit._foundation.plain import from_plain, to_plain
from brianfit.cli.problem_file.values import parameter
from brianfit.fitting.problem.parameters import read_parameters
from brianfit.fitting.problem.task_record import parameter_records
from brianfit.fitting.studies.resume import _parameter
from brianfit.model import Model
from brianfit.model.model import read_equations
from brianfit.results import ProblemRecord
from brianfit.results.differences import differences
from brianfit.results.store.texts import known_kinds

MODEL = Model(equations=read_equations("dv/dt = -g*v/nF : volt\ng : siemens (constant)"))
PRIORS = [Normal(5 * nS, 1 * nS), LogNormal(5 * nS, 0.7), Beta(2, 3)]


def _records(prior: Any, *, use_units: bool = True) -> Any:
    given = {"g": Parameter(1 * nS, 9 * nS, prior=prior)}
    return parameter_records(MODEL, read_parameters(MODEL, given, use_units=use_units))


def test_priors_are_the_same_if_their_values_are() -> None:
    assert Normal(5 * nS, 1 * nS) == Normal(5e-9 * siemens, 1e-9 * siemens)
    assert Normal(5 * nS, 1 * nS) != Normal(5 * nS, 2 * nS)
    assert Beta(2, 3) != LogNormal(2, 3)


def test_a_prior_is_written_as_it_was_given() -> None:
    given = Parameter(1 * nS, 9 * nS, prior=LogNormal(5 * nS, 0.7))

    assert repr(given) == (
        "Parameter(low=1*nS, high=9*nS, prior=LogNormal(median=5*nS, sigma=0.7))"
    )


@pytest.mark.parametrize("prior", PRIORS)
def test_a_file_keeps_a_prior_and_a_fit_that_goes_on_gets_it_again(prior: Any) -> None:
    record = _records(prior)[0]

    kept = from_plain(to_plain(record, str), lambda name: None, known_kinds())

    problem = object.__new__(ProblemRecord)
    problem.__dict__["use_units"] = True
    assert kept == record
    assert _parameter(kept, problem).prior == prior


def test_another_prior_is_another_problem_and_said_so() -> None:
    before, now = {"parameters": _records(PRIORS[0])}, {"parameters": _records(None)}

    (said,) = differences(before, now)

    assert "prior normal, 5 nS ± 1 nS" in said


@pytest.mark.parametrize(
    ("prior", "message"),
    [
        (Normal(5 * mV, 1 * nS), "mean of the prior of parameter 'g'|`mean of the prior"),
        (Normal(5 * nS, 0 * nS), "`sd` of the prior of parameter 'g' must be above zero"),
        (LogNormal(5 * nS, -1), "`sigma` of the prior of parameter 'g' must be above zero"),
        (Beta(0, 1), "`a` of the prior of parameter 'g' must be above zero"),
    ],
)
def test_priors_that_cannot_be_are_refused_at_the_door(prior: Any, message: str) -> None:
    with pytest.raises(BrianfitError, match=message):
        _records(prior)


def test_a_parameter_that_is_not_free_has_no_prior() -> None:
    with pytest.raises(InvalidValueError, match="fixed or tied has no prior"):
        Parameter(fixed=5 * nS, prior=Beta(2, 3))


def test_a_problem_file_names_a_prior() -> None:
    table = {"kind": "normal", "mean": "-70 mV", "sd": "5 mV"}

    found = parameter({"low": "-90 mV", "high": "-40 mV", "prior": table})

    assert found.prior == Normal(-70 * mV, 5e-3 * volt)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("normal", "must be a table such as"),
        ({"kind": "uniform"}, "must be one of 'normal', 'log-normal', 'beta'"),
        ({"kind": "beta", "a": 2}, "the prior lacks b"),
        ({"kind": "beta", "a": 2, "c": 2}, "key of the prior"),
    ],
)
def test_a_prior_of_a_problem_file_that_cannot_be_read_says_why(table: Any, message: str) -> None:
    with pytest.raises(BrianfitError, match=message):
        parameter({"low": 0, "high": 1, "prior": table})
