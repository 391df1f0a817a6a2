"""Frames as lines of text that fill a terminal of any size."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import final

from rich.text import Text

from brianfit._foundation.strangers.escaping import in_comment
from brianfit.watching.character_plot import course_plot
from brianfit.watching.frame import Frame, ParameterRow
from brianfit.watching.outlook import duration
from brianfit.watching.store_view import State
from brianfit.watching.watched import seconds_left

_WIDE_ENOUGH = 64  # columns for a fit beside another
_BAR = 13
_STYLES = {
    State.RUNNING: "bold green", State.ENDED: "bold blue", State.KILLED: "bold yellow",
    State.UNREADABLE: "bold red", State.REMOVED: "bold yellow", State.WAITING: "dim",
}  # fmt: skip


@final
@dataclass(frozen=True, kw_only=True)
class Look:
    """How frames are laid out.

    Attributes
    ----------
    selected
        The number of the fit that is shown in full where there is not room for all.
    by_time
        Whether the error is drawn against time.
    is_plain
        Whether only characters of ASCII are used.
    footer
        The last line.
    """

    width: int
    height: int
    selected: int = 0
    by_time: bool = False
    is_plain: bool = False
    footer: str = ""


def screen(frames: Sequence[Frame], look: Look) -> list[Text]:
    """Return the lines of a screen, as many as it has room for."""
    room = look.height - (1 if look.footer else 0)
    if not frames:
        lines = [Text("There is no store yet; it is waited for.")]
    elif len(frames) == 1:
        lines = _panel(frames[0], look, look.width, room)
    else:
        lines = _several(frames, look, room)
    lines = lines[:room]
    if look.footer:
        lines += [Text("")] * (room - len(lines))
        lines.append(Text(look.footer, style="dim"))
    for line in lines:
        line.truncate(look.width)
    return lines


def _several(frames: Sequence[Frame], look: Look, room: int) -> list[Text]:
    """Return a line for each fit, and below them as many as fit side by side."""
    table = _overview(frames, look, room // 2)
    beside = max(1, min(len(frames), look.width // _WIDE_ENOUGH))
    first = min(look.selected, len(frames) - beside)
    width = look.width // beside - (1 if beside > 1 else 0)
    panels = [
        _panel(frame, look, width, room - len(table))
        for frame in frames[max(0, first) : max(0, first) + beside]
    ]
    return table + _side_by_side(panels, width)


def _overview(frames: Sequence[Frame], look: Look, room: int) -> list[Text]:
    shown = max(1, room - 2)
    first = max(0, min(look.selected - shown // 2, len(frames) - shown))
    lines = [
        _row(frame, look.width, is_selected=first + k == look.selected)
        for k, frame in enumerate(frames[first : first + shown])
    ]
    running = sum(frame.state is State.RUNNING for frame in frames)
    total = seconds_left(frames)
    left = "" if total is None else f", all done in about {duration(total)}"
    lines.append(Text(f"{len(frames)} fits, {running} running{left}", style="dim"))
    return [*lines, Text("")]


def _row(frame: Frame, width: int, *, is_selected: bool) -> Text:
    names = max(12, width - 71)
    left = "" if frame.seconds_left is None else duration(frame.seconds_left)
    mark = ">" if is_selected else " "
    line = Text(f"{mark}{_shortened(frame.name, names):<{names}} ")
    line.append(f"{frame.state.value:<10}", style=_STYLES[frame.state])
    line.append(f"{frame.error_text:>16} {frame.n_evaluations:>10} evaluations ")
    line.append("stuck?" if frame.is_stuck and frame.state is State.RUNNING else " " * 6)
    return line.append(f" {left:>12}")


def _panel(frame: Frame, look: Look, width: int, height: int) -> list[Text]:
    """Return all that is shown of a fit, within a height: the plot takes what the rest leaves."""
    head = list(_head(frame, width))
    tail = list(_tail(frame, width))
    room = height - len(head)
    if frame.course is not None and room - len(tail) < 5:
        tail = tail[: max(0, room - 8)]
    plot: list[Text] = []
    if frame.course is not None:
        lines = course_plot(
            frame.course,
            frame.error_powers,
            width=width,
            height=min(room - len(tail), max(10, look.height // 2)),
            by_time=look.by_time,
            is_plain=look.is_plain,
        )
        plot = [Text(line) for line in lines]
    lines_of_all = [*head, *plot, *tail]
    for line in lines_of_all:
        line.truncate(width)
    return lines_of_all


def _head(frame: Frame, width: int) -> Iterator[Text]:
    title = Text(in_comment(frame.name), style="bold").append("  ")
    title.append(frame.state.value, style=_STYLES[frame.state])
    title.append(in_comment(f"  {frame.cell}  {frame.model}"), style="dim")
    yield title
    if frame.words:
        yield from _wrapped(frame.words, width, style="yellow")
    if frame.why:
        yield from _wrapped(f"because {frame.why}", width, style="dim")
    if not frame.n_rounds:
        return
    line = Text("error ").append(frame.error_text, style="bold")
    if frame.held_out:
        line.append(f"   held out {frame.held_out} (gap {frame.gap})")
    yield line
    yield from _wrapped(_spent(frame), width)
    yield from _wrapped(frame.sentence, width, style="yellow" if frame.is_stuck else "")


def _spent(frame: Frame) -> str:
    rounds = dict(frame.budget).get("rounds")
    of = "" if rounds is None else f" of {rounds:.0f}"
    parts = [f"{frame.n_evaluations} evaluations, round {frame.n_rounds}{of}"]
    parts.append(duration(frame.seconds))
    if frame.pace is not None:
        parts.append(f"{frame.pace:.3g} evaluations/s")
    if frame.seconds_left is not None:
        parts.append(f"ends in {duration(frame.seconds_left)}")
    if frame.state is State.RUNNING and frame.seconds_until_flat:
        parts.append(f"flat in {duration(frame.seconds_until_flat)} by trend")
    if frame.state is State.RUNNING and frame.written is not None:
        quiet = max(0.0, frame.time - frame.written)
        if quiet > 5:
            parts.append(f"last round {duration(quiet)} ago")
    return ", ".join(parts)


def _tail(frame: Frame, width: int) -> Iterator[Text]:
    free = [row for row in frame.parameters if row.place is not None]
    # What presses against a bound is worth more than what does not, where there is no room for all.
    for row in sorted(free, key=lambda row: not row.side):
        yield _parameter_line(row, free)
    others = [f"{row.name} {row.value}" for row in frame.parameters if row.place is None]
    if others:
        yield from _wrapped(in_comment(f"fixed or tied: {', '.join(others)}"), width, style="dim")
    if frame.failed:
        failed = ", ".join(f"{count} {words}" for words, count in frame.failed)
        yield from _wrapped(in_comment(f"samples: {failed}"), width, style="dim")


def _parameter_line(row: ParameterRow, free: Sequence[ParameterRow]) -> Text:
    names = min(16, max(len(one.name) for one in free))
    values = max(len(one.value) for one in free)
    lows = max(len(one.low) for one in free)
    place = min(_BAR - 1, int((row.place or 0.0) * _BAR))
    bar = "-" * place + "o" + "-" * (_BAR - 1 - place)
    line = Text(f"{_shortened(row.name, names):<{names}} {row.value:>{values}}  ")
    line.append(f"{row.low:>{lows}} [{bar}] {row.high}", style="red" if row.side else "")
    if row.side:
        line.append(f" AT ITS {row.side.upper()} BOUND", style="bold red")
    return line


def _wrapped(text: str, width: int, *, style: str = "") -> Iterator[Text]:
    words = text.split(" ")
    line = ""
    for word in words:
        if line and len(line) + 1 + len(word) > width:
            yield Text(in_comment(line), style=style)
            line = word
        else:
            line = f"{line} {word}" if line else word
    if line:
        yield Text(in_comment(line), style=style)


def _side_by_side(panels: Sequence[Sequence[Text]], width: int) -> list[Text]:
    lines = []
    for number in range(max(len(panel) for panel in panels)):
        line = Text()
        for k, panel in enumerate(panels):
            part = panel[number].copy() if number < len(panel) else Text()
            if k < len(panels) - 1:
                part.truncate(width, pad=True)
                part.append(" ")
            line.append_text(part)
        lines.append(line)
    return lines


def _shortened(text: str, width: int) -> str:
    plain = in_comment(text)
    return plain if len(plain) <= width else plain[: width - 1] + "~"


def when(seconds: float | None) -> str:
    """Return a moment as a table shows it; empty where it is not known."""
    return "" if seconds is None else time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
