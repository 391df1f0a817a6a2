"""Settings of stimuli, what information is worth, and protocols as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from brian2 import Hz, ms, nA

from brianfit import Design, OrnsteinUhlenbeck, Ramp, RecordingSet, Sine, Steps
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.units import DIMENSIONLESS
from brianfit.data import AbstractStimulus
from brianfit.experiment import RankedStimulus
from brianfit.experiment.settings import Protocol, changed, free_settings
from brianfit.experiment.worth import Worth
from brianfit.model import ParameterSpace

NOISE = OrnsteinUhlenbeck(0.1 * nA, 0.05 * nA, tau=5 * ms, seed=1)
STIMULI = (
    Steps([0.1, 0.2] * nA, start=2 * ms, stop=8 * ms),
    Ramp(0 * nA, 0.3 * nA, start=1 * ms, stop=9 * ms),
    Sine(0.1 * nA, frequency=100 * Hz, start=0 * ms, stop=10 * ms),
    NOISE,
)
PROTOCOL = Protocol(input="I", low=-1e-10, high=2e-10, dt=1e-4, duration=0.01, n_sweeps=3)


def fitted() -> RecordingSet:
    """Recordings of a fit, whose names a protocol has."""
    return RecordingSet.from_arrays(
        dt=0.1 * ms, inputs={"I": np.zeros((1, 9)) * nA}, traces={"v": np.zeros((1, 9))}
    )


def design_of(stimulus: AbstractStimulus, after: float) -> Design:
    """Return a design of one stimulus that leaves this deviation of g, from 20 %."""
    ranked = RankedStimulus(stimulus=stimulus, deviations={"g": after}, loss=0.0)
    return Design(
        ranked=(ranked,), before={"g": 0.2}, wanted=("g",), protocol=PROTOCOL, like=fitted()
    )


@pytest.mark.parametrize("stimulus", STIMULI, ids=lambda one: type(one).__name__)
def test_settings_make_the_stimulus_again(stimulus: AbstractStimulus) -> None:
    again = stimulus.with_settings(stimulus.settings)

    assert str(again) == str(stimulus)
    assert again.n_sweeps == stimulus.n_sweeps


@pytest.mark.parametrize("stimulus", STIMULI, ids=lambda one: type(one).__name__)
def test_changed_settings_stay_within_their_ranges(stimulus: AbstractStimulus) -> None:
    settings = free_settings(stimulus, PROTOCOL)

    ends = [changed(stimulus, settings, np.full(len(settings), place)) for place in (0.0, 1.0)]

    assert len(settings) >= 2
    for end, bound in zip(ends, ("low", "high"), strict=True):
        for setting in settings:
            # Settings have two digits.
            assert end.settings[setting.name] == pytest.approx(getattr(setting, bound), rel=0.05)


def test_waveforms_are_cut_off_at_the_limits() -> None:
    sweeps = PROTOCOL.sweeps(Steps([-1, 1, 9] * nA, start=2 * ms, stop=8 * ms), most=3)

    assert [float(sweep.min()) for sweep in sweeps] == [-1e-10, 0.0, 0.0]
    assert [float(sweep.max()) for sweep in sweeps] == [0.0, 2e-10, 2e-10]


def test_information_adds_to_what_bounds_and_recordings_say() -> None:
    space = ParameterSpace(
        names=("g", "offset"),
        dimensions=(DIMENSIONLESS, DIMENSIONLESS),
        low=np.array([1.0, -2.0]),
        high=np.array([4.0, 2.0]),
        is_log=np.array([True, False]),
        is_integer=np.zeros(2, dtype=bool),
        starts=np.empty((0, 2)),
    )
    worth = Worth(
        space=space,
        information=np.diag([0.25, 0.0]),
        points=np.array([[2.0, 0.5]]),
        wanted=np.array([0]),
        weights=np.ones(1),
        by_volume=False,
    )

    after = worth.deviations(np.diag([0.5, 100.0])[np.newaxis])

    # The box: var(log g) = log(4)^2/12, var(offset)/0.5^2 = 4^2/12/0.25; information scales by the
    # value squared, 4 and 0.25.
    box = [12 / np.log(4) ** 2, 12 * 0.25 / 16]
    np.testing.assert_allclose(worth.before, [(box[0] + 1) ** -0.5, box[1] ** -0.5])
    np.testing.assert_allclose(after, [(box[0] + 3) ** -0.5, (box[1] + 25) ** -0.5])
    assert worth.loss(np.diag([0.5, 100.0])[np.newaxis]) == pytest.approx(np.log(after[0]))


def test_what_a_stimulus_does_is_said_to_the_person_at_the_rig() -> None:
    assert (
        design_of(NOISE, 0.1)
        .sentences[0]
        .startswith(
            "30 ms of Ornstein-Uhlenbeck noise of 100 pA with deviation 50 pA, time constant 5 ms, "
            "seed 1 halves the error of g, from 20 % to 10 %"
        )
    )


@pytest.mark.parametrize("ending", ["csv", "atf"])
def test_a_protocol_is_read_back_as_it_was_written(ending: str, tmp_path: Path) -> None:
    found = design_of(NOISE, 0.1)

    path = found.write(tmp_path / f"protocol.{ending}")

    table = np.genfromtxt(
        path, delimiter="," if ending == "csv" else "\t", skip_header=1 if ending == "csv" else 7
    )
    scale = 1.0 if ending == "csv" else 1e-12
    expected = np.array([sweep.inputs["I"] for sweep in found.recordings()])
    np.testing.assert_allclose(table[:, 1:].T * scale, expected, rtol=1e-8, atol=1e-20)
    np.testing.assert_allclose(table[:, 0], np.arange(100) * 1e-4, atol=1e-12)
    assert expected.shape == (3, 100)


def test_an_axon_file_says_what_it_is(tmp_path: Path) -> None:
    lines = design_of(NOISE, 0.1).write(tmp_path / "protocol.atf").read_text().splitlines()

    n_records, n_columns = map(int, lines[1].split("\t"))
    assert lines[0] == "ATF\t1.0"
    assert (n_records, n_columns) == (4, 4)
    assert lines[2 + n_records].split("\t")[-1] == '"Trace #3 (pA)"'


@pytest.mark.needs_package("pynwb")
def test_a_protocol_is_a_stimulus_of_neurodata(tmp_path: Path) -> None:
    from pynwb import NWBHDF5IO

    found = design_of(STIMULI[0], 0.1)

    path = found.write(tmp_path / "protocol.nwb")

    with NWBHDF5IO(str(path), "r") as file:
        stimuli = file.read().stimulus
        assert sorted(stimuli) == ["stimulus 000", "stimulus 001", "stimulus 002"]
        first = stimuli["stimulus 000"]
        assert float(np.max(first.data[:]) * first.conversion) == pytest.approx(0.1e-9)
        assert first.rate == pytest.approx(1e4)


def test_other_endings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="written as .csv, .atf, .nwb"):
        design_of(NOISE, 0.1).write(tmp_path / "protocol.xls")
