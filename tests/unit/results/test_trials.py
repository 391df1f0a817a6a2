"""What a set of trials says, on trains for which it can be told by hand."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import ms, second

from brianfit._foundation.errors import InvalidValueError
from brianfit.results import Trials
from brianfit.results.common_train import common_train


def trials(recorded: list[list[float]], simulated: list[list[float]]) -> Trials:
    return Trials(
        recorded=(tuple(np.array(train) for train in recorded),),
        simulated=(tuple(np.array(train) for train in simulated),),
        durations=np.array([1.0]),
        dt=1e-4,
    )


def test_trials_of_the_recorded_process_score_one() -> None:
    trains = [[0.1, 0.5], [0.101, 0.5], [0.1, 0.499], [0.1, 0.501]]

    found = trials(trains, trains).md_star(4 * ms)

    assert found.value == pytest.approx(1.0)
    assert found.standard_error == pytest.approx(0.0, abs=1e-12)


def test_the_standard_error_is_that_of_the_jackknife_over_repeats() -> None:
    found = trials([[0.1], [0.1], [0.1, 0.3], [0.3]], [[0.1], [0.1]])

    score = found.md_star(4 * ms)

    # Mean products with the model, and among the recorded pairs, without each repeat in turn.
    without = [2 * (2 / 3) / (1 + 2 / 3), 2 * (2 / 3) / (1 + 2 / 3)]
    without += [2 * (2 / 3) / (1 + 1 / 3), 2 * 1.0 / (1 + 1.0)]
    assert score.value == pytest.approx(2 * 0.75 / (1 + 4 / 6))
    assert score.standard_error == pytest.approx(np.sqrt(3 / 4 * 4 * np.var(without)))


def test_rates_are_spikes_per_trial_and_second() -> None:
    found = trials([[0.05, 0.15]], [[0.05], [0.06, 0.95]])

    edges, recorded, simulated = found.rates(0, 100 * ms)

    np.testing.assert_allclose(edges, np.arange(10) * 0.1)
    np.testing.assert_allclose(recorded, [10, 10, 0, 0, 0, 0, 0, 0, 0, 0])
    np.testing.assert_allclose(simulated, [10, 0, 0, 0, 0, 0, 0, 0, 0, 5])


def test_the_common_train_has_what_most_trials_have() -> None:
    simulated = [[0.1, 0.5], [0.102, 0.5], [0.098, 0.5, 0.8], [0.5]]

    found = trials([], simulated).common_train(0, 4 * ms)

    np.testing.assert_allclose(found, [0.1, 0.5], atol=2e-3)


def test_trials_that_agree_on_nothing_have_a_common_train_all_the_same() -> None:
    silent = common_train([np.empty(0)] * 3, duration=1.0, delta=4e-3, dt=1e-4)

    assert silent.size == 0


def test_what_cannot_be_told_is_refused() -> None:
    found = trials([], [[0.1]])

    with pytest.raises(InvalidValueError, match="only where spikes were recorded"):
        found.md_star()
    with pytest.raises(InvalidValueError, match="`sweep` must be below"):
        found.common_train(1)
    with pytest.raises(InvalidValueError, match="no longer than the sweep"):
        found.rates(0, 2 * second)
