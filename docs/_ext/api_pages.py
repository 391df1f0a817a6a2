"""Write a page for every public name: its docstring, and where it is used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from public_names import PublicName, headings, public_names
from sphinx.application import Sphinx

_CODE = re.compile(r"^```(?:python|\{code-cell\}).*?^```", flags=re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r"^# (.+)$", flags=re.MULTILINE)
_WRITTEN_PAGES = ("tutorials", "how_to", "explanation")


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the pages before anything is read."""
    app.connect("builder-inited", _write, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def page_name(one: PublicName, names: Iterable[PublicName]) -> str:
    """Return the name of a page; file systems may not tell capital letters from small ones."""
    same = [other for other in names if other.name.lower() == one.name.lower()]
    return f"{one.name}_{one.kind}" if len(same) > 1 else one.name


def write_if_new(path: Path, text: str) -> None:
    """Write a page, unless it says this already: Sphinx reads what has changed."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _write(app: Sphinx) -> None:
    source = Path(app.srcdir)
    folder = source / "reference" / "api"
    names = public_names()
    used = _uses(source)
    pages = {folder / f"{page_name(one, names)}.rst": _page(one, used) for one in names}
    pages[folder / "index.rst"] = _index(names)
    for path, text in pages.items():
        write_if_new(path, text)
    for stale in set(folder.glob("*.rst")) - set(pages):
        stale.unlink()


def _page(one: PublicName, used: dict[str, str]) -> str:
    lines = [one.name, "=" * len(one.name), "", f"*{one.heading}* · ``{_import_line(one)}``", ""]
    lines += [f".. currentmodule:: {one.module}", ""]
    if one.is_alias:
        lines += [f".. py:class:: {one.name}", "", f"   Another name of `{one.target}`.", ""]
    lines += [f".. auto{one.kind}:: {one.target}", *_options(one), ""]
    examples = [f"- :doc:`/{page}`" for page, code in used.items() if _uses_name(code, one.name)]
    if examples:
        lines += ["Pages that use it", "-----------------", "", *examples, ""]
    lines += [
        f".. minigallery:: {one.full_name}",
        "   :add-heading: Examples that use it",
        "   :heading-level: -",
        "",
    ]
    return "\n".join(lines)


def _import_line(one: PublicName) -> str:
    return f"from {one.module} import {one.name}"


def _options(one: PublicName) -> Iterator[str]:
    if one.kind == "class":
        yield "   :members:"
        yield "   :inherited-members: object, dict, list, tuple, Enum"
    if one.kind == "exception":
        yield "   :show-inheritance:"


def _uses(source: Path) -> dict[str, str]:
    """Return the code of each written page that has some."""
    found = {}
    for folder in _WRITTEN_PAGES:
        for page in sorted((source / folder).glob("*.md")):
            code = "\n".join(_CODE.findall(page.read_text(encoding="utf-8")))
            if code:
                found[page.relative_to(source).with_suffix("").as_posix()] = code
    return found


def _uses_name(code: str, name: str) -> bool:
    return re.search(rf"(?:\bbf\.|\bbrianfit\.|\bimport [^\n]*\b){name}\b", code) is not None


def _index(names: list[PublicName]) -> str:
    lines = ["Public names", "============", ""]
    lines += [
        "What ``import brianfit as bf`` gives, and what is imported from its open folders.",
        "",
    ]
    for heading in headings():
        chosen = sorted((one for one in names if one.heading == heading), key=_by_name)
        if chosen:
            lines += [heading, "-" * len(heading), "", *_table(chosen, names)]
    lines += [".. toctree::", "   :hidden:", ""]
    lines += [f"   {page_name(one, names)}" for one in sorted(names, key=_by_name)]
    return "\n".join([*lines, ""])


def _table(chosen: list[PublicName], names: list[PublicName]) -> list[str]:
    lines = [".. list-table::", "   :widths: 30 70", "   :class: names", ""]
    for one in chosen:
        lines += [f"   * - :doc:`{one.name} <{page_name(one, names)}>`", f"     - {one.first_line}"]
    return [*lines, ""]


def _by_name(one: PublicName) -> str:
    return one.name.lower()
