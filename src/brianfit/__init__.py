"""Fit neuron models written as Brian 2 equations to recorded traces and spike trains.

The public names are listed in one place, the stub `__init__.pyi` beside this file, for people, type
checkers and this module alike. Each is loaded when it is first used, so that importing brianfit is
quick (Scientific Python ecosystem coordination, SPEC 1: lazy loading).
"""

from __future__ import annotations

import ast as _ast
from importlib import import_module as _import_module
from importlib.metadata import version as _version
from pathlib import Path as _Path


def _read_stub() -> tuple[dict[str, tuple[str, str]], list[str]]:
    """Return the module and the name in it of each public name, and what a star import gives."""
    stub = _ast.parse(_Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    where: dict[str, tuple[str, str]] = {}
    star: list[str] = []
    for line in stub.body:
        if isinstance(line, _ast.ImportFrom) and line.module:
            for name in line.names:
                where[name.asname or name.name] = (line.module, name.name)
        elif isinstance(line, _ast.Assign):
            star = _ast.literal_eval(line.value)
    return where, star


_WHERE, __all__ = _read_stub()

__version__ = _version("brianfit")
__version_tuple__ = tuple(int(part) for part in __version__.split(".")[:3] if part.isdigit())


def __getattr__(name: str) -> object:
    """Load a public name when it is first used."""
    if name not in _WHERE:
        raise AttributeError(f"module 'brianfit' has no attribute {name!r}")
    module, attribute = _WHERE[name]
    if module == __name__:
        return _import_module(f"{module}.{attribute}")
    value = getattr(_import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*_WHERE, "__version__", "__version_tuple__"])
