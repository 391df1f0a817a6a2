"""Write the README of the package index: links that lead into the repository are absolute there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_LINK = re.compile(r"(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")


def readme_of_the_index(text: str, repository: str | None) -> str:
    """Return a README whose links work where it is read.

    As long as nobody knows the address of the repository, links into it are left out and only their
    text is shown; so are pictures, with their whole line.
    """

    def changed(link: re.Match[str]) -> str:
        target = link["target"]
        if re.match(r"[a-z]+:|#", target):
            return link[0]
        if repository is None:
            return "" if link["picture"] else link["text"]
        kind = "raw" if link["picture"] else "blob"
        return f"{link['picture']}[{link['text']}]({repository}/{kind}/main/{target})"

    return re.sub(r"\n{3,}", "\n\n", _LINK.sub(changed, text))


class ReadmeHook(MetadataHookInterface):
    """Put that README into the metadata."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Read the README beside this file."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        repository = metadata.get("urls", {}).get("Repository")
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": readme_of_the_index(text, repository),
        }
