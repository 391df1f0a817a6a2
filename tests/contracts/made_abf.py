"""Axon binary files of both versions, made for tests from the places that the format gives."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import final

import numpy as np

_BLOCK = 512
_COUNTS = 32768
_RANGE = 10.0


@final
@dataclass(frozen=True, kw_only=True)
class MadeChannel:
    """A recorded channel; values in its unit, one row per sweep (rows may differ in length)."""

    name: str
    unit: str
    values: Sequence[np.ndarray]


@final
@dataclass(frozen=True, kw_only=True)
class MadeOutput:
    """A commanded channel; epochs are (shape, level, step, duration, step, period, width)."""

    name: str
    unit: str
    holding: float = 0.0
    source: int = 1
    keeps_last_level: bool = False
    epochs: Sequence[tuple[int, float, float, int, int, int, int]] = ()
    file: str = ""
    file_scale: float = 1.0
    file_offset: float = 0.0
    user_list: tuple[int, str] | None = None


@final
@dataclass(frozen=True, kw_only=True)
class MadeFile:
    """What an Axon file holds."""

    channels: Sequence[MadeChannel]
    outputs: Sequence[MadeOutput] = ()
    step_us: float = 100.0
    mode: int = 5
    alternates: bool = False
    lists_sweeps: bool = False
    extra: dict[str, int] = field(default_factory=dict)


def write_abf2(path: Path, made: MadeFile) -> Path:
    """Write a file of version 2."""
    texts: list[str] = []

    def text(words: str) -> int:
        texts.append(words)
        return len(texts)

    protocol = bytearray(_BLOCK)
    for kind, place, value in (
        ("h", 0, made.mode), ("f", 2, made.step_us), ("f", 14, made.step_us),
        ("f", 110, _RANGE), ("i", 118, _COUNTS), ("h", 182, int(made.alternates)),
    ):  # fmt: skip
        struct.pack_into(f"<{kind}", protocol, place, value)
    channels, gains = bytearray(), []
    for number, channel in enumerate(made.channels):
        largest = max(float(np.abs(row).max(initial=1e-9)) for row in channel.values)
        scale = _RANGE * 0.9 / largest  # volts per unit
        gains.append(_RANGE / _COUNTS / scale)
        entry = bytearray(128)
        for kind, place, value in (
            ("h", 0, number), ("f", 28, 1.0), ("f", 40, scale), ("f", 48, 1.0),
            ("i", 74, text(channel.name)), ("i", 78, text(channel.unit)),
        ):  # fmt: skip
            struct.pack_into(f"<{kind}", entry, place, value)
        channels += entry
    outputs, epochs, lists, n_epochs, n_lists = bytearray(), bytearray(), bytearray(), 0, 0
    for number, output in enumerate(made.outputs):
        entry = bytearray(256)
        for kind, place, value in (
            ("h", 0, number), ("f", 12, output.holding), ("i", 24, text(output.name)),
            ("i", 28, text(output.unit)), ("h", 40, int(output.source > 0)),
            ("h", 42, output.source), ("h", 44, int(output.keeps_last_level)),
            ("f", 46, output.file_scale), ("f", 50, output.file_offset),
            ("i", 118, text(output.file) if output.file else 0),
        ):  # fmt: skip
            struct.pack_into(f"<{kind}", entry, place, value)
        outputs += entry
        for k, (shape, level, more, duration, longer, period, width) in enumerate(output.epochs):
            row = struct.pack(
                "<hhhffiiii", k, number, shape, level, more, duration, longer, period, width
            )
            epochs += row.ljust(48, b"\0")
            n_epochs += 1
        if output.user_list is not None:
            parameter, values = output.user_list
            lists += struct.pack("<hhhhi", number, 1, parameter, 0, text(values)).ljust(64, b"\0")
            n_lists += 1
    n_sweeps = len(made.channels[0].values)
    data, spans, start = bytearray(), bytearray(), 0
    for k in range(n_sweeps):
        rows = np.array([channel.values[k] for channel in made.channels]).T / np.array(gains)
        data += np.round(rows).astype("<i2").tobytes()
        spans += struct.pack("<ii", start, rows.size)
        start += 2 * rows.size
    heads = struct.pack("<4sIIII", b"SSCH", 1, len(texts), 64, 0).ljust(44, b"\0")
    body = heads + b"".join(words.encode("cp1252") + b"\0" for words in texts)
    return _with_sections(
        path,
        n_sweeps,
        {
            76: (protocol, len(protocol), 1),
            92: (channels, 128, len(made.channels)),
            108: (outputs, 256, len(made.outputs)),
            156: (epochs, 48, n_epochs),
            172: (lists, 64, n_lists),
            220: (body, len(body), 1),
            316: (spans, 8, n_sweeps if made.lists_sweeps else 0),
            236: (data, 2, len(data) // 2),
        },
    )


def _with_sections(
    path: Path, n_sweeps: int, sections: dict[int, tuple[bytes | bytearray, int, int]]
) -> Path:
    header = bytearray(_BLOCK)
    header[:8] = b"ABF2" + bytes([0, 0, 6, 2])
    struct.pack_into("<III", header, 8, 512, n_sweeps, 20200131)
    parts, block = [], 1
    for place, (content, size, count) in sections.items():
        if count:
            struct.pack_into("<IIq", header, place, block, size, count)
            parts.append(bytes(content).ljust(-(-len(content) // _BLOCK) * _BLOCK, b"\0"))
            block += len(parts[-1]) // _BLOCK
    path.write_bytes(bytes(header) + b"".join(parts))
    return path


def write_abf1(path: Path, made: MadeFile) -> Path:
    """Write a file of version 1.8; two outputs at most, all sweeps of one length."""
    header = bytearray(6144)
    n_channels, n_sweeps = len(made.channels), len(made.channels[0].values)
    gains = []
    for number, channel in enumerate(made.channels):
        largest = max(float(np.abs(row).max(initial=1e-9)) for row in channel.values)
        scale = _RANGE * 0.9 / largest
        gains.append(_RANGE / _COUNTS / scale)
        header[442 + 10 * number : 452 + 10 * number] = channel.name.encode().ljust(10)
        header[602 + 8 * number : 610 + 8 * number] = channel.unit.encode().ljust(8)
        for place, value in ((730, 1.0), (922, scale), (1050, 1.0)):
            struct.pack_into("<f", header, place + 4 * number, value)
    for number, output in enumerate(made.outputs):
        header[1306 + 10 * number : 1316 + 10 * number] = output.name.encode().ljust(10)
        header[1346 + 8 * number : 1354 + 8 * number] = output.unit.encode().ljust(8)
        struct.pack_into("<f", header, 1394 + 4 * number, output.holding)
        for place, value in (
            (2296, int(output.source > 0)), (2300, output.source),
            (2304, int(output.keeps_last_level)),
        ):  # fmt: skip
            struct.pack_into("<h", header, place + 2 * number, value)
        for k, epoch in enumerate(output.epochs):
            at = 10 * number + k
            for kind, place, size, value in zip(
                "hffiiii", (2308, 2348, 2428, 2508, 2588, 2136, 2216), (2, 4, 4, 4, 4, 4, 4),
                epoch, strict=True,
            ):  # fmt: skip
                struct.pack_into(f"<{kind}", header, place + size * at, value)
        if output.user_list is not None:
            parameter, values = output.user_list
            struct.pack_into("<h", header, 3360 + 2 * number, 1)
            struct.pack_into("<h", header, 3368 + 2 * number, parameter)
            place = 3376 + 256 * number
            header[place : place + 256] = values.encode().ljust(256, b"\0")
    rows = [
        np.round(np.array([c.values[k] for c in made.channels]).T / np.array(gains)).astype("<i2")
        for k in range(n_sweeps)
    ]
    n_values = sum(row.size for row in rows)
    header[:4] = b"ABF "
    for kind, place, number in (
        ("f", 4, 1.8), ("h", 8, made.mode), ("i", 10, n_values), ("i", 16, n_sweeps),
        ("i", 20, 20050101), ("i", 40, len(header) // _BLOCK), ("h", 120, n_channels),
        ("f", 122, made.step_us / n_channels), ("i", 138, rows[0].size), ("f", 244, _RANGE),
        ("i", 252, _COUNTS), ("h", 5876, int(made.alternates)),
    ):  # fmt: skip
        struct.pack_into(f"<{kind}", header, place, number)
    for k in range(16):
        struct.pack_into("<h", header, 410 + 2 * k, k if k < n_channels else -1)
    path.write_bytes(bytes(header) + b"".join(row.tobytes() for row in rows))
    return path
