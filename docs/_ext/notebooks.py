"""Offer every page that runs as a notebook too."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
from myst_nb.core.read import read_myst_markdown_notebook
from sphinx.application import Sphinx

_TITLE = re.compile(r"^# .+\n", flags=re.MULTILINE)
_IS_NOTEBOOK = re.compile(r"^---\n.*?jupytext:.*?\n---\n", flags=re.DOTALL)
_FOLDER = "notebooks"


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the notebooks when the pages are read, and copy them when the site is written."""
    app.connect("source-read", _offer, priority=100)
    app.connect("build-finished", _copy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _offer(_app: Sphinx, page: str, source: list[str]) -> None:
    if _IS_NOTEBOOK.match(source[0]):
        file = f"{'../' * page.count('/')}{_FOLDER}/{Path(page).name}.ipynb"
        offer = (
            f'\n<a class="notebook" href="{file}" download>Download this page as a notebook</a>\n'
        )
        source[0] = _TITLE.sub(lambda title: title[0] + offer, source[0], count=1)


def _copy(app: Sphinx, problem: Exception | None) -> None:
    if problem is not None or app.builder.format != "html":
        return
    target = Path(app.outdir) / _FOLDER
    target.mkdir(exist_ok=True)
    for page in sorted(app.env.found_docs):
        path = Path(app.srcdir) / f"{page}.md"
        if path.exists() and _IS_NOTEBOOK.match(text := path.read_text(encoding="utf-8")):
            notebook = read_myst_markdown_notebook(text, config=_config(), path=str(path))
            nbformat.write(notebook, target / f"{path.stem}.ipynb")


def _config() -> Any:
    from myst_parser.config.main import MdParserConfig

    return MdParserConfig(enable_extensions={"colon_fence"})
