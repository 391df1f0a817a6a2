"""Fail a build that lacks a page for a name, a figure of an example, or the end of a link."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, final
from urllib.parse import unquote, urlsplit

from public_names import public_names
from sphinx.application import Sphinx
from sphinx.util import logging

_logger = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, Any]:
    """Look when the site is written; what is missing is a warning, and warnings are errors."""
    app.add_config_value("addresses", {}, "env")
    app.connect("build-finished", _look, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _look(app: Sphinx, problem: Exception | None) -> None:
    if problem is not None or app.builder.format != "html":
        return
    site = Path(app.outdir)
    for complaint in (*_names(app), *_figures(site), *_links(site)):
        _logger.warning(complaint)


def _names(app: Sphinx) -> Iterator[str]:
    known = app.env.domains.python_domain.objects
    for one in public_names():
        if one.full_name not in known:
            yield f"{one.full_name} is public and has no page."


def _figures(site: Path) -> Iterator[str]:
    for page in sorted((site / "gallery").rglob("*.html")):
        if page.name == "index.html":
            continue  # a list of examples
        text = page.read_text(encoding="utf-8")
        if "sphx-glr-single-img" not in text and "sphx-glr-horizontal" not in text:
            yield f"The example {page.stem} draws no figure."


@final
class _Page(HTMLParser):
    """Collects where a page leads to, and what can be led to in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.targets: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"href", "src"} and value:
                self.targets.add(value)
            elif name in {"id", "name"} and value:
                self.anchors.add(value)


def _links(site: Path) -> Iterator[str]:
    written = (path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts)
    pages = {path: _Page(path) for path in written}
    for path, page in pages.items():
        for target in sorted(page.targets):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue  # outside; a build uses no network
                continue
            place = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            where = path.relative_to(site)
            if not place.exists():
                yield f"{where} leads to {target}, which is not there."
            elif (
                parts.fragment
                and place in pages
                and unquote(parts.fragment) not in pages[place].anchors
            ):
                yield f"{where} leads to {target}, and there is no such place on the page."
