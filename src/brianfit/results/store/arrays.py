"""Arrays in npy form, and back: without code, without pickle, never longer than the bytes there."""

from __future__ import annotations

import hashlib
import io
import math
import sqlite3
from typing import Any

import numpy as np

from brianfit._foundation.errors import StoreError
from brianfit._foundation.plain import GetArray, KeepArray
from brianfit._foundation.store_file.npy_form import BEGINNING, end_of_header, form_of
from brianfit.results.store.database import Database

_npy_form: Any = np.lib.format  # its functions have no types


def npy(array: np.ndarray) -> bytes:
    """Return an array in npy form."""
    file = io.BytesIO()
    _npy_form.write_array(file, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
    return file.getvalue()


def array_of(blob: Any) -> np.ndarray:
    """Return the array of an npy form; it cannot be written to.

    Raises
    ------
    StoreError
        If it is none, or holds objects.
    """
    if not isinstance(blob, bytes) or not blob.startswith(BEGINNING):
        raise StoreError("An array of the store cannot be read: it is not in npy form.")
    end = end_of_header(blob)
    try:
        dtype, shape = form_of(blob[10:end])
    except (TypeError, ValueError) as error:
        raise StoreError(f"An array of the store cannot be read: {error}.") from error
    if math.prod(shape) * dtype.itemsize != len(blob) - end:
        raise StoreError("An array of the store cannot be read: its length is another.")
    return np.frombuffer(blob, dtype, offset=end).reshape(shape)


def array_name(array: np.ndarray) -> str:
    """Return the name of an array: a hash of its content."""
    described = f"{array.dtype.str}{array.shape}".encode()
    return hashlib.sha256(described + np.ascontiguousarray(array).tobytes()).hexdigest()


def keep_in(connection: sqlite3.Connection) -> KeepArray:
    """Return a function that keeps arrays in a database."""

    def keep(array: np.ndarray) -> str:
        name = array_name(array)
        connection.execute("INSERT OR IGNORE INTO arrays VALUES (?, ?)", (name, npy(array)))
        return name

    return keep


def get_from(database: Database) -> GetArray:
    """Return a function that finds arrays in a store; each is read once."""
    known: dict[str, np.ndarray] = {}

    def get(name: str) -> np.ndarray:
        if name not in known:
            known[name] = _checked_array(database, name)
        return known[name]

    return get


def _checked_array(database: Database, name: str) -> np.ndarray:
    row = next(database.rows("SELECT npy FROM arrays WHERE name = ?", (name,)), None)
    if row is None:
        raise StoreError(f"An array is missing in the store '{database.path}'.")
    array = array_of(row[0])
    if array_name(array) != name:
        raise StoreError(f"An array of the store '{database.path}' is damaged.")
    return array
