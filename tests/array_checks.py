"""Check every call of brianfit against the array shapes it is annotated with."""

from __future__ import annotations

import ast
from contextlib import AbstractContextManager
from pathlib import Path

from jaxtyping import install_import_hook

SOURCE = Path(__file__).parents[1] / "src"
_CHECK_THEMSELVES = {("problem", "fit_arguments"), ("model", "model")}
_COMPILED_BY = ("numba.", "brianfit.engines.fused.math.")


def check_array_types(source: Path = SOURCE) -> AbstractContextManager[object]:
    """Check what is imported from `source` from now on, or to the end of a `with` block."""
    return install_import_hook(_checked_modules(source), "beartype.beartype")


def _checked_modules(source: Path) -> list[str]:
    """Return all modules but two kinds.

    Numba cannot see through a decorator. And fitters, with what keeps their arguments, are the
    border: what they do with arguments of the wrong type is tested, so nothing may catch those
    before them.
    """
    return [
        ".".join(path.relative_to(source).with_suffix("").parts)
        for path in sorted(source.rglob("*.py"))
        if path.name != "__init__.py" and not _is_border(path) and not _imports_numba(path)
    ]


def _is_border(path: Path) -> bool:
    return path.parent.name == "fitters" or (path.parent.name, path.stem) in _CHECK_THEMSELVES


def _imports_numba(path: Path) -> bool:
    for node in ast.walk(ast.parse(path.read_text())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        if any(f"{name}.".startswith(_COMPILED_BY) for name in names):
            return True
    return False
