"""Derivatives where a function of infinite slope meets a bound at which its argument is clipped."""

from __future__ import annotations

import numpy as np
import pytest

from brianfit.engines.fused.passes import optimise
from tests.unit.engines.fused.interpreter import computed, euler_program

CLIPPED = {
    "0": "clip(x - 0.5, 0, 10)",
    "1": "clip(x + 0.5, -10, 1)",
    "-1": "clip(x - 1.5, -1, 10)",
    "max": "(int(x > 0.5)*(x - 0.5))",
}
"""For x below 0.5 the first, third and fourth stay at their bound; above it the second does."""

AT_BOUNDS = [
    *(
        (f"{bound}**({power})", where)
        for bound, where in ((CLIPPED["0"], 0.3), (CLIPPED["max"], 0.3))
        for power in ("0.6", "1/3", "0.5", "0.1", "0.3*p")
    ),
    (f"sqrt({CLIPPED['0']})", 0.3),
    (f"sqrt({CLIPPED['0']}) + p*{CLIPPED['0']}**0.6", 0.3),
    (f"exp(0.6*log({CLIPPED['0']}))", 0.3),
    (f"exp(-1/({CLIPPED['0']}))", 0.3),
    (f"arctan(1/({CLIPPED['0']}))", 0.3),
    (f"tanh(log({CLIPPED['0']}))", 0.3),
    (f"arcsin({CLIPPED['1']})", 0.7),
    (f"arccos({CLIPPED['1']})", 0.7),
    (f"arcsin({CLIPPED['-1']})", 0.3),
    (f"exp(2*log1p({CLIPPED['-1']}))", 0.3),
    (f"exp(log10({CLIPPED['0']}))", 0.3),
    (f"1/(1 + ({CLIPPED['0']})**(-0.5))", 0.3),
]


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize(("function", "where"), AT_BOUNDS)
def test_what_does_not_change_has_no_slope(function: str, where: float, precision: str) -> None:
    program = optimise(euler_program(f"p*({function})", ("p",)), precision)
    at = {"x": where, "y": 1.0, "p": 1.0, "q": 1.0, "t": 0.0}
    h = 1e-6

    update = program.update["dx/dp"]
    slope = float(computed([update], {**at, "dx/dp": 0.7})[update])

    plain = euler_program(f"p*({function})").update["x"]
    ahead, behind = (
        float(computed([plain], {**at, "x": where + 0.7 * sign * h, "p": 1.0 + sign * h})[plain])
        for sign in (1.0, -1.0)
    )
    assert slope == pytest.approx((ahead - behind) / (2 * h), rel=1e-6)
    assert np.isfinite(slope)
