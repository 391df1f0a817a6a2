"""The tables of a store, in every version that is read.

========  ======================================================================================
table     holds
========  ======================================================================================
about     key and value: when and by what the file was made, who writes to it now
arrays    arrays in npy form, by name (a hash of their content)
fits      a fit each: the problem and the summary of the result, as JSON (see `_foundation/plain`)
rounds    a round each: what asked for it, samples and errors in npy form
heads     how many rounds each fit has, and the digest of the last one
========  ======================================================================================

Every row has a digest over all its columns (see `digests`). That of a round covers the round before
too; the first one begins with the digest of the problem. So nothing can be changed, moved or lost
without a trace.

The version of the layout is SQLite's ``user_version``; ``application_id`` tells the file apart
from other databases. Version 1 had no digests, but a checksum of the blobs of a round.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

VERSION = 2
"""Version of the layout that this code writes; older ones are read as well."""

APPLICATION_ID = 0x62726669
"""Marks a database as a store: "brfi"."""

_OLD_TABLES: Mapping[str, str] = {
    "about": "CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "arrays": "CREATE TABLE arrays (name TEXT PRIMARY KEY, npy BLOB NOT NULL)",
    "fits": "CREATE TABLE fits (number INTEGER PRIMARY KEY, problem TEXT NOT NULL, "
    "summary TEXT NOT NULL)",
    "rounds": """CREATE TABLE rounds (
    fit INTEGER NOT NULL,
    number INTEGER NOT NULL,
    iteration INTEGER NOT NULL,
    seconds REAL NOT NULL,
    samples BLOB NOT NULL,
    trace_errors BLOB,
    part_errors BLOB,
    answers BLOB,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (fit, number)
)""",
}

_TABLES: Mapping[str, str] = {
    "about": "CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL, "
    "digest BLOB NOT NULL) WITHOUT ROWID",
    "arrays": _OLD_TABLES["arrays"],
    "fits": """CREATE TABLE fits (
    number INTEGER PRIMARY KEY,
    problem TEXT NOT NULL,
    problem_digest BLOB NOT NULL,
    summary TEXT NOT NULL,
    summary_digest BLOB NOT NULL
)""",
    "rounds": """CREATE TABLE rounds (
    fit INTEGER NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL DEFAULT 'search',
    iteration INTEGER NOT NULL,
    seconds REAL NOT NULL,
    samples BLOB NOT NULL,
    trace_errors BLOB,
    part_errors BLOB,
    answers BLOB,
    digest BLOB NOT NULL,
    PRIMARY KEY (fit, number)
)""",
    "heads": "CREATE TABLE heads (fit INTEGER PRIMARY KEY, n_rounds INTEGER NOT NULL, "
    "digest BLOB NOT NULL)",
}

LAYOUTS: Mapping[int, Mapping[str, str]] = {1: _OLD_TABLES, VERSION: _TABLES}
"""The definition of every table, by version; a store has these tables and nothing else."""


def make_layout(connection: sqlite3.Connection) -> None:
    """Make the tables that a store lacks; to be called within a transaction."""
    known = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    for name, definition in _TABLES.items():
        if name not in known:
            connection.execute(definition)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def problem_of_layout(connection: sqlite3.Connection, version: int) -> str | None:
    """Return what is not as a store of a version has it, in words; None if all is.

    Whatever else a database can hold (views, triggers, virtual tables, computed columns) would be
    run by reading it.
    """
    known = LAYOUTS[version]
    found = connection.execute(
        "SELECT type, name, tbl_name, length(sql), CASE WHEN length(sql) < 2000 THEN sql END "
        "FROM sqlite_master LIMIT 40"
    ).fetchall()
    tables = set()
    for kind, name, table, length, definition in found:
        if kind == "index" and length is None and table in known:
            continue
        if kind != "table" or known.get(name) != definition:
            return f"its {str(kind)[:20]} {str(name)[:40]!r} is none of a store"
        tables.add(name)
    missing = [name for name in known if name not in tables]
    return f"the table {missing[0]!r} is missing" if missing else None
