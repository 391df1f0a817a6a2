"""Check every call of brianfit against the array shapes it is annotated with."""

from __future__ import annotations

import ast
from pathlib import Path

from jaxtyping import install_import_hook

SOURCE = Path(__file__).parents[1] / "src"


def check_array_types() -> None:
    """Install the check; to be called before anything of brianfit is imported."""
    install_import_hook(_checked_modules(), "beartype.beartype")


def _checked_modules() -> list[str]:
    """Return all modules but those that Numba compiles: it cannot see through a decorator."""
    return [
        ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        for path in sorted(SOURCE.rglob("*.py"))
        if path.name != "__init__.py" and not _imports_numba(path)
    ]


def _imports_numba(path: Path) -> bool:
    for node in ast.walk(ast.parse(path.read_text())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        if any(name.split(".")[0] == "numba" for name in names):
            return True
    return False
