"""Read the source files of the checkout for the tests of this folder."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
PACKAGE = CHECKOUT / "src" / "brianfit"

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def package_files() -> list[Path]:
    """Return every Python file of the package."""
    return sorted(PACKAGE.rglob("*.py"))


def all_files() -> list[Path]:
    """Return every Python file that is written by hand, tests and examples included."""
    folders = (CHECKOUT / name for name in ("src", "tests", "benchmarks", "examples"))
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def relative(path: Path) -> str:
    """Return the path as it is written in reports and tables."""
    return path.relative_to(CHECKOUT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(tree: ast.AST) -> Iterator[FunctionNode]:
    """Return every function and method of a file, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, FunctionNode))


def classes(tree: ast.AST) -> Iterator[ast.ClassDef]:
    """Return every class of a file, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def last_name(node: ast.expr) -> str:
    """Return `Name` of `Name`, `module.Name`, `Name[...]` and `Name(...)`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=inner) | ast.Call(func=inner):
            return last_name(inner)
        case _:
            return ""
