"""The journal beside a store: whether all that was written to it can still be read.

SQLite reads a journal up to its first damaged page and passes over the rest without a word: rounds
would be missing, and nobody would know. See https://www.sqlite.org/fileformat2.html#walformat.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO, final

import numpy as np

from brianfit._foundation.errors import StoreError

_HEADER_BYTES, _FRAME_HEADER_BYTES = 32, 24
_MAGIC = {0x377F0682: "<", 0x377F0683: ">"}
_WORD = 0xFFFFFFFF
_LOOKS, _SECONDS_BETWEEN_LOOKS = 4, 0.02
_PAGE_SIZES = frozenset(2**power for power in range(9, 17))


@final
@dataclass(frozen=True, kw_only=True)
class _Frame:
    """One page of a journal.

    Attributes
    ----------
    salts
        The numbers that tell this run of the journal from earlier ones.
    """

    salts: tuple[int, int]
    checked: bytes
    checksum: tuple[int, int]


def journal_of(store: Path) -> Path:
    """Return where the journal of a store stands while there is one."""
    return store.with_name(store.name + "-wal")


def check_journal(store: Path) -> None:
    """Check that all of the journal of a store can be read.

    Raises
    ------
    StoreError
        If it cannot.
    """
    if is_damaged(store):
        raise StoreError(
            f"The journal '{journal_of(store)}' of the store is damaged: the last rounds are lost. "
            "The same call of fit with this store makes them again; brianfit.recover(damaged, new) "
            "saves the rounds before them."
        )


def is_damaged(store: Path) -> bool:
    """Return whether the journal of a store holds pages that SQLite will pass over.

    A page that is cut short at the end is none: so the kill of a process leaves it. While a fit is
    writing, a page may be half written when it is read; so a damaged one is looked at again.
    """
    for _ in range(_LOOKS):
        try:
            with journal_of(store).open("rb") as file:
                if not _has_lost_pages(file):
                    return False
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreError(
                f"The journal of the store '{store}' cannot be read: {error}"
            ) from error
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    return True


def _has_lost_pages(file: BinaryIO) -> bool:
    header = file.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES:
        return False
    magic, _, page_size, _, *salts, first, second = struct.unpack(">8I", header)
    order = _MAGIC.get(magic)
    if order is None or page_size not in _PAGE_SIZES:
        return bool(file.read(1))
    total = _checksum(header[:24], (0, 0), order)
    if total != (first, second):
        return bool(file.read(1))
    own = (salts[0], salts[1])
    for frame in _frames(file, page_size):
        if not any(mine == its for mine, its in zip(own, frame.salts, strict=True)):
            return False  # the rest is of an earlier run
        total = _checksum(frame.checked, total, order)
        if frame.salts != own or total != frame.checksum:
            return True
    return False


def _frames(file: BinaryIO, page_size: int) -> Iterator[_Frame]:
    while True:
        content = file.read(_FRAME_HEADER_BYTES + page_size)
        if len(content) < _FRAME_HEADER_BYTES + page_size:
            return
        numbers = struct.unpack(">6I", content[:_FRAME_HEADER_BYTES])
        yield _Frame(
            salts=(numbers[2], numbers[3]),
            checked=content[:8] + content[_FRAME_HEADER_BYTES:],
            checksum=(numbers[4], numbers[5]),
        )


def _checksum(content: bytes, before: tuple[int, int], order: str) -> tuple[int, int]:
    """Return the checksum of a journal; bytes come in words of 32 bits.

    Word by word it is ``s1 += even + s2; s2 += odd + s1``, a linear map whose powers hold Fibonacci
    numbers; all words of a page are taken at once.
    """
    words = np.frombuffer(content, f"{order}u4").astype(np.uint64)
    even, odd = words[::2], words[1::2]
    powers = _powers(even.size)
    small, middle, large = powers[-2::-1].T
    both = (even + odd) & _WORD
    own = ((small * even + middle * both) & _WORD, (middle * even + large * both) & _WORD)
    last = powers[-1].tolist()
    return (
        (last[0] * before[0] + last[1] * before[1] + int(own[0].sum())) & _WORD,
        (last[1] * before[0] + last[2] * before[1] + int(own[1].sum())) & _WORD,
    )


@cache
def _powers(count: int) -> np.ndarray:
    """Return the entries (1, 1), (1, 2), (2, 2) of the powers 0 to `count` of ((1, 1), (1, 2))."""
    rows = [(1, 0, 1)]
    for _ in range(count):
        small, middle, large = rows[-1]
        rows.append(
            ((small + middle) & _WORD, (small + 2 * middle) & _WORD, (middle + 2 * large) & _WORD)
        )
    return np.array(rows, np.uint64)
