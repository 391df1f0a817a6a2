"""Numbers and texts at places of a binary header."""

from __future__ import annotations

import struct
from mmap import mmap
from typing import Any, final

Content = bytes | mmap
"""A file, or a part of one, in memory or on disk."""


@final
class Fields:
    """The bytes of a header, little endian."""

    def __init__(self, content: Content) -> None:
        self._content = content

    def has(self, length: int) -> bool:
        """Return whether the header has so many bytes."""
        return len(self._content) >= length

    def one(self, kind: str, place: int) -> Any:
        """Return one number; `kind` is a letter of `struct`.

        Raises
        ------
        struct.error
            If the header ends before it.
        """
        return struct.unpack_from(f"<{kind}", self._content, place)[0]

    def many(self, kind: str, place: int, count: int) -> tuple[Any, ...]:
        """Return `count` numbers of a kind."""
        return struct.unpack_from(f"<{count}{kind}", self._content, place)

    def text(self, place: int, length: int) -> str:
        """Return a text of fixed length, without what fills it up."""
        return clean(self.bytes(place, length))

    def texts(self, place: int, length: int, count: int) -> list[str]:
        """Return texts of fixed length that follow one another."""
        return [self.text(place + k * length, length) for k in range(count)]

    def bytes(self, place: int, length: int) -> bytes:
        """Return bytes as they are."""
        return bytes(self._content[place : place + length])


def clean(raw: bytes) -> str:
    """Return a text of the code page of Windows up to its end mark."""
    return raw.partition(b"\0")[0].decode("cp1252", errors="replace").strip()
