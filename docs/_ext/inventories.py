"""Names of other projects and their pages, kept here as text so that a build needs no network."""

from __future__ import annotations

import zlib
from pathlib import Path

_HEAD = "# Sphinx inventory version 2\n# Project: {name}\n# Version: \n{remark}\n"
_REMARK = "# The remainder of this file is compressed using zlib."


def written_inventories(texts: Path, target: Path) -> dict[str, tuple[str, str]]:
    """Write an inventory of each text and return them for intersphinx.

    The first line of a text is the address of the project; the others are
    ``name role page``, where a ``$`` at the end of the page stands for the name.
    """
    target.mkdir(parents=True, exist_ok=True)
    found = {}
    for text in sorted(texts.glob("*.txt")):
        address, *lines = text.read_text(encoding="utf-8").split("\n")
        entries = [line.split() for line in lines if line.strip()]
        body = "".join(f"{name} {role} 1 {page} -\n" for name, role, page in entries)
        head = _HEAD.format(name=text.stem, remark=_REMARK).encode()
        path = target / f"{text.stem}.inv"
        path.write_bytes(head + zlib.compress(body.encode()))
        found[text.stem] = (address, str(path))
    return found
