"""Checksums of rows: over every column, and over the row before.

A digest tells damage, not malice: whoever changes a store on purpose can compute it anew.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable

SIZE = 16  # bytes of a digest

Value = None | int | float | str | bytes
"""What a column holds."""


def digest_of(values: Iterable[Value], before: bytes = b"") -> bytes:
    """Return the digest of the columns of a row.

    Parameters
    ----------
    before
        The digest of the row before, which makes a chain: no row of it can be lost, changed or
        moved without a trace.
    """
    found = hashlib.blake2b(before, digest_size=SIZE)
    for value in values:
        kind, content = _bytes_of(value)
        found.update(kind + len(content).to_bytes(8, "little"))
        found.update(content)
    return found.digest()


def _bytes_of(value: Value) -> tuple[bytes, bytes]:
    if value is None:
        return b"n", b""
    if isinstance(value, bytes):
        return b"b", value
    if isinstance(value, str):
        return b"t", value.encode("utf-8", "surrogatepass")
    if isinstance(value, int):
        return b"i", str(value).encode("ascii")
    return b"f", struct.pack("<d", value)
