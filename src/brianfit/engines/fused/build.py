"""Stage 4: source to a compiled function, kept on disk."""

from __future__ import annotations

import importlib.util
import linecache
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
from numba import njit
from numba.core.errors import NumbaError

from brianfit._foundation.errors import UnsupportedByFusedEngine
from brianfit.engines.fused.cache import cache_folder, key_of, read_text, write_text
from brianfit.engines.fused.kept_kernels import discard, is_intact, seal
from brianfit.engines.fused.runtime.external_functions import with_plain_numpy

OPTIONS: Mapping[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    # Neither 'nnan' nor 'ninf': samples that diverge must stay visible. No 'reassoc': the passes
    # have put sums and products in the order that is wanted.
    "fastmath": {"contract", "nsz", "arcp"},
}

_logger = logging.getLogger(__name__)


def build(source: str, *, signature: str, functions: Mapping[str, object]) -> Callable[..., None]:
    """Return the compiled function `simulate` of `source`.

    Parameters
    ----------
    signature
        Its types, as Numba spells them.
    functions
        Functions from outside that the source calls by these names. A kernel that calls any is
        not kept: what such a function does may change without its name changing.

    Raises
    ------
    UnsupportedByFusedEngine
        If Numba cannot compile a function from outside.
    """
    compiled = {name: _compiled(name, function) for name, function in functions.items()}
    if compiled:
        return _compile_in_memory(source, signature, compiled)
    path = cache_folder() / f"kernel_{key_of(source, signature)}.py"
    is_there = read_text(path) == source or write_text(path, source)
    if not is_there:
        return _compile_in_memory(source, signature, {})
    return _compile_kept(path, source, signature)


def _compile_kept(path: Path, source: str, signature: str) -> Callable[..., None]:
    """Load what is kept on disk or compile and keep it; what is damaged is thrown away first."""
    for is_last in (False, True):
        try:
            if not is_intact(path):
                _logger.info("The kept kernel %s is damaged; it is compiled again.", path)
                _discard(path, source)
            function = _jit(_load(path), signature, is_kept=True)
            seal(path)
            return function
        except NumbaError:
            raise
        except Exception as problem:  # noqa: BLE001 - whatever a damaged file may cause
            _logger.info("The kept kernel %s cannot be used: %s", path, problem)
            if not is_last:
                _discard(path, source)
    return _compile_in_memory(source, signature, {})


def _discard(path: Path, source: str) -> None:
    discard(path)
    write_text(path, source)


def _load(path: Path) -> ModuleType:
    name = f"brianfit_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be imported.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # what Numba keeps on disk names the module and looks it up there
    with _without_bytecode():
        spec.loader.exec_module(module)
    return module


@contextmanager
def _without_bytecode() -> Iterator[None]:
    """Keep Python from writing a file of its own: one file less to be damaged."""
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


def _compile_in_memory(
    source: str, signature: str, functions: Mapping[str, object]
) -> Callable[..., None]:
    module = ModuleType("brianfit_kernel")
    name = f"<kernel of brianfit {key_of(source)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    code = compile(source, name, "exec")
    exec(code, module.__dict__)
    vars(module).update(functions)
    try:
        return _jit(module, signature, is_kept=False)
    except Exception as problem:
        if not functions:
            raise
        names = ", ".join(f"'{name.removeprefix('user_')}'" for name in functions)
        raise UnsupportedByFusedEngine(
            f"Numba cannot compile the model with the external functions {names}: "
            f"{_first_line(problem)}"
        ) from problem


def _jit(module: ModuleType, signature: str, *, is_kept: bool) -> Callable[..., None]:
    function: Callable[..., None] = njit(signature, cache=is_kept, **OPTIONS)(module.simulate)
    return function


def _compiled(name: str, function: object) -> object:
    if isinstance(function, np.ufunc):
        return function
    if not isinstance(function, FunctionType):
        raise UnsupportedByFusedEngine(
            f"'{name.removeprefix('user_')}' is not a function in Python that Numba could compile."
        )
    return njit(error_model="numpy")(with_plain_numpy(function))


def _first_line(problem: Exception) -> str:
    lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
    return " ".join(lines[:3])


__all__ = ["OPTIONS", "build"]
