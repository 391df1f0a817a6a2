"""Batches of samplers in a file, so that a run that was stopped goes on as if it had not been.

========  =====================================================================================
table     holds
========  =====================================================================================
runs      a posterior each: what was sampled and how, as JSON by field
batches   a batch each: which sampler, which number, whether it is the last, numbers about it
arrays    the arrays of a batch in npy form; of all batches the draws, of the last one the state
========  =====================================================================================

Every row has a digest over all its columns.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, final, runtime_checkable

import numpy as np

from brianfit._foundation.errors import StoreError
from brianfit._foundation.store_file.digests import digest_of
from brianfit._foundation.strangers.limits import STORE_VALUE_BYTES
from brianfit.results.store.arrays import array_of, npy
from brianfit.results.store.database import check_file, clear_errors, transaction
from brianfit.results.store.lock import StoreLock
from brianfit.sampling import Batch, Draws

_APPLICATION_ID = 0x62726670  # "brfp"
_STATE, _DRAWS = "state ", "draws "

_TABLES = (
    """CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY, fields TEXT NOT NULL, digest BLOB NOT NULL
)""",
    """CREATE TABLE IF NOT EXISTS batches (
    run INTEGER NOT NULL, stage TEXT NOT NULL, number INTEGER NOT NULL, is_last INTEGER NOT NULL,
    notes TEXT NOT NULL, names TEXT NOT NULL, digest BLOB NOT NULL,
    PRIMARY KEY (run, stage, number)
)""",
    """CREATE TABLE IF NOT EXISTS arrays (
    run INTEGER NOT NULL, stage TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL,
    npy BLOB NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (run, stage, number, name)
)""",
)


@runtime_checkable
class Ledger(Protocol):
    """Keeps the batches of the samplers of one posterior."""

    def past(self, stage: str) -> Sequence[Batch]:
        """Return the batches of a sampler that are known already; the last one has its state."""
        ...

    def keep(self, stage: str, batch: Batch) -> None:
        """Keep the next batch of a sampler."""
        ...


@final
class NoLedger:
    """Keeps nothing."""

    def past(self, stage: str) -> Sequence[Batch]:
        """Return no batches."""
        return ()

    def keep(self, stage: str, batch: Batch) -> None:
        """Let the batch go."""


@contextmanager
def ledger_in(path: Any, fields: Mapping[str, Any]) -> Iterator[Ledger]:
    """Open a file for the posterior that is told by `fields`; another one begins a new run in it.

    Parameters
    ----------
    path
        None: nothing is kept.
    fields
        What is sampled, and how, as JSON can hold it.

    Raises
    ------
    StoreError
        If the file is none of posteriors, is in use, or cannot be written.
    """
    if path is None:
        yield NoLedger()
        return
    place = Path(path)
    check_file(place)
    lock = StoreLock(place)
    try:
        connection = _opened(place)
        try:
            yield _FileLedger(connection, place, fields)
        finally:
            connection.close()
    finally:
        lock.release()


def _opened(path: Path) -> sqlite3.Connection:
    with clear_errors(path, "open"):
        connection = sqlite3.connect(path, isolation_level=None, timeout=10.0)
    try:
        with clear_errors(path, "open"):
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, STORE_VALUE_BYTES.value)
            connection.execute("PRAGMA trusted_schema = OFF")
            identity = connection.execute("PRAGMA application_id").fetchone()[0]
            is_new = connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None
            if not is_new and identity != _APPLICATION_ID:
                raise StoreError(
                    f"The file '{path}' holds no posteriors, but fits or something else: name "
                    "another file as `store`."
                )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            with transaction(connection):
                connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                for table in _TABLES:
                    connection.execute(table)
    except BaseException:
        connection.close()
        raise
    return connection


@final
class _FileLedger:
    """One run of a file."""

    def __init__(
        self, connection: sqlite3.Connection, path: Path, fields: Mapping[str, Any]
    ) -> None:
        self._connection = connection
        self._path = path
        self._run = self._run_of(json.dumps(fields, sort_keys=True, allow_nan=False))

    def past(self, stage: str) -> Sequence[Batch]:
        """Return the batches of a sampler; all but the last one without their state."""
        columns = "run, stage, number, is_last, notes, names"
        batches = []
        with clear_errors(self._path, "read"):
            rows = self._connection.execute(
                f"SELECT {columns}, digest FROM batches WHERE run = ? AND stage = ? "
                "ORDER BY number",
                (self._run, stage),
            ).fetchall()
        for count, (*row, digest) in enumerate(rows):
            if row[2] != count or digest_of(row) != digest:
                raise self._damaged()
            is_newest = count == len(rows) - 1
            batches.append(self._batch(row, with_state=is_newest))
        return batches

    def keep(self, stage: str, batch: Batch) -> None:
        """Write the next batch; the state of the one before is no longer needed."""
        arrays = {f"{_STATE}{name}": np.asarray(value) for name, value in batch.state.items()}
        for name in ("points", "log_likelihood", "log_weights"):
            value = getattr(batch.draws, name)
            if value is not None:
                arrays[f"{_DRAWS}{name}"] = value
        with clear_errors(self._path, "write to"), transaction(self._connection):
            number = self._connection.execute(
                "SELECT count(*) FROM batches WHERE run = ? AND stage = ?", (self._run, stage)
            ).fetchone()[0]
            place = (self._run, stage, number)
            notes = json.dumps(dict(batch.notes))
            names = json.dumps({name: value.ndim for name, value in arrays.items()})
            row = (*place, int(batch.is_last), notes, names)
            self._connection.execute(
                "INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, digest_of(row))
            )
            for name, value in arrays.items():
                entry = (*place, name, npy(value))
                self._connection.execute(
                    "INSERT INTO arrays VALUES (?, ?, ?, ?, ?, ?)", (*entry, digest_of(entry))
                )
            self._connection.execute(
                "DELETE FROM arrays WHERE run = ? AND stage = ? AND number < ? "
                f"AND name LIKE '{_STATE}%'",
                place,
            )

    def _run_of(self, fields: str) -> int:
        """Return the number of the run with these fields; a new one if there is none."""
        with clear_errors(self._path, "read"):
            rows = self._connection.execute("SELECT number, fields, digest FROM runs").fetchall()
        for number, known, digest in rows:
            if digest_of([number, known]) != digest:
                raise self._damaged()
            if known == fields:
                return int(number)
        added = len(rows)
        with clear_errors(self._path, "write to"), transaction(self._connection):
            self._connection.execute(
                "INSERT INTO runs VALUES (?, ?, ?)", (added, fields, digest_of([added, fields]))
            )
        return added

    def _batch(self, row: Sequence[Any], *, with_state: bool) -> Batch:
        *place, is_last, notes, names = row
        arrays = {
            name: self._array(place, name, n_axes)
            for name, n_axes in json.loads(names).items()
            if with_state or name.startswith(_DRAWS)
        }
        draws = {
            name.removeprefix(_DRAWS): value
            for name, value in arrays.items()
            if name.startswith(_DRAWS)
        }
        state = {
            name.removeprefix(_STATE): value
            for name, value in arrays.items()
            if name.startswith(_STATE)
        }
        return Batch(
            state=state, draws=Draws(**draws), is_last=bool(is_last), notes=json.loads(notes)
        )

    def _array(self, place: Sequence[Any], name: str, n_axes: int) -> np.ndarray:
        with clear_errors(self._path, "read"):
            row = self._connection.execute(
                "SELECT npy, digest FROM arrays WHERE run = ? AND stage = ? AND number = ? "
                "AND name = ?",
                (*place, name),
            ).fetchone()
        if row is None or digest_of([*place, name, row[0]]) != row[1]:
            raise self._damaged()
        array = array_of(row[0])
        return array.reshape(()) if n_axes == 0 else array  # npy form knows no single number

    def _damaged(self) -> StoreError:
        return StoreError(
            f"The posterior in '{self._path}' is damaged. Remove the file, or name another one as "
            "`store`; the same seed gives the same draws."
        )
