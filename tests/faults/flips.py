"""Flip bits of stores: ``python -m tests.faults.flips [flips]``.

One bit of a store, or of its journal, is flipped; then the store is read, and a fit goes on with
it. It must be refused, or tell all that it told before, and the fit must end with the numbers of
one that nobody disturbed. Prints how often which was so.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from brianfit._foundation.errors import StoreError
from brianfit._foundation.plain import to_plain
from brianfit.results import FitResult, load
from brianfit.results.store.arrays import array_name
from tests.faults.cell import assert_same_numbers, fit

JOURNAL = "-wal"


def content_of(store: Path) -> list[Any]:
    """Return all that a store tells, in a form that can be compared."""
    return [_plain(result) for result in load(store).results]


def _plain(result: FitResult) -> Any:
    known = {field.name: getattr(result, field.name) for field in fields(result)}
    return to_plain(known, array_name)


def closed_and_killed(folder: Path) -> tuple[Path, Path]:
    """Return a store that was closed, and one beside which a journal was left by a kill."""
    closed, killed = folder / "closed.fit", folder / "killed.fit"
    fit(closed, n_rounds=6)

    def copy_as_a_kill_leaves_it(*arguments: Any) -> None:
        if arguments[4] == 5:
            for end in ("", JOURNAL):
                shutil.copy(folder / f"open.fit{end}", f"{killed}{end}")

    fit(folder / "open.fit", n_rounds=6, callback=copy_as_a_kill_leaves_it)
    return closed, killed


def flip_and_read(folder: Path, generator: np.random.Generator, n_flips: int) -> Counter[str]:
    """Flip one bit at a time; return how often a store was refused, or told the same as before.

    Raises
    ------
    AssertionError
        If a store told something else without a word.
    """
    stores = closed_and_killed(folder)
    expected = [content_of(_copy(store, folder)) for store in stores]
    undisturbed = fit(n_rounds=7)
    outcomes: Counter[str] = Counter()
    for _ in range(n_flips):
        number = int(generator.integers(2))
        copy = _copy(stores[number], folder)
        files = [path for path in (copy, Path(f"{copy}{JOURNAL}")) if path.exists()]
        file = files[int(generator.integers(len(files)))]
        content = bytearray(file.read_bytes())
        place = int(generator.integers(len(content)))
        content[place] ^= 1 << int(generator.integers(8))
        file.write_bytes(content)
        outcomes[_read(copy, expected[number])] += 1
        outcomes[_go_on(copy, undisturbed)] += 1
    return outcomes


def _read(store: Path, expected: Any) -> str:
    try:
        found = content_of(store)
    except StoreError:
        return "refused"
    assert found == expected, "a store told something else"
    return "told the same"


def _go_on(store: Path, expected: FitResult) -> str:
    try:
        found = fit(store, n_rounds=expected.history.n_rounds)
    except StoreError:
        return "not gone on with"
    assert_same_numbers(found, expected)
    return "went on to the same"


def _copy(store: Path, folder: Path) -> Path:
    copy = folder / "copy.fit"
    for end in ("", JOURNAL, "-shm"):
        Path(f"{copy}{end}").unlink(missing_ok=True)
        if Path(f"{store}{end}").exists():
            shutil.copy(f"{store}{end}", f"{copy}{end}")
    return copy


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("flips", type=int, nargs="?", default=1000)
    wanted = parser.parse_args().flips
    with tempfile.TemporaryDirectory() as place_of_all:
        counted = flip_and_read(Path(place_of_all), np.random.default_rng(1), wanted)
    print(f"{wanted} flipped bits: {dict(counted)}")  # noqa: T201 - a figure
