"""The page itself; what changes on it is sent later."""

from __future__ import annotations

from importlib.resources import files

from brianfit._foundation.shown.markup import Markup, join, tag

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""A browser refuses what this does not allow: nothing comes from elsewhere, no text is run."""

ASSETS = {
    "report.css": ("plots/report/page.css", "text/css"),
    "watch.css": ("watching/browser/watch.css", "text/css"),
    "traces.js": ("plots/report/traces.js", "text/javascript"),
    "watch.js": ("watching/browser/watch.js", "text/javascript"),
}
"""Files that the page asks for, where and what they are; style and script are the report's."""

_ASKED = (("stop", "Stop after the round"), ("rounds", "10 more rounds"), ("time", "10 min more"))


def page() -> str:
    """Return the page."""
    buttons = [tag("button", text, type="button", data_ask=what) for what, text in _ASKED]
    body = join(
        tag(
            "header",
            tag("h1", "Fits under way", id="title"),
            tag("p", "Waiting for the first look.", id="status", class_="quiet", role="status"),
            class_="page-head",
        ),
        tag(
            "main",
            tag("div", id="overview"),
            tag("div", *buttons, id="control", class_="tools", hidden="hidden"),
            tag("p", id="answer", class_="quiet", role="status"),
            tag("div", id="head"),
            tag("div", id="course", class_="courses-of-fit"),
            tag("div", id="parameters"),
            tag("div", id="samples"),
            tag("h2", "Recorded, and the best model so far"),
            tag("p", "The best model is being simulated.", id="model-words", class_="quiet"),
            tag("div", id="drawings"),
            tag("div", id="figures"),
            tag("div", id="by-sweep"),
        ),
        tag("script", Markup(""), src="traces.js"),
        tag("script", Markup(""), src="watch.js"),
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", "Fits under way"),
        Markup('<link rel="icon" href="data:,">'),
        Markup('<link rel="stylesheet" href="report.css"><link rel="stylesheet" href="watch.css">'),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, tag('body', body), lang='en')}\n"


def asset(name: str) -> bytes:
    """Return a file that the page asks for."""
    return files("brianfit").joinpath(ASSETS[name][0]).read_bytes()
