"""Files of all kinds give back what was written into them, or one clear error."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from brianfit import BrianfitError, RecordingSet, read
from brianfit.data import Recording
from tests.fuzz import nwb_files, text_files

pytestmark = pytest.mark.slow

OFTEN = settings(
    max_examples=1500,
    deadline=None,
    derandomize=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def read_quietly(path: Path, **told: object) -> RecordingSet | BrianfitError:
    """Return what is read, or the error; warnings are those that the file deserves."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return read(path, **told)  # type: ignore[arg-type]
        except BrianfitError as error:
            return error


def check_sweep(sweep: Recording, content: nwb_files.File, electrode: str) -> None:
    """Check that every value of a sweep is that of its time, of one response and its stimulus."""
    trace, current = sweep.traces["v"], sweep.inputs["I"]
    (response,) = (line for line in content.responses if abs(trace[0] - line.level) < 5e-4)
    stimulus = content.stimuli[content.responses.index(response)]
    assert response.electrode == electrode
    times = response.start + np.arange(trace.size) * sweep.dt
    is_lost = np.isin(np.arange(trace.size), response.lost)
    steps = [1.01 / 40_000 * slope * line.n_values / line.rate for line, slope in (
        (response, nwb_files.V_SLOPE), (stimulus, nwb_files.I_SLOPE))]  # fmt: skip
    assert sweep.dt == pytest.approx(1 / response.rate, rel=1e-6)
    assert trace.size >= response.n_values - 2 * max(1, response.rate / stimulus.rate)
    np.testing.assert_array_equal(np.isnan(trace), is_lost)
    np.testing.assert_allclose(trace[~is_lost], response.at(times)[~is_lost], atol=steps[0])
    slack = 0.02 / response.rate
    inside = (times >= stimulus.times[0] - slack) & (times <= stimulus.times[-1] + slack)
    reached = times < stimulus.times[-1] + 1 / stimulus.rate + slack
    np.testing.assert_allclose(current[inside], stimulus.at(times)[inside], atol=steps[1] + 1e-17)
    held = ~inside & ~(reached & (times > stimulus.times[-1]))
    np.testing.assert_array_equal(current[held], 0.0)


@OFTEN
@given(content=nwb_files.files())
def test_nwb_files_give_back_each_response_with_its_stimulus_in_time(
    tmp_path: Path, content: nwb_files.File
) -> None:
    path = nwb_files.write(tmp_path / "cell.nwb", content)

    for electrode in content.electrodes:
        found = read_quietly(path, electrode=electrode)
        if isinstance(found, BrianfitError):
            assert not content.is_clear, found
            continue
        assert len(found) == sum(line.electrode == electrode for line in content.responses)
        for sweep in found:
            check_sweep(sweep, content, electrode)
    if len(content.electrodes) > 1:
        assert isinstance(read_quietly(path), BrianfitError)


@OFTEN
@given(content=text_files.tables())
def test_tables_give_back_their_numbers_in_all_dialects(
    tmp_path: Path, content: text_files.Table
) -> None:
    path = text_files.write(tmp_path / "cell.txt", content)

    found = read_quietly(path, **content.told)

    if isinstance(found, BrianfitError):
        assert not content.is_clear, found
        return
    assert len(found) == content.n_sweeps
    for k, sweep in enumerate(found):
        assert sweep.dt == pytest.approx(content.dt, rel=1e-6)
        np.testing.assert_allclose(sweep.traces["v"], content.voltage(k), atol=content.error(1e-3))
        np.testing.assert_allclose(sweep.inputs["I"], content.current(k), atol=content.error(1e-12))
