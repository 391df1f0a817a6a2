"""Tell which parameters a recording of the subthreshold voltage determines."""

from __future__ import annotations

import numpy as np
from brian2 import ms, mV, nA, nS, pF

from brianfit import TraceFitter

EQUATIONS = """
dv/dt = (gL*(EL - v) + scale*I)/C : volt
gL : siemens (constant)
C : farad (constant)
EL : volt (constant)
scale : 1 (constant)
"""
PARAMETERS = {"gL": 10 * nS, "C": 100 * pF, "EL": -70 * mV, "scale": 1.0}


def main() -> None:
    """Name the directions in which parameters may change without being seen."""
    current = np.zeros((1, 500))
    current[:, 100:400] = 0.1
    fitter = TraceFitter(
        EQUATIONS,
        {"I": current * nA},
        {"v": np.full((1, 500), -70.0) * mV},
        dt=0.1 * ms,
        method="exponential_euler",
        param_init={"v": -70 * mV},
    )

    slopes = fitter.sensitivities(PARAMETERS)["v"]
    print("largest change of v by 1 nS of gL:", abs(slopes["gL"]).max() * nS)

    # gL, C and scale may grow together: the scale of the current is not known.
    print(fitter.fisher_information(PARAMETERS, noise=0.5 * mV))


if __name__ == "__main__":
    main()
