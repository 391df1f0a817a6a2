"""Which rates of spikes are recognised in a threshold, and which parameters they are linear in."""

from __future__ import annotations

import pytest

from brianfit import library
from brianfit._foundation.errors import InvalidValueError
from brianfit.fitting.escape_rates.linear_parameters import linear_parameters
from brianfit.fitting.escape_rates.links import Link, read_escape_rate
from brianfit.model import Model
from brianfit.model.model import read_equations

STATE = "dv/dt = -v/(10*ms) : volt\nVT : volt (constant)\nD : volt (constant)\n"
VALUES = {"VT": -0.05, "D": 0.002}
DRIVE = "u = (v - VT)/D : 1\n"


def model(equations: str, threshold: str) -> Model:
    return Model(equations=read_equations(STATE + equations), threshold=threshold, reset="v = VT")


@pytest.mark.parametrize(
    ("equations", "threshold", "link", "scale"),
    [
        ("h = exp((v - VT)/D)/ms : Hz", "rand() < 1 - exp(-h*dt)", Link.EXPONENTIAL, 1000),
        (DRIVE, "rand() < 1 - exp(-7*Hz*exp(u)*dt)", Link.EXPONENTIAL, 7),
        (DRIVE, "1 - exp(-7*Hz*exp(clip(u, -60, 20))*dt) > rand()", Link.EXPONENTIAL, 7),
        (DRIVE + "h = log(1 + exp(u))/ms : Hz", "rand() > exp(-h*dt)", Link.SOFTPLUS, 1000),
        (DRIVE, "rand() < -expm1(-5*Hz*log(1 + exp(u))*dt)", Link.SOFTPLUS, 5),
    ],
)
def test_a_rate_is_recognised_however_it_is_written(
    equations: str, threshold: str, link: Link, scale: float
) -> None:
    found = read_escape_rate(model(equations, threshold), VALUES)

    assert found.link is link
    assert found.scale == pytest.approx(scale, rel=1e-9)
    assert {str(name) for name in found.drive.free_symbols} == {"v", "VT", "D"}


@pytest.mark.parametrize(
    ("equations", "threshold"),
    [
        (DRIVE, "v > VT"),
        (DRIVE, "rand() < exp(u)*Hz*dt"),
        (DRIVE, "rand() < 1 - exp(-Hz*dt/(1 + exp(-u)))"),
        (DRIVE, "rand() < 1 - exp(-v/VT*exp(u)*Hz*dt)"),
    ],
)
def test_another_threshold_is_refused_with_what_was_expected(
    equations: str, threshold: str
) -> None:
    with pytest.raises(InvalidValueError, match=r"Expected a threshold such as 'rand\(\) < 1 -"):
        read_escape_rate(model(equations, threshold), VALUES)


def test_jumps_of_a_threshold_are_linear_but_not_its_time_constants() -> None:
    gif = library.GIF_ESCAPE.model
    rate = read_escape_rate(gif, dict.fromkeys(gif.parameter_names, 1.0))
    asked = ["VT", "DeltaV", "c_1", "c_2", "tau_g1", "tau_g2", "t_ref"]

    found = linear_parameters(rate.drive, rate.changes, asked)

    assert found == ("VT", "c_1", "c_2")


def test_of_two_factors_only_the_first_is_linear() -> None:
    product = model("a : 1\nb : 1\nu = a*b*v/D : 1\n", "rand() < 1 - exp(-exp(u)*Hz*dt)")
    rate = read_escape_rate(product, {**VALUES, "a": 1.0, "b": 1.0})

    found = linear_parameters(rate.drive, rate.changes, ["b", "a"])

    assert found == ("b",)


def test_a_parameter_that_moves_a_nonlinear_variable_is_not_linear() -> None:
    curved = model("dw/dt = (k*v/D - w**2)/ms : 1\nk : 1\n", "rand() < 1 - exp(-exp(w)*Hz*dt)")
    rate = read_escape_rate(curved, {**VALUES, "k": 1.0})

    assert linear_parameters(rate.drive, rate.changes, ["k"]) == ()
