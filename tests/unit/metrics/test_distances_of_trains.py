"""Distances of spike trains against independent implementations, on 200 pairs of trains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from brian2 import Hz, ms, mV, second
from brian2.units.fundamentalunits import get_dimensions
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from brianfit._foundation.errors import InvalidValueError, UnitMismatchError
from brianfit._foundation.units import DIMENSIONLESS
from brianfit.metrics import (
    FiringPattern,
    FirstSpikeLatency,
    GammaFactor,
    ISIDistance,
    MDStar,
    MultiWindowGamma,
    PSTHVariance,
    SpikeCount,
    SPIKEDistance,
    SpikeRate,
    VanRossum,
    VictorPurpura,
)
from tests.unit.metrics.profile_oracle import isi_distance_by_formula, spike_distance_by_formula
from tests.unit.metrics.train_pairs import DT, DURATION, train_pairs

METRICS = {
    "VanRossum": VanRossum(10 * ms),
    "VictorPurpura": VictorPurpura(50 * Hz),
    "ISIDistance": ISIDistance(time=DURATION),
    "SPIKEDistance": SPIKEDistance(time=DURATION),
    "SpikeCount": SpikeCount(),
    "SpikeRate": SpikeRate(time=DURATION),
    "FirstSpikeLatency": FirstSpikeLatency(time=DURATION),
    "PSTHVariance": PSTHVariance(50 * ms, time=DURATION),
    "MDStar": MDStar(4 * ms),
}


def _errors(metric: Any) -> np.ndarray:
    return np.array([metric.calc([[model]], [data], DT)[0] for model, data in train_pairs()])


def _expected(formula: Callable[[np.ndarray, np.ndarray], float]) -> np.ndarray:
    return np.array([formula(model, data) for model, data in train_pairs()])


@pytest.mark.parametrize("tau", [0.5e-3, 12e-3, 0.3, np.inf])
def test_van_rossum_is_the_norm_of_the_filtered_difference(tau: float) -> None:
    def squared(model: np.ndarray, data: np.ndarray) -> float:
        signs = np.repeat([1.0, -1.0], [model.size, data.size])
        times = np.concatenate([model, data])
        overlaps = np.exp(-np.abs(times[:, np.newaxis] - times) / tau)
        return float(max(signs @ overlaps @ signs, 0.0))

    errors = _errors(VanRossum(tau))

    # The oracle cancels, so that its root is good to 1e-7 only where the trains agree.
    np.testing.assert_allclose(errors**2, _expected(squared), rtol=1e-11, atol=1e-9)


@pytest.mark.slow
@pytest.mark.needs_package("elephant")
@pytest.mark.parametrize("tau", [0.5, 12.0, 300.0])
def test_van_rossum_agrees_with_elephant(tau: float) -> None:
    from elephant.spike_train_dissimilarity import van_rossum_distance

    def oracle(model: np.ndarray, data: np.ndarray) -> float:
        return float(van_rossum_distance(_neo(model, data), tau * _neo_ms(), sort=False)[0, 1])

    errors = _errors(VanRossum(tau * ms))

    expected = _expected(oracle)
    differ = expected > 1e-3
    np.testing.assert_allclose(errors[differ], expected[differ], rtol=0, atol=1e-9)
    np.testing.assert_allclose(errors[~differ] ** 2, expected[~differ] ** 2, rtol=0, atol=1e-9)
    assert np.count_nonzero(differ) > 180


@pytest.mark.slow
@pytest.mark.needs_package("elephant")
@pytest.mark.parametrize("cost", [0.0, 1.0, 20.0, 500.0])
def test_victor_purpura_agrees_with_elephant(cost: float) -> None:
    import quantities
    from elephant.spike_train_dissimilarity import victor_purpura_distance

    def oracle(model: np.ndarray, data: np.ndarray) -> float:
        trains = _neo(model, data)
        return float(victor_purpura_distance(trains, cost * quantities.Hz, sort=False)[0, 1])

    np.testing.assert_allclose(_errors(VictorPurpura(cost * Hz)), _expected(oracle), atol=1e-9)


@pytest.mark.parametrize("cost", [0.3, 4.0, 60.0, 1e5])
def test_victor_purpura_is_the_least_cost_of_all_edits(cost: float) -> None:
    def least_cost(model: np.ndarray, data: np.ndarray) -> float:
        costs = np.arange(data.size + 1.0)
        for number, spike in enumerate(model):
            moved = costs[:-1] + cost * np.abs(spike - data)
            costs = np.concatenate([[number + 1.0], np.minimum(costs[1:] + 1, moved)])
            for k in range(1, costs.size):
                costs[k] = min(costs[k], costs[k - 1] + 1)
        return float(costs[-1])

    np.testing.assert_allclose(_errors(VictorPurpura(cost * Hz)), _expected(least_cost), atol=1e-9)


def test_isi_distance_agrees_with_its_formula() -> None:
    expected = _expected(lambda model, data: isi_distance_by_formula(model, data, DURATION))

    np.testing.assert_allclose(_errors(METRICS["ISIDistance"]), expected, rtol=0, atol=1e-9)


def test_spike_distance_agrees_with_its_formula() -> None:
    expected = _expected(lambda model, data: spike_distance_by_formula(model, data, DURATION))

    np.testing.assert_allclose(_errors(METRICS["SPIKEDistance"]), expected, rtol=0, atol=1e-9)


def test_counts_rates_and_latencies_agree_with_numpy() -> None:
    counts = _expected(lambda model, data: abs(model.size - data.size))
    latencies = _expected(
        lambda model, data: abs(np.min(model, initial=DURATION) - np.min(data, initial=DURATION))
    )

    np.testing.assert_allclose(_errors(SpikeCount()), counts, rtol=0, atol=1e-12)
    np.testing.assert_allclose(_errors(SpikeRate(time=2.5)), counts / 2.5, rtol=0, atol=1e-12)
    np.testing.assert_allclose(_errors(METRICS["FirstSpikeLatency"]), latencies, rtol=0, atol=1e-12)


@pytest.mark.parametrize("n_simulated", [1, 3])
def test_psth_variance_agrees_with_histograms(n_simulated: int) -> None:
    width, n_bins = 30e-3, 34
    trains = [train for pair in train_pairs() for train in pair]

    def rate(set_: list[np.ndarray]) -> np.ndarray:
        places = [np.floor((train + 1e-6 * DT) / width).astype(int) for train in set_]
        return np.bincount(np.concatenate(places), minlength=n_bins) / len(set_)

    for start in range(40, 380, 5):
        model, data = trains[start : start + n_simulated], trains[start + 9 : start + 13]

        error = PSTHVariance(width, time=DURATION).calc([[model]], [data], DT)[0]

        recorded = rate(data)
        left = np.sum((recorded - rate(model)) ** 2) / np.sum((recorded - recorded.mean()) ** 2)
        assert error == pytest.approx(left, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    "metric",
    [
        *METRICS.values(),
        GammaFactor(4 * ms, time=DURATION),
        MultiWindowGamma([4, 8] * ms, time=DURATION),
        FiringPattern(),
    ],
    ids=lambda metric: type(metric).__name__,
)
def test_refuses_unsorted_trains(metric: Any) -> None:
    rising, falling = np.array([0.1, 0.3]), np.array([0.3, 0.1])

    with pytest.raises(InvalidValueError, match="must rise, but those of train 0 of `model`"):
        metric.calc([[falling]], [rising], DT)
    with pytest.raises(InvalidValueError, match="must rise, but those of train 0 of `data`"):
        metric.calc([[rising]], [falling], DT)


@pytest.mark.parametrize("name", METRICS)
def test_is_zero_for_the_same_train(name: str) -> None:
    trains = [model for model, _ in train_pairs()]

    errors = [METRICS[name].calc([[train]], [train], DT)[0] for train in trains]

    np.testing.assert_allclose(errors, 0.0, atol=1e-12)


@pytest.mark.parametrize("name", ["VanRossum", "VictorPurpura", "ISIDistance", "SPIKEDistance"])
def test_repeats_count_by_the_mean_over_their_pairs(name: str) -> None:
    metric, (model, other), (first, second_) = METRICS[name], *train_pairs()[40:42]

    error = metric.calc([[[model, other]]], [[first, second_, model]], DT)[0]

    pairs = [(m, d) for d in (first, second_, model) for m in (model, other)]
    assert error == pytest.approx(np.mean([metric.calc([[m]], [d], DT)[0] for m, d in pairs]))


def test_many_samples_in_threads_give_the_errors_of_single_ones() -> None:
    generator = np.random.default_rng(4)
    models = [np.sort(generator.uniform(0, 1, 60)) for _ in range(3000)]
    data = [np.sort(generator.uniform(0, 1, 60)) for _ in range(2)]
    metric = METRICS["VanRossum"]

    together = metric.calc([[model] for model in models], [data], DT)

    alone = [metric.calc([[model]], [data], DT)[0] for model in models[::500]]
    np.testing.assert_array_equal(together[::500], alone)


@pytest.mark.parametrize("name", ["ISIDistance", "SPIKEDistance", "FirstSpikeLatency", "SpikeRate"])
def test_durations_may_differ_between_traces(name: str) -> None:
    kind = type(METRICS[name])
    model, data = train_pairs()[50]
    model, data = model[model < 0.8], data[data < 0.8]

    error = kind(time=[1.0, 0.8] * second).calc([[model, model]], [data, data], DT)[0]

    alone = [kind(time=end).calc([[model]], [data], DT)[0] for end in (1.0, 0.8)]
    assert error == pytest.approx(np.mean(alone), rel=1e-12)


@pytest.mark.parametrize("name", ["ISIDistance", "SPIKEDistance", "PSTHVariance", "SpikeRate"])
def test_says_that_the_duration_is_not_known(name: str) -> None:
    metric = PSTHVariance(5 * ms) if name == "PSTHVariance" else type(METRICS[name])()

    with pytest.raises(InvalidValueError, match=rf"give it: {name}\(\.\.\., time="):
        metric.calc([[np.empty(0)]], [np.empty(0)], DT)


def test_errors_have_units() -> None:
    assert FirstSpikeLatency().get_dimensions(DIMENSIONLESS) == get_dimensions(ms)
    assert SpikeRate().get_dimensions(DIMENSIONLESS) == get_dimensions(Hz)
    assert FirstSpikeLatency(normalization=1 * ms).get_normalized_dimensions(
        DIMENSIONLESS
    ) == get_dimensions(1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: VanRossum(0 * ms), "`tau` must be a positive time"),
        (lambda: VictorPurpura(-1 * Hz), "`cost` must be a rate of 0 Hz or more"),
        (lambda: PSTHVariance(0 * ms), "`width` must be a positive time"),
        (lambda: ISIDistance(time=1 * ms, t_start=2 * ms), "must be later than `t_start`"),
        (lambda: SPIKEDistance(time=np.inf), "must be one finite duration"),
    ],
)
def test_refuses_arguments_without_a_meaning(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        make()


def test_refuses_bins_wider_than_the_trace() -> None:
    with pytest.raises(InvalidValueError, match="less than two bins"):
        PSTHVariance(2 * second, time=1 * second).calc([[np.empty(0)]], [np.empty(0)], DT)


def test_refuses_other_units() -> None:
    with pytest.raises(UnitMismatchError, match="cost"):
        VictorPurpura(1 * mV)


@pytest.mark.parametrize("delta", [0.5e-3, 4.1e-3, 20.3e-3])
def test_gamma_agrees_with_a_maximal_matching(delta: float) -> None:
    # A duration for which chance stays below 1 with 60 spikes in every window.
    time = 10.0

    def oracle(model: np.ndarray, data: np.ndarray) -> float:
        near = np.abs(model[:, np.newaxis] - data) <= delta
        matched = maximum_bipartite_matching(csr_array(near.astype(int)), perm_type="column")
        n_pairs = np.count_nonzero(matched >= 0)
        both = model.size + data.size
        if n_pairs == model.size == data.size:
            return 0.0
        chance = 2 * delta * data.size / time
        return float(1 - (n_pairs - chance * data.size) / (both / 2) / (1 - chance))

    errors = _errors(GammaFactor(delta, time=time, rate_correction=False))

    np.testing.assert_allclose(errors, _expected(oracle), rtol=0, atol=1e-9)


def test_gamma_takes_the_mean_over_recorded_repeats() -> None:
    model, data = np.array([0.1, 0.5]), [np.array([0.1, 0.5]), np.array([0.1, 0.7])]
    metric = GammaFactor(2 * ms, time=[1.0], rate_correction=False)

    error = metric.calc([[model]], [data], DT)[0]

    # chance = 2 * 2 spikes/s * 2 ms; one of two spikes coincides with the second repeat.
    chance = 2 * 2 * 2e-3
    assert error == pytest.approx((0 + 1 - (1 - 2 * chance) / 2 / (1 - chance)) / 2, rel=1e-9)


def _neo(*trains: np.ndarray) -> list[Any]:
    import neo

    return [neo.SpikeTrain(1e3 * train, units="ms", t_stop=1e3 * DURATION) for train in trains]


def _neo_ms() -> Any:
    import quantities

    return quantities.ms
