"""Build HTML in which every text is escaped."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import final

_VOID = frozenset({"br", "col", "hr", "img", "input", "meta"})


@final
@dataclass(frozen=True)
class Markup:
    """Text that is HTML already; every other text is escaped when it becomes a child of a tag."""

    html: str

    def __str__(self) -> str:
        return self.html


def tag(
    name: str, /, *children: Markup | str | int | None, **attributes: str | int | None
) -> Markup:
    """Return an element with its children; None is left out.

    Attributes are escaped too. A trailing underscore of their names is removed and others become
    hyphens: ``class_='wide'``, ``aria_label='...'``.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{given}>")
    return Markup(f"<{name}{given}>{join(*children)}</{name}>")


def join(*children: Markup | str | int | None) -> Markup:
    """Return children one after the other."""
    return Markup("".join(_html_of(child) for child in children if child is not None))


def _html_of(child: Markup | str | int) -> str:
    return child.html if isinstance(child, Markup) else escape(str(child))


def embedded_json(text: str) -> Markup:
    """Return JSON that can stand in a script element: no text in it can end the element."""
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
