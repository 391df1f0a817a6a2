"""The index of the documentation leads to every page."""

from __future__ import annotations

from tests.architecture.source_tree import CHECKOUT
from tests.architecture.test_links import LINK

DOCS = CHECKOUT / "docs"


def test_every_page_is_listed_in_the_index() -> None:
    # Decisions have an index of their own.
    pages = {path for path in DOCS.rglob("*.md") if path.parent.name != "decisions"}
    listed = {(DOCS / target).resolve() for target in LINK.findall((DOCS / "index.md").read_text())}

    missing = sorted(str(page.relative_to(DOCS)) for page in pages - listed - {DOCS / "index.md"})

    assert missing == [], "list these pages in docs/index.md"
