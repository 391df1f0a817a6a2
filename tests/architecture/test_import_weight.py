"""Importing brianfit loads little: optional and heavy packages wait until they are needed."""

from __future__ import annotations

import subprocess
import sys
from functools import cache

OPTIONAL_PACKAGES = frozenset(
    {"dask", "distributed", "efel", "neo", "nevergrad", "pymoo", "pynwb", "skopt"}
)
HEAVY_PACKAGES = frozenset({"cmaes", "matplotlib", "numba", "pandas", "scipy.optimize", "tqdm"})


def test_importing_brianfit_loads_no_heavy_package_that_brian_does_not_load() -> None:
    added = _modules_after("import brianfit") - _modules_after("import brian2")

    assert added & (OPTIONAL_PACKAGES | HEAVY_PACKAGES) == set()


def test_importing_every_public_name_loads_no_optional_package() -> None:
    added = _modules_after("from brianfit import *") - _modules_after("import brian2")

    assert added & OPTIONAL_PACKAGES == set()


def test_every_module_is_importable_without_the_optional_packages() -> None:
    block = f"import sys\nfor name in {sorted(OPTIONAL_PACKAGES)}: sys.modules[name] = None\n"
    import_all = (
        "import importlib, pkgutil, brianfit\n"
        "for module in pkgutil.walk_packages(brianfit.__path__, 'brianfit.'):\n"
        "    importlib.import_module(module.name)\n"
    )

    _run(block + import_all)


@cache
def _modules_after(statement: str) -> frozenset[str]:
    return frozenset(_run(f"{statement}\nimport sys\nprint(*sys.modules, sep='\\n')").splitlines())


def _run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
