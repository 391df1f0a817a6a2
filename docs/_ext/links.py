"""Links of pages: those that leave the documentation, and names of the code to their pages."""

from __future__ import annotations

import builtins
import os
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from public_names import public_names
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

# Pages that stand at the root of the repository, and where the site shows them.
ROOT_PAGES = {
    "development/architecture": "ARCHITECTURE.md",
    "development/contributing": "CONTRIBUTING.md",
    "development/changes": "CHANGELOG.md",
    "development/code_of_conduct": "CODE_OF_CONDUCT.md",
    "development/security": "SECURITY.md",
}
# A picture that is kept for readers of the repository; the site shows the one that it has made.
_PICTURES = {"figures/cell_b6.png": "/gallery/fit/images/sphx_glr_fit_cortical_cell_001.png"}
_SHOWN = {file: f"/{page}.md" for page, file in ROOT_PAGES.items()} | {"README.md": "/index.md"}
_LINK = re.compile(r"(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")
_FENCED = re.compile(r"^(```|~~~).*?^\1\s*$", flags=re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"^(?:bf\.|brianfit\.)?(?P<name>\w+)(?:\(.*\))?$", flags=re.DOTALL)


def setup(app: Sphinx) -> dict[str, Any]:
    """Rewrite links when a page is read."""
    app.connect("source-read", _rewrite)
    app.add_transform(NamesToPages)
    app.add_transform(WordsOfTypes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _rewrite(app: Sphinx, page: str, source: list[str]) -> None:
    docs = Path(app.srcdir)
    path = docs / f"{page}.md"
    text = source[0]
    if page in ROOT_PAGES:
        path = docs.parent / ROOT_PAGES[page]
        text = path.read_text(encoding="utf-8")
        app.env.note_dependency(str(path))
    if path.exists():
        source[0] = _outside_code(text, lambda part: _with_links(app, page, path, part))


def _outside_code(text: str, change: Any) -> str:
    """Return a page of which everything but blocks of code is changed."""
    parts, at = [], 0
    for block in _FENCED.finditer(text):
        parts += [change(text[at : block.start()]), block[0]]
        at = block.end()
    return "".join([*parts, change(text[at:])])


def _with_links(app: Sphinx, page: str, path: Path, text: str) -> str:
    docs = Path(app.srcdir)

    def changed(link: re.Match[str]) -> str:
        target, _, anchor = link["target"].partition("#")
        if not target or re.match(r"[a-z]+:", target):
            return link[0]
        place = Path(os.path.normpath(path.parent / target))
        made = _PICTURES.get(os.path.relpath(place, docs))
        if made is not None:
            return f"![{link['text']}]({made})"
        if place.is_relative_to(docs) and page not in ROOT_PAGES:
            return link[0]
        found = _on_the_site(app, docs, place)
        if found is None:
            return link["text"]
        return f"{link['picture']}[{link['text']}]({found}{f'#{anchor}' if anchor else ''})"

    return _LINK.sub(changed, text)


def _on_the_site(app: Sphinx, docs: Path, place: Path) -> str | None:
    """Return where the site shows a file; None if it does not, and nobody knows the repository."""
    inside = place.relative_to(docs.parent).as_posix()
    if inside in _SHOWN:
        return _SHOWN[inside]
    if place.is_relative_to(docs):
        in_docs = place.relative_to(docs).as_posix()
        if not place.is_dir():
            return f"/{in_docs}"
        first = "index.md" if (place / "index.md").exists() else "README.md"
        return f"/{in_docs}/{first}"
    if inside == "examples":
        return "/gallery/index.rst"
    if inside.startswith("examples/") and place.suffix == ".py":
        return f"/gallery/{Path(inside).relative_to('examples').with_suffix('.rst').as_posix()}"
    repository = app.config.addresses.get("Repository")
    return f"{repository}/blob/main/{inside}" if repository else None


class WordsOfTypes(SphinxTransform):
    """Leave words such as ``n_samples`` in the type of an argument as they are."""

    default_priority = 410

    def apply(self, **_: Any) -> None:
        """Take the reference off each such word."""
        for reference in list(self.document.findall(addnodes.pending_xref)):
            target = reference.get("reftarget", "")
            is_word = target.islower() and "." not in target and not hasattr(builtins, target)
            if reference.get("refdomain") == "py" and is_word and "refspecific" in reference:
                reference.replace_self(reference.children)


class NamesToPages(SphinxTransform):
    """Lead from a public name, written as code in a sentence, to its page."""

    default_priority = 400

    def apply(self, **_: Any) -> None:
        """Put a reference around each such name."""
        if self.env.docname.startswith(("reference/api", "gallery")):
            return
        for literal in list(self.document.findall(nodes.literal)):
            name = self._target(literal)
            if name is not None:
                reference = addnodes.pending_xref(
                    "",
                    refdomain="py",
                    reftype="obj",
                    reftarget=name,
                    refexplicit=True,
                    refwarn=False,
                    refdoc=self.env.docname,
                )
                literal.replace_self(reference)
                reference += literal

    def _target(self, literal: nodes.literal) -> str | None:
        inside = (nodes.reference, addnodes.pending_xref, nodes.title)
        parent = literal.parent
        while parent is not None:
            if isinstance(parent, inside):
                return None
            parent = parent.parent
        found = _NAME.match(literal.astext())
        return _targets().get(found["name"]) if found else None


def _targets() -> dict[str, str]:
    if not _known:
        # Lower-case names are words too: only those that cannot be mistaken are led to a page.
        _known.update(
            {
                one.name: one.full_name
                for one in public_names()
                if "_" in one.name or one.name[0].isupper()
            }
        )
    return _known


_known: dict[str, str] = {}
