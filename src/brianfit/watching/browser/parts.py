"""The parts of the page that follow the fit: built here, every text escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from brianfit._foundation.shown.curves import Axes, Line, Mark, drawing
from brianfit._foundation.shown.markup import Markup, join, tag
from brianfit._foundation.shown.si_text import unit_for
from brianfit._foundation.strangers.escaping import in_comment
from brianfit.watching.frame import Course, Frame, ParameterRow
from brianfit.watching.outlook import duration
from brianfit.watching.store_view import State
from brianfit.watching.watched import seconds_left

_MODEL = "#d55e00"  # as in the report
_LOGARITHMIC = 10.0


def parts_of(frame: Frame) -> dict[str, Any]:
    """Return what the page shows of a fit, part by part, as HTML."""
    return {
        "title": in_comment(frame.name),
        "state": frame.state.value,
        "head": _head(frame).html,
        "course": join(*_courses(frame)).html,
        "parameters": _parameters(frame).html,
        "samples": _samples(frame).html,
        "is_running": frame.state is State.RUNNING,
    }


def overview(frames: Sequence[tuple[int, Frame]]) -> str:
    """Return a line for each fit, and the time until all are done, as HTML."""
    heads = ("store", "state", "error", "held out", "evaluations", "ends in", "")
    rows = [_row(number, frame) for number, frame in frames]
    total = seconds_left([frame for _, frame in frames])
    running = sum(frame.state is State.RUNNING for _, frame in frames)
    left = "" if total is None else f", all done in about {duration(total)}"
    table = tag(
        "table",
        tag("thead", tag("tr", *(tag("th", head, scope="col") for head in heads))),
        tag("tbody", *rows),
    )
    words = f"{len(frames)} fits, {running} running{left}"
    return join(tag("p", words, class_="quiet"), tag("div", table, class_="scroll")).html


def _row(number: int, frame: Frame) -> Markup:
    left = "" if frame.seconds_left is None else duration(frame.seconds_left)
    stuck = "stuck?" if frame.is_stuck and frame.state is State.RUNNING else ""
    cells = (
        ("state", frame.state.value),
        ("error", frame.error_text),
        ("held out", frame.held_out),
        ("evaluations", str(frame.n_evaluations)),
        ("ends in", left),
        ("", stuck),
    )
    link = tag("a", in_comment(frame.name), href=f"#{number}")
    return tag(
        "tr",
        tag("th", link, scope="row"),
        *(tag("td", text, data_label=head or None) for head, text in cells),
    )


def _head(frame: Frame) -> Markup:
    words = [
        tag("p", in_comment(text), class_=class_)
        for text, class_ in (
            (f"{frame.cell}  ·  {frame.model}" if frame.cell else "", "quiet"),
            (frame.words, "warnings"),
            (f"It stopped because {frame.why}." if frame.why else "", "quiet"),
            (frame.sentence, "warnings" if frame.is_stuck else "sentence"),
        )
        if text
    ]
    facts = [
        tag("div", tag("dt", name), tag("dd", text), class_="fact") for name, text in _facts(frame)
    ]
    return join(*words, tag("dl", *facts, class_="facts"))


def _facts(frame: Frame) -> Iterator[tuple[str, str]]:
    if not frame.n_rounds:
        return
    yield "error", frame.error_text
    if frame.held_out:
        yield "held out", frame.held_out
        yield "gap", frame.gap
    yield "evaluations", f"{frame.n_evaluations:,}".replace(",", "\u2009")
    rounds = dict(frame.budget).get("rounds")
    yield "round", str(frame.n_rounds) + ("" if rounds is None else f" of {rounds:.0f}")
    yield "time of the rounds", duration(frame.seconds)
    if frame.pace is not None:
        yield "evaluations per second", f"{frame.pace:.3g}"
    if frame.seconds_left is not None:
        yield "ends in", duration(frame.seconds_left)
    if frame.seconds_until_flat and frame.state is State.RUNNING:
        yield "flat by trend in", duration(frame.seconds_until_flat)


def _courses(frame: Frame) -> Iterator[Markup]:
    course = frame.course
    if course is None or frame.error_text == "none":
        return
    for x_label, by_time in (("evaluations", False), ("time of the rounds [s]", True)):
        yield tag("div", _course(frame, course, x_label, by_time=by_time), class_="course")


def _course(frame: Frame, course: Course, x_label: str, *, by_time: bool) -> Markup:
    x = course.seconds if by_time else course.evaluations
    known = course.errors[course.errors < float("inf")]
    is_log = known.size > 0 and 0 < _LOGARITHMIC * float(known.min()) < float(known.max())
    size, unit = unit_for(float(known.max()) if known.size else 1.0, frame.error_powers)
    marks = [(number, "the optimizer began anew") for number in course.restarts]
    marks += [(number, "a process went on with the fit") for number in course.calls]
    places = dict(zip(course.evaluations.tolist(), x.tolist(), strict=True))
    return drawing(
        [Line(x=x, y=course.errors / size, colour=_MODEL, is_stepped=True)],
        Axes(
            x_label=x_label,
            y_label=f"lowest error [{unit or '1'}]",
            is_logarithmic=is_log,
            width=400,
            height=220,
        ),
        text=f"The lowest error so far against {x_label}.",
        marks=[
            Mark(x=places.get(float(number), float(number)), text=text)
            for number, text in marks
            if not by_time or float(number) in places
        ],
    )


def _parameters(frame: Frame) -> Markup:
    if not frame.parameters:
        return Markup("")
    heads = ("parameter", "value", "lower bound", "place between them", "upper bound", "")
    table = tag(
        "table",
        tag("thead", tag("tr", *(tag("th", head, scope="col") for head in heads))),
        tag("tbody", *(_parameter(row) for row in frame.parameters)),
    )
    return join(tag("h2", "Best parameters so far"), tag("div", table, class_="scroll"))


def _parameter(row: ParameterRow) -> Markup:
    note = f"at its {row.side} bound" if row.side else ""
    if row.place is None:
        note = "fixed or tied"
    cells: list[tuple[str, Markup | str | None]] = [
        ("value", row.value),
        ("lower bound", row.low),
        ("place between them", None if row.place is None else _bar(row.place)),
        ("upper bound", row.high),
        ("", note),
    ]
    return tag(
        "tr",
        tag("th", in_comment(row.name), scope="row"),
        *(tag("td", cell, data_label=head or None) for head, cell in cells),
        class_="at-bound" if row.side else None,
    )


def _bar(place: float) -> Markup:
    picture = tag(
        "svg",
        tag("line", x1=5, x2=125, y1=6, y2=6, class_="rail"),
        tag("circle", cx=f"{5 + 120 * place:.1f}", cy=6, r=5, class_="place"),
        viewBox="0 0 130 12",
        role="img",
        aria_label=f"at {100 * place:.0f} % of the way from the lower to the upper bound",
    )
    return tag("span", picture, class_="bar")


def _samples(frame: Frame) -> Markup:
    if not frame.failed:
        return Markup("")
    rows = [tag("li", f"{count} {in_comment(words)}") for words, count in frame.failed]
    return join(tag("h2", "Samples that were not scored as usual"), tag("ul", *rows))
