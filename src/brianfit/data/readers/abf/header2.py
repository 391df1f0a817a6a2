"""The header of version 2: sections of entries, and one of texts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import final

from brianfit.data.readers._base import PlayedFile
from brianfit.data.readers.abf._fields import Content, Fields, clean
from brianfit.data.readers.abf.extents import extents_of
from brianfit.data.readers.abf.protocol import (
    Channel,
    Header,
    Output,
    Segment,
    Source,
    UserList,
    user_list,
)

_SECTIONS = {
    "protocol": 76, "channels": 92, "outputs": 108, "segments": 156, "lists": 172, "texts": 220,
    "data": 236, "sweeps": 316,
}  # fmt: skip
"""Where the header says which block, entry size and entry count a section has."""

_BLOCK = 512
_N_SEGMENTS = 50


@final
class _Section:
    def __init__(self, fields: Fields, name: str) -> None:
        place = _SECTIONS[name]
        self.start = _BLOCK * int(fields.one("I", place))
        self.size = int(fields.one("I", place + 4))
        self.count = int(fields.one("q", place + 8))

    def places(self) -> Iterator[int]:
        for k in range(self.count):
            yield self.start + k * self.size


def read_header_2(path: Path, content: Content) -> Header:
    """Return the header of a file of version 2.

    Parameters
    ----------
    content
        The file up to its data, and the sections after them.
    """
    fields = Fields(content)
    data, protocol = _Section(fields, "data"), _Section(fields, "protocol").start
    texts = _texts(fields)
    channels = tuple(_channels(fields, protocol, texts))
    is_float = fields.one("H", 30) == 1
    step = float(fields.one("f", protocol + 2))
    mode = int(fields.one("h", protocol))
    unit_of_time = float(fields.one("f", protocol + 14)) or step / max(len(channels), 1)
    spans = [fields.many("i", place, 2) for place in _Section(fields, "sweeps").places()]
    size = 4 if is_float else 2
    n_there = max(0, path.stat().st_size - data.start) // size
    return Header(
        version=".".join(str(part) for part in fields.bytes(4, 4)[::-1]),
        mode=mode,
        dt=step / 1e6,
        channels=channels,
        outputs=tuple(_outputs(fields, texts)),
        sweeps=extents_of(
            path,
            mode=mode,
            n_channels=len(channels),
            n_values=(data.count, n_there),
            n_sweeps=int(fields.one("I", 12)),
            spans=[(start * unit_of_time * 1e-6, length) for start, length in spans],
        ),
        data_start=data.start,
        data_type="<f4" if is_float else "<i2",
        alternates=bool(fields.one("h", protocol + 182)),
        metadata=_metadata(fields, texts),
    )


def _texts(fields: Fields) -> list[str]:
    """Return the texts by number; number 0 is none."""
    section = _Section(fields, "texts")
    if section.count < 1:
        return [""]
    block = fields.bytes(section.start, section.size)
    signature = block.find(b"SSCH")
    n_texts = Fields(block).one("I", signature + 8) if signature >= 0 else 0
    body = block[signature + 44 :] if signature >= 0 else b""
    # After the head, of eleven numbers, every text ends with a zero.
    return ["", *(clean(part) for part in body.split(b"\0")[:n_texts])]


def _at(texts: list[str], number: int) -> str:
    return texts[number] if 0 <= number < len(texts) else ""


def _channels(fields: Fields, protocol: int, texts: list[str]) -> Iterator[Channel]:
    volts_per_count = fields.one("f", protocol + 110) / fields.one("i", protocol + 118)
    is_float = fields.one("H", 30) == 1
    for place in _Section(fields, "channels").places():
        gains = [fields.one("f", place + at) for at in (40, 48, 28)]
        if fields.one("h", place + 2) == 1:  # the telegraph told a gain
            gains.append(fields.one("f", place + 6))
        gain = volts_per_count
        for one in gains:
            gain /= one or 1.0
        yield Channel(
            name=_at(texts, fields.one("i", place + 74)),
            unit=_at(texts, fields.one("i", place + 78)),
            gain=1.0 if is_float else gain,
            offset=0.0 if is_float else fields.one("f", place + 44) - fields.one("f", place + 52),
        )


def _outputs(fields: Fields, texts: list[str]) -> Iterator[Output]:
    segments = list(_segments(fields))
    lists = dict(_lists(fields, texts))
    for place in _Section(fields, "outputs").places():
        number = int(fields.one("h", place))
        source = int(fields.one("h", place + 42))
        is_conditioned = fields.one("h", place + 60) and fields.one("f", place + 82) > 0
        yield Output(
            number=number,
            name=_at(texts, fields.one("i", place + 24)) or f"DAC {number}",
            unit=_at(texts, fields.one("i", place + 28)),
            holding=float(fields.one("f", place + 12)),
            is_enabled=bool(fields.one("h", place + 40)),
            source=Source(source) if source in set(Source) else Source.NONE,
            keeps_last_level=bool(fields.one("h", place + 44)),
            post_train_level=float(fields.one("f", place + 86)) if is_conditioned else None,
            segments=tuple(segment for own, segment in segments if own == number),
            user_list=lists.get(number),
            played=PlayedFile(
                name=_at(texts, fields.one("i", place + 118)),
                scale=float(fields.one("f", place + 46)),
                offset=float(fields.one("f", place + 50)),
            ),
        )


def _segments(fields: Fields) -> Iterator[tuple[int, Segment]]:
    found = []
    for place in _Section(fields, "segments").places():
        number, output, shape = fields.many("h", place, 3)
        level, level_step = fields.many("f", place + 6, 2)
        duration, duration_step, period, width = fields.many("i", place + 14, 4)
        segment = Segment(
            number=number,
            shape=shape,
            level=level,
            level_step=level_step,
            duration=duration,
            duration_step=duration_step,
            period=period,
            width=width,
        )
        found.append((output, segment))
    yield from sorted(found, key=lambda pair: (pair[0], pair[1].number))


def _lists(fields: Fields, texts: list[str]) -> Iterator[tuple[int, UserList]]:
    for place in _Section(fields, "lists").places():
        number, is_enabled, parameter, repeats = fields.many("h", place, 4)
        text = _at(texts, fields.one("i", place + 8))
        # Files of several versions of the program leave the switch at 0 although the list was
        # used; what counts is that there is a list.
        if is_enabled or text:
            yield number, user_list(text, parameter, _N_SEGMENTS, repeats=bool(repeats))


def _metadata(fields: Fields, texts: list[str]) -> dict[str, str]:
    date, milliseconds = fields.many("I", 16, 2)
    found = {
        "recorded": recorded(int(date), milliseconds / 1000),
        "program": _at(texts, fields.one("I", 60)),
        "protocol": _at(texts, fields.one("I", 72)),
    }
    return {key: text for key, text in found.items() if text}


def recorded(date: int, seconds: float) -> str:
    """Return date (as 20180131) and time of day as text; empty where there is no date."""
    year, day = divmod(int(date), 10_000)
    month, day = divmod(day, 100)
    if not (1970 <= year < 2200 and 1 <= month <= 12 and 1 <= day <= 31):
        return ""
    minutes, second = divmod(int(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"
