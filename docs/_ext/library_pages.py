"""Write a page of all models of the library: equations, parameters, sources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

from api_pages import write_if_new
from public_names import library_names
from sphinx.application import Sphinx

from brianfit import library
from brianfit.library import NeuronModel

_NAMES = library_names()


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the page before anything is read."""
    app.connect("builder-inited", _write, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write(app: Sphinx) -> None:
    lines = ["Models of the library", "=====================", ""]
    lines += ["Which one suits which cell: :doc:`/how_to/choose_a_model`.", ""]
    lines += [".. py:currentmodule:: brianfit.library", ""]
    for name in library.names():
        lines += _model(library.get(name))
    write_if_new(Path(app.srcdir) / "reference" / "models.rst", "\n".join([*lines, ""]))


def _model(model: NeuronModel) -> Iterator[str]:
    title = f"{model.title} ({model.name})"
    yield from (title, "-" * len(title), "")
    yield from (f".. py:data:: {_NAMES[model.name]}", "")
    yield from (f"   ``brianfit.library.get({model.name!r})``", "")
    yield from (_escaped(f"{model.source} {model.notes}".strip()), "")
    yield from (".. code-block:: text", "")
    rules = f"threshold:  {model.threshold}\nreset:      {model.reset}"
    rules += f"\nrefractory: {model.refractory}\nmethod:     {model.method}"
    for line in f"{dedent(model.equations).strip()}\n\n{rules}".splitlines():
        yield f"   {line}"
    yield from ("", ".. list-table::", "   :header-rows: 1", "")
    yield from ("   * - parameter", "     - in a fit, unless told otherwise")
    for name, how in model.parameters.items():
        yield from (f"   * - ``{name}``", f"     - {_escaped(_treatment(how))}")
    yield ""
    if model.published:
        sets = (f"{name} ({model.published_in[name]})" for name in model.published)
        yield from (f"Published sets: {_escaped('; '.join(sets))}", "")


def _treatment(how: Any) -> str:
    from brianfit.cli.models import words_of_parameter

    return words_of_parameter(how)


def _escaped(text: str) -> str:
    return text.replace("*", r"\*").replace("|", r"\|").replace("_", r"\_")
