"""Fits in files: one SQLite database each, written after every round, without pickle."""

from brianfit.results.store.check import StoreCheck, check_store
from brianfit.results.store.copying import merge, recover
from brianfit.results.store.reading import Store, StoredFit, load, load_problems
from brianfit.results.store.rows import StoredRound
from brianfit.results.store.set_aside import set_aside
from brianfit.results.store.writing import StoreWriter, open_store

__all__ = [
    "Store",
    "StoreCheck",
    "StoreWriter",
    "StoredFit",
    "StoredRound",
    "check_store",
    "load",
    "load_problems",
    "merge",
    "open_store",
    "recover",
    "set_aside",
]
