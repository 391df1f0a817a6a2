"""Read the Python code of a page of documentation: blocks, and cells that the site runs."""

from __future__ import annotations

import re
from pathlib import Path

BLOCK = re.compile(
    r"^(?P<indent>[ \t]*)```(?:python|\{code-cell\} ipython3)(?P<options>[^\n]*)\n"
    r"(?P<tags>(?::[^\n]*\n)*)(?P<code>.*?)^(?P=indent)```[ \t]*$",
    flags=re.MULTILINE | re.DOTALL,
)
NOT_RUN = "not-run"  # ```python not-run: only for blocks that need what a machine may not have


def script_of(page: Path) -> str:
    """Return the code blocks of a page as one script, each line where it stands on the page.

    A page is read from top to bottom, so a block may use what an earlier block defined.
    """
    text = page.read_text(encoding="utf-8")
    lines = [""] * (text.count("\n") + 1)
    for block in BLOCK.finditer(text):
        if NOT_RUN in block["options"]:
            continue
        first = text.count("\n", 0, block.start("code"))
        for offset, line in enumerate(block["code"].splitlines()):
            lines[first + offset] = line.removeprefix(block["indent"])
    return "\n".join(lines)


def pages_with_code(checkout: Path) -> list[Path]:
    """Return every page whose code blocks are to run."""
    pages = [*checkout.glob("*.md"), *(checkout / "docs").rglob("*.md")]
    return [page for page in sorted(pages) if script_of(page).strip()]
