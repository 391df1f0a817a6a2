"""The page of a report: its sections in order, with style and script inside."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from brianfit._foundation.shown.markup import Markup, join, tag
from brianfit.plots.report.contents import ReportContents
from brianfit.plots.report.equations import model
from brianfit.plots.report.figures import figures
from brianfit.plots.report.parameters import parameters
from brianfit.plots.report.provenance import methods, script, settings
from brianfit.plots.report.recordings import recordings
from brianfit.plots.report.scores import scores
from brianfit.plots.report.summary import summary
from brianfit.plots.report.sweeps import sweeps

# Nothing is fetched from anywhere: a browser refuses what this does not allow.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

_SECTIONS = (
    ("sweeps", "Recorded and fitted", sweeps),
    ("parameters", "Parameters", parameters),
    ("scores", "Scores", scores),
    ("model", "Model", model),
    ("figures", "Figures", figures),
    ("recordings", "Recordings", recordings),
    ("settings", "Settings", settings),
    ("methods", "For a methods section", methods),
    ("script", "Brian 2 script", script),
)


def page(contents: ReportContents) -> str:
    """Return the whole page."""
    made = [(name, title, make(contents)) for name, title, make in _SECTIONS]
    return framed(
        contents.title,
        _lead(contents),
        [(name, title, body) for name, title, body in made if body is not None],
        summary=summary(contents),
        foot=_foot(contents),
        script=tag("script", Markup(_resource("traces.js"))),
    )


def framed(
    title: str,
    lead: str,
    sections: Sequence[tuple[str, str, Markup]],
    *,
    summary: Markup,
    foot: str,
    script: Markup | None = None,
) -> str:
    """Return a page of these sections, with the style of reports inside.

    Parameters
    ----------
    lead
        What stands below the title.
    sections
        Name in the address, title, and what stands there.
    summary
        What stands before them.
    """
    links = [tag("li", tag("a", words, href=f"#{name}")) for name, words, _ in sections]
    body = join(
        tag(
            "header",
            tag("h1", title),
            tag("p", lead, class_="quiet"),
            tag("nav", tag("ul", *links), aria_label="Sections"),
            class_="page-head",
        ),
        tag("main", summary, *(_section(*section) for section in sections)),
        tag("footer", foot, class_="page-foot"),
        script,
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("title", title),
        tag("style", Markup(_resource("page.css"))),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, tag('body', body), lang='en')}\n"


def _section(name: str, title: str, body: Markup) -> Markup:
    return tag("section", tag("h2", title), body, id=name)


def _lead(contents: ReportContents) -> str:
    result = contents.result
    prediction = contents.prediction
    n_free = len(result.history.parameter_names)
    text = f"{n_free} parameters fitted to {len(result.trace_labels)} sweeps"
    if prediction is not None and prediction.held_out:
        text += f", {len(prediction.held_out)} others predicted"
    return f"{text}. The search stopped because {result.stop_reason}."


def _foot(contents: ReportContents) -> str:
    version = contents.result.versions.get("brianfit", "")
    return f"Written by brianfit {version} on {contents.written:%Y-%m-%d %H:%M}."


def _resource(name: str) -> str:
    return files("brianfit.plots.report").joinpath(name).read_text(encoding="utf-8")
