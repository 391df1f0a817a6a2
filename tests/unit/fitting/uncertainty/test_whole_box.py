"""What fitters say about the whole box: indices of error, features and traces; null directions."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import ms, mV, nA, nS, pF
from matplotlib import pyplot as plt

from brianfit import TraceFitter
from brianfit._foundation.errors import FitStateError, InvalidValueError
from brianfit.plots import plot_global_sensitivity
from brianfit.sensitivity import GlobalSensitivity, MorrisEffects

EQUATIONS = """
dv/dt = (g*(-70*mV - v) + scale*I)/C : volt
g : siemens (constant)
C : farad (constant)
scale : 1 (constant)
"""
BOX = {"g": [5 * nS, 20 * nS], "C": [50 * pF, 200 * pF], "scale": [0.5, 2.0]}


def membrane() -> TraceFitter:
    """A fitter of a membrane under a step of current; nothing is fitted yet."""
    current = np.zeros((1, 400))
    current[:, 100:] = 0.1
    return TraceFitter(
        EQUATIONS,
        {"I": current * nA},
        {"v": np.full((1, 400), -70.0) * mV},
        dt=1 * ms,
        method="exponential_euler",
        param_init={"v": -70 * mV},
    )


def test_a_box_is_known_once_fit_was_called() -> None:
    with pytest.raises(FitStateError, match="fit"):
        membrane().global_sensitivity(n=4)


@pytest.mark.slow
def test_the_box_of_a_membrane_is_described() -> None:
    fitter = membrane()
    fitter.fit(n_rounds=0, callback=None, params=BOX, seed=1)

    found = fitter.global_sensitivity(n=256, features={"last": lambda trace, dt: trace[-1]})
    effects = fitter.global_sensitivity(n=40, method="morris")
    told = fitter.identifiability(n_points=8)

    assert isinstance(found, GlobalSensitivity)
    assert found.indices.outputs[-2:] == ("highest v", "last of v")
    # At the end the voltage is scale*I/g: E(scale^2) var(1/g), 0 and E(1/g^2) var(scale) of the
    # variance, by integrals over the box.
    np.testing.assert_allclose(found.indices.total[:, -1], [0.615, 0.0, 0.451], atol=0.05)
    over_time = found.traces["v"]
    assert np.isnan(over_time.total[:, 0, 0]).all()  # all begin at the same voltage
    assert over_time.total[1, 0, 52] > 0.2  # soon after the step, the capacity counts
    assert isinstance(effects, MorrisEffects)
    assert effects.n_paths == 10
    assert told.rank == 2
    assert len(told.null_directions) == 1
    assert all(name in told.null_directions[0] for name in ("g", "C", "scale"))
    assert plot_global_sensitivity(found).shape == (3,)
    plt.close("all")
    with pytest.raises(InvalidValueError, match="a power of two"):
        fitter.global_sensitivity(n=100)
