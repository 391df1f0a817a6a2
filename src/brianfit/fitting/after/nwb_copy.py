"""Write a fit into a copy of the NWB file that was fitted."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import numpy as np

from brianfit._foundation.arguments import check_instance, checked
from brianfit._foundation.errors import InvalidValueError, UnreadableFileError
from brianfit._foundation.types import TimeLike
from brianfit._foundation.units import SECOND, scalar_si
from brianfit.data import Recording, RecordingSet
from brianfit.data.readers import Samples
from brianfit.data.readers.listing import responses_of
from brianfit.fitting.after.predict import predict
from brianfit.results import FitResult
from brianfit.results.nwb_module import add_fit

MODULE = "brianfit"
"""Name of the processing module unless told."""


@checked
def write_nwb(
    result: FitResult,
    path: str | Path,
    source: str | Path,
    recordings: RecordingSet | None = None,
    *,
    held_out: Collection[int] = (),
    starts: Sequence[TimeLike] | None = None,
    module: str = MODULE,
) -> Path:
    """Write a copy of an NWB file with a fit to it as a processing module.

    The module holds the simulated traces (``v_0``, ``v_1``, ... by sweep), a table of the simulated
    spikes, the parameters and the settings of the fit. Times are those of the file.

    Parameters
    ----------
    path
        Of the copy; a file that is there is replaced.
    source
        The NWB file that was read.
    recordings, held_out
        As for `predict`.
    starts
        When each sweep begins, on the clock of the file; found by its name and its values unless
        told.
    module
        Name of the processing module.

    Returns
    -------
    Path
        Of the copy.

    Raises
    ------
    UnreadableFileError
        If `source` is no file of NWB 2, or has a module of this name, or the copy cannot be
        written.
    InvalidValueError
        If the fit has no best sample, or it is not clear when a sweep began.
    """
    import h5py

    check_instance("result", result, FitResult, "the result of a fit")
    path, source = Path(path), Path(source)
    if path.resolve() == source.resolve():
        raise InvalidValueError(f"The copy must be another file than {source}.")
    prediction = predict(result, recordings, held_out=held_out)
    known = _given(starts, len(prediction.recordings)) or _found(source, prediction.recordings)
    draft = path.with_name(path.name + ".part")
    try:
        shutil.copyfile(source, draft)
        draft.chmod(0o644)  # the source may be protected
        with h5py.File(draft, "r+") as file:
            add_fit(file, result, prediction, known, module=module)
        draft.replace(path)
    except OSError as error:
        if isinstance(error, UnreadableFileError):
            raise
        raise UnreadableFileError(f"{path} cannot be written: {error}") from error
    finally:
        draft.unlink(missing_ok=True)
    return path


def _given(starts: Sequence[TimeLike] | None, n_sweeps: int) -> list[float]:
    if starts is None:
        return []
    if len(starts) != n_sweeps:
        raise InvalidValueError(
            f"`starts` must have a time for each of the {n_sweeps} sweeps, but has {len(starts)}."
        )
    return [scalar_si("starts", start, SECOND) for start in starts]


def _found(source: Path, recordings: RecordingSet) -> list[float]:
    """Return when sweeps began on the clock of their file."""
    responses = responses_of(source)
    prefix = f"{source.name} "  # where several files were read together
    starts: list[float] = []
    for recording in recordings:
        label = recording.label.removeprefix(prefix)
        same = [signal.source.read([signal.key])[0] for name, signal in responses if name == label]
        found = {start for samples in same for start in _cut_from(recording, samples)}
        if not found:  # filtered, or something else was changed
            found = {samples.start for samples in same if _is_as_long(recording, samples)}
        if len(found) != 1:
            what = "nothing" if not found else f"{len(found)} places"
            raise InvalidValueError(
                f"When the sweep '{recording.label}' began is not clear: {what} in {source.name} "
                "may be what was fitted. Name the file that was read, or give `starts`, a time for "
                "every sweep."
            )
        starts += found
    return starts


def _cut_from(recording: Recording, whole: Samples) -> Iterator[float]:
    """Yield the times [s] from which on a response holds the values of a recording.

    A constant may have been added to them.
    """
    response, dt = whole.values, whole.dt
    own = next(iter(recording.traces.values()), np.zeros(0))
    if own.size > 1 and abs(recording.dt / dt - 1) < 1e-6 and own.size <= response.size:
        steps, theirs = np.diff(own), np.diff(response)
        allowed = 1e-9 * max(float(np.ptp(response[np.isfinite(response)])), 1e-30)
        probe = int(np.argmax(np.where(np.isfinite(steps), np.abs(steps), -1.0)))
        last = theirs.size - steps.size
        near = np.abs(theirs[probe : probe + last + 1] - steps[probe]) <= allowed
        for first in np.flatnonzero(near).tolist():
            part = theirs[first : first + steps.size]
            if np.allclose(part, steps, rtol=0, atol=allowed, equal_nan=True):
                yield whole.start + first * dt


def _is_as_long(recording: Recording, whole: Samples) -> bool:
    longest = 1.5 * max(whole.dt, recording.dt)
    return abs(recording.duration - whole.values.size * whole.dt) < longest


__all__ = ["write_nwb"]
