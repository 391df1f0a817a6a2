"""Turn a store of an older version into one of today."""

from __future__ import annotations

import dataclasses

from brianfit._foundation.store_file import layout
from brianfit.results.store.database import Database, clear_errors, transaction
from brianfit.results.store.fits import (
    append_rounds,
    insert_fit,
    number_of_fits,
    sign,
    texts_of,
    whole_texts_of,
)
from brianfit.results.store.rows import checked_contents


def upgraded(database: Database) -> Database:
    """Return a store in the layout of today; an older one is rewritten, all of it or nothing.

    Raises
    ------
    StoreError
        If it is damaged or cannot be written.
    """
    if database.version == layout.VERSION:
        return database
    with clear_errors(database.path, "bring up to date"), transaction(database.connection):
        _rewrite(database)
    return dataclasses.replace(database, version=layout.VERSION)


def _rewrite(database: Database) -> None:
    connection = database.connection
    about = connection.execute("SELECT key, value FROM about").fetchall()
    fits = []
    for number in range(number_of_fits(database)):
        start = texts_of(database, number).start
        rounds = list(checked_contents(database, number, start))
        fits.append((*whole_texts_of(database, number), rounds))
    for name in layout.LAYOUTS[database.version]:
        if name != "arrays":
            connection.execute(f"DROP TABLE {name}")
    layout.make_layout(connection)
    sign(connection, [*about, ("upgraded", f"from version {database.version}")])
    for number, (problem, summary, rounds) in enumerate(fits):
        insert_fit(connection, number, problem, summary)
        append_rounds(connection, number, rounds)
