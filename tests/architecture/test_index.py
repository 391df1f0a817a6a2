"""The first page of every folder of the documentation leads to all its pages."""

from __future__ import annotations

import subprocess

import pytest

from tests.architecture.source_tree import CHECKOUT
from tests.architecture.test_links import LINK

DOCS = CHECKOUT / "docs"
FOLDERS = ("tutorials", "how_to", "explanation", "reference", "development")


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_page_is_listed_in_the_index_of_its_folder(folder: str) -> None:
    index = DOCS / folder / "index.md"
    listed = {(index.parent / target).resolve() for target in LINK.findall(index.read_text())}

    missing = sorted(page.name for page in set(index.parent.glob("*.md")) - listed - {index})

    assert missing == [], f"list these pages in docs/{folder}/index.md"


def test_the_site_knows_every_folder_of_pages() -> None:
    done = subprocess.run(
        ["git", "ls-files", "docs/*.md"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("no git here")

    folders = {name.split("/")[1] for name in done.stdout.split() if name.count("/") > 1}

    assert folders == set(FOLDERS)
