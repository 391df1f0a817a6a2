"""Axon binary files of both versions, made for tests from the places that the format gives."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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


def write_abf2(path: Path, made: MadeFile) -> Path:
    """Write a file of version 2."""
    texts: list[str] = []

    def text(words: str) -> int:
        texts.append(words)
        return len(texts)

    protocol = _packed(
        _BLOCK,
        ("h", 0, made.mode), ("f", 2, made.step_us), ("f", 14, made.step_us),
        ("f", 110, _RANGE), ("i", 118, _COUNTS), ("h", 182, int(made.alternates)),
    )  # fmt: skip
    channels = b"".join(
        _packed(
            128,
            ("h", 0, number), ("f", 28, 1.0), ("f", 40, _scale(channel)), ("f", 48, 1.0),
            ("i", 74, text(channel.name)), ("i", 78, text(channel.unit)),
        )
        for number, channel in enumerate(made.channels)
    )  # fmt: skip
    outputs = b"".join(_output_2(number, one, text) for number, one in enumerate(made.outputs))
    epochs = [
        struct.pack("<hhhffiiii", k, number, epoch[0], *epoch[1:]).ljust(48, b"\0")
        for number, output in enumerate(made.outputs)
        for k, epoch in enumerate(output.epochs)
    ]
    lists = [
        struct.pack("<hhhhi", n, 1, one.user_list[0], 0, text(one.user_list[1])).ljust(64, b"\0")
        for n, one in enumerate(made.outputs)
        if one.user_list is not None
    ]
    rows = _counts(made)
    starts = np.cumsum([0, *(2 * row.size for row in rows)])
    spans = [struct.pack("<ii", int(t), row.size) for t, row in zip(starts, rows, strict=False)]
    heads = struct.pack("<4sIIII", b"SSCH", 1, len(texts), 64, 0).ljust(44, b"\0")
    body = heads + b"".join(words.encode("cp1252") + b"\0" for words in texts)
    data = b"".join(row.tobytes() for row in rows)
    sections = {
        76: (protocol, len(protocol), 1),
        92: (channels, 128, len(made.channels)),
        108: (outputs, 256, len(made.outputs)),
        156: (b"".join(epochs), 48, len(epochs)),
        172: (b"".join(lists), 64, len(lists)),
        220: (body, len(body), 1),
        316: (b"".join(spans), 8, len(rows) if made.lists_sweeps else 0),
        236: (data, 2, len(data) // 2),
    }
    return _with_sections(path, len(rows), sections)


def _packed(size: int, *entries: tuple[str, int, float]) -> bytes:
    content = bytearray(size)
    for kind, place, value in entries:
        struct.pack_into(f"<{kind}", content, place, value)
    return bytes(content)


def _scale(channel: MadeChannel) -> float:
    """Return volts per unit, so that the largest value nearly fills the range."""
    return 0.9 * _RANGE / max(float(np.abs(row).max(initial=1e-9)) for row in channel.values)


def _counts(made: MadeFile) -> list[np.ndarray]:
    gains = np.array([_RANGE / _COUNTS / _scale(channel) for channel in made.channels])
    return [
        np.round(np.array([c.values[k] for c in made.channels]).T / gains).astype("<i2")
        for k in range(len(made.channels[0].values))
    ]


def _output_2(number: int, output: MadeOutput, text: Callable[[str], int]) -> bytes:
    return _packed(
        256,
        ("h", 0, number), ("f", 12, output.holding), ("i", 24, text(output.name)),
        ("i", 28, text(output.unit)), ("h", 40, int(output.source > 0)),
        ("h", 42, output.source), ("h", 44, int(output.keeps_last_level)),
        ("f", 46, output.file_scale), ("f", 50, output.file_offset),
        ("i", 118, text(output.file) if output.file else 0),
    )  # fmt: skip


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
    rows, n_channels = _counts(made), len(made.channels)
    for number, channel in enumerate(made.channels):
        header[442 + 10 * number : 452 + 10 * number] = channel.name.encode().ljust(10)
        header[602 + 8 * number : 610 + 8 * number] = channel.unit.encode().ljust(8)
        for place, value in ((730, 1.0), (922, _scale(channel)), (1050, 1.0)):
            struct.pack_into("<f", header, place + 4 * number, value)
    for number, output in enumerate(made.outputs):
        _put_output_1(header, number, output)
    n_values = sum(row.size for row in rows)
    header[:4] = b"ABF "
    for kind, place, number in (
        ("f", 4, 1.8), ("h", 8, made.mode), ("i", 10, n_values), ("i", 16, len(rows)),
        ("i", 20, 20050101), ("i", 40, len(header) // _BLOCK), ("h", 120, n_channels),
        ("f", 122, made.step_us / n_channels), ("i", 138, rows[0].size), ("f", 244, _RANGE),
        ("i", 252, _COUNTS), ("h", 5876, int(made.alternates)),
    ):  # fmt: skip
        struct.pack_into(f"<{kind}", header, place, number)
    for k in range(16):
        struct.pack_into("<h", header, 410 + 2 * k, k if k < n_channels else -1)
    path.write_bytes(bytes(header) + b"".join(row.tobytes() for row in rows))
    return path


def _put_output_1(header: bytearray, number: int, output: MadeOutput) -> None:
    header[1306 + 10 * number : 1316 + 10 * number] = output.name.encode().ljust(10)
    header[1346 + 8 * number : 1354 + 8 * number] = output.unit.encode().ljust(8)
    struct.pack_into("<f", header, 1394 + 4 * number, output.holding)
    for place, value in (
        (2296, int(output.source > 0)), (2300, output.source),
        (2304, int(output.keeps_last_level)),
    ):  # fmt: skip
        struct.pack_into("<h", header, place + 2 * number, value)
    for k, epoch in enumerate(output.epochs):
        places = (2308, 2348, 2428, 2508, 2588, 2136, 2216)
        for kind, place, entry in zip("hffiiii", places, epoch, strict=True):
            size = struct.calcsize(kind)
            struct.pack_into(f"<{kind}", header, place + size * (10 * number + k), entry)
    if output.user_list is not None:
        parameter, values = output.user_list
        struct.pack_into("<h", header, 3360 + 2 * number, 1)
        struct.pack_into("<h", header, 3368 + 2 * number, parameter)
        place = 3376 + 256 * number
        header[place : place + 256] = values.encode().ljust(256, b"\0")
