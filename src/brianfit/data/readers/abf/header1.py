"""The header of version 1: every entry has its place, later releases added a second half."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from brianfit._foundation.errors import UnreadableFileError
from brianfit.data.readers._base import PlayedFile
from brianfit.data.readers.abf._fields import Content, Fields
from brianfit.data.readers.abf.extents import extents_of
from brianfit.data.readers.abf.header2 import recorded
from brianfit.data.readers.abf.protocol import (
    Channel,
    Header,
    Output,
    Segment,
    Source,
    UserList,
    user_list,
)

_BLOCK = 512
_N_SEGMENTS = 10
_EXTENDED = 1.59  # a single-precision 1.6 may be a little less
"""From this release on two outputs have protocols of their own, in the second half."""


def read_header_1(path: Path, content: Content) -> Header:
    """Return the header of a file of version 1.

    Raises
    ------
    UnreadableFileError
        If the sampling step changes within a sweep, which is not read.
    """
    fields = Fields(content)
    version, mode = float(fields.one("f", 4)), int(fields.one("h", 8))
    n_channels = int(fields.one("h", 120))
    first_step, second_step = fields.many("f", 122, 2)
    if second_step > 0 and second_step != first_step:
        raise UnreadableFileError(
            f"{path.name} changes its sampling step within every sweep, from {first_step:g} to "
            f"{second_step:g} microseconds; such files are not read. Export it as text."
        )
    is_float = fields.one("h", 100) == 1
    size = 4 if is_float else 2
    start = _BLOCK * int(fields.one("i", 40)) + size * int(fields.one("h", 14))
    unit_of_time = float(fields.one("f", 130)) or first_step
    spans = []
    n_spans = int(fields.one("i", 96))
    if n_spans > 0:
        place = _BLOCK * int(fields.one("i", 92))
        pairs = fields.many("i", place, 2 * n_spans)
        spans = [(t * unit_of_time * 1e-6, n) for t, n in zip(pairs[::2], pairs[1::2], strict=True)]
    return Header(
        version=f"{version:.2f}",
        mode=mode,
        dt=first_step * n_channels / 1e6,
        channels=tuple(_channels(fields, n_channels, version)),
        outputs=tuple(_outputs(fields, version)),
        sweeps=extents_of(
            path,
            mode=mode,
            n_channels=n_channels,
            n_values=(int(fields.one("i", 10)), max(0, path.stat().st_size - start) // size),
            n_sweeps=int(fields.one("i", 16)),
            spans=spans,
        ),
        data_start=start,
        data_type="<f4" if is_float else "<i2",
        alternates=version >= _EXTENDED and _alternates(fields),
        metadata=_metadata(fields, version),
    )


def _channels(fields: Fields, n_channels: int, version: float) -> Iterator[Channel]:
    names, units = fields.texts(442, 10, 16), fields.texts(602, 8, 16)
    programmable, scales, offsets, signal_gains, signal_offsets = (
        fields.many("f", place, 16) for place in (730, 922, 986, 1050, 1114)
    )
    volts_per_count = fields.one("f", 244) / fields.one("i", 252)
    is_float = fields.one("h", 100) == 1
    for physical in fields.many("h", 410, n_channels):
        gain = volts_per_count
        for one in (scales[physical], signal_gains[physical], programmable[physical]):
            gain /= one or 1.0
        if version >= _EXTENDED and fields.many("h", 4512, 16)[physical] == 1:
            gain /= fields.many("f", 4576, 16)[physical] or 1.0
        offset = offsets[physical] - signal_offsets[physical]
        yield Channel(
            name=names[physical] or f"ADC {physical}",
            unit=units[physical],
            gain=1.0 if is_float else gain,
            offset=0.0 if is_float else offset,
        )


def _outputs(fields: Fields, version: float) -> Iterator[Output]:
    names, units = fields.texts(1306, 10, 4), fields.texts(1346, 8, 4)
    holdings = fields.many("f", 1394, 4)
    for number in range(4):
        described: dict[str, Any] = {
            "number": number,
            "name": names[number] or f"DAC {number}",
            "unit": units[number],
            "holding": float(holdings[number]),
        }
        if version >= _EXTENDED and number < 2:
            yield Output(**described, **_protocol(fields, number))
        elif version < _EXTENDED and number == fields.one("h", 1440):
            yield Output(**described, **_first_protocol(fields))
        else:
            yield Output(**described)


def _protocol(fields: Fields, number: int) -> dict[str, Any]:
    """Return the protocol of one of the two outputs that have one."""
    first = _N_SEGMENTS * number
    shapes = fields.many("h", 2308, 20)
    levels, steps = fields.many("f", 2348, 20), fields.many("f", 2428, 20)
    durations, longer = fields.many("i", 2508, 20), fields.many("i", 2588, 20)
    periods, widths = fields.many("i", 2136, 20), fields.many("i", 2216, 20)
    source = int(fields.many("h", 2300, 2)[number])
    segments = [
        Segment(
            number=k,
            shape=shapes[first + k],
            level=levels[first + k],
            level_step=steps[first + k],
            duration=durations[first + k],
            duration_step=longer[first + k],
            period=periods[first + k],
            width=widths[first + k],
        )
        for k in range(_N_SEGMENTS)
    ]
    is_conditioned = fields.many("h", 3260, 2)[number] and fields.many("f", 3304, 2)[number] > 0
    return {
        "is_enabled": bool(fields.many("h", 2296, 2)[number]),
        "source": Source(source) if source in set(Source) else Source.NONE,
        "keeps_last_level": bool(fields.many("h", 2304, 2)[number]),
        "post_train_level": fields.many("f", 3312, 2)[number] if is_conditioned else None,
        "segments": tuple(segments),
        "user_list": _list(fields, number),
        "played": PlayedFile(
            name=fields.text(2736 + 256 * number, 256),
            scale=fields.many("f", 2708, 2)[number],
            offset=fields.many("f", 2716, 2)[number],
        ),
    }


def _first_protocol(fields: Fields) -> dict[str, Any]:
    """Return the only protocol of files from before the second half of the header."""
    source = int(fields.one("h", 1438))
    shapes = fields.many("h", 1444, 10)
    levels, steps = fields.many("f", 1464, 10), fields.many("f", 1504, 10)
    durations, longer = fields.many("h", 1544, 10), fields.many("h", 1564, 10)
    segments = [
        Segment(
            number=k,
            shape=shapes[k],
            level=levels[k],
            level_step=steps[k],
            duration=durations[k],
            duration_step=longer[k],
        )
        for k in range(_N_SEGMENTS)
    ]
    is_conditioned = fields.one("h", 1718) and fields.one("f", 1742) > 0
    listed = None
    if fields.one("h", 1966):
        listed = user_list(fields.text(1764, 80), fields.one("h", 1762), _N_SEGMENTS, repeats=False)
    return {
        "is_enabled": source != 0,
        "source": Source(source) if source in set(Source) else Source.NONE,
        "keeps_last_level": bool(fields.one("h", 1442)),
        "post_train_level": fields.one("f", 1746) if is_conditioned else None,
        "segments": tuple(segments),
        "user_list": listed,
        "played": PlayedFile(
            name=fields.text(1634, 84), scale=fields.one("f", 1620), offset=fields.one("f", 1624)
        ),
    }


def _list(fields: Fields, number: int) -> UserList | None:
    if not fields.many("h", 3360, 4)[number]:
        return None
    return user_list(
        fields.text(3376 + 256 * number, 256),
        fields.many("h", 3368, 4)[number],
        _N_SEGMENTS,
        repeats=bool(fields.many("h", 4400, 4)[number]),
    )


def _alternates(fields: Fields) -> bool:
    return bool(fields.one("h", 5876)) if fields.has(5878) else False


def _metadata(fields: Fields, version: float) -> dict[str, str]:
    date, seconds = fields.many("i", 20, 2)
    found = {
        "recorded": recorded(int(date), float(seconds)),
        "program": fields.text(294, 16),
        "protocol": fields.text(4898, 256) if version >= _EXTENDED else "",
    }
    return {key: text for key, text in found.items() if text}
