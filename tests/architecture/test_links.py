"""Every relative link of the documentation leads to a file, and every anchor to a heading."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.source_tree import CHECKOUT, relative

LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
FENCED = re.compile(r"^(```|~~~).*?^\1\s*$", flags=re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", flags=re.MULTILINE)


def pages() -> list[Path]:
    """Return every page of documentation."""
    folders = ("docs", "changelog.d", "examples", "benchmarks", "tests")
    found = [*CHECKOUT.glob("*.md")]
    for folder in folders:
        found += (CHECKOUT / folder).rglob("*.md")
    return sorted(found)


@pytest.mark.parametrize("page", pages(), ids=relative)
def test_links_lead_somewhere(page: Path) -> None:
    text = FENCED.sub("", page.read_text(encoding="utf-8"))

    broken = [target for target in LINK.findall(text) if not _leads_somewhere(page, target)]

    assert broken == []


def test_finds_a_link_to_nowhere(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Its title\n\n[here](#its-title) [gone](no_such_page.md)\n")

    assert _leads_somewhere(page, "#its-title")
    assert not _leads_somewhere(page, "#another-title")
    assert not _leads_somewhere(page, "no_such_page.md")


def _leads_somewhere(page: Path, target: str) -> bool:
    if re.match(r"[a-z]+:", target):
        return True  # outside; tests use no network
    path, _, anchor = target.partition("#")
    destination = (page.parent / path) if path else page
    if not destination.exists():
        return False
    return not anchor or destination.suffix != ".md" or anchor in _anchors(destination)


def _anchors(page: Path) -> set[str]:
    """Return the anchors of the headings, as the usual renderers make them."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    headings = (re.sub(r"[`*]", "", heading).lower() for heading in HEADING.findall(text))
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings}
